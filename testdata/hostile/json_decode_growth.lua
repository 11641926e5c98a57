-- Decodes a text of many small values, which hold some 60 times what the text does.
-- under: --max-memory 64Mi
-- bounded: the script holds more than 64 MiB of memory (--max-memory)
local json = require "json"
local text = "[" .. ("[],"):rep(10e6) .. "[]]"
pcall(json.decode, text)
while true do end
