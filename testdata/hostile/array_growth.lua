-- Assigns to great indices, so that arrays grow at once.
-- bounded: the script holds more than 16 MiB of memory (--max-memory)
local t = {}
for i = 1, 1e6 do
  t[i] = {}
  t[i][2 ^ 20] = i
end
