-- Repeats a string until memory is full.
-- bounded: resulting string too large (the most is 16 MiB)
local all = {}
for i, args in ipairs { { "x", 1e9 }, { "x", 1e15 }, { ("x"):rep(1e6), 1e6 }, { "x", 1e9, ("y"):rep(1e6) }, { "", 1e9, "x" } } do
  all[i] = function() return string.rep(unpack(args)) end
end
require "attempts" ({ "resulting string too large" }, all)
