-- Fills tables until memory is full.
-- bounded: the script holds more than 16 MiB of memory (--max-memory)
local t = {}
for i = 1, 1e9 do t[i] = { i } end
