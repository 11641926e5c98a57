-- Fills tables until memory is full, and goes on when that is an error.
-- bounded: the script holds more than 16 MiB of memory (--max-memory)
kept = {}
while true do
  pcall(function() for i = 1, 1e9 do kept[#kept + 1] = { "k" .. i } end end)
end
