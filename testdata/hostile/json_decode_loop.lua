-- Decodes a text of very many small values, each of which costs more than its text.
-- under: --timeout 500ms --max-memory 512Mi
-- bounded: timed out after 500ms
local json = require "json"
local text = "[" .. ("[],"):rep(3e6) .. "[]]"
while true do json.decode(text) end
