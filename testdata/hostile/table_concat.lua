-- Joins much to more.
-- bounded: resulting string too large (the most is 16 MiB)
local long = ("x"):rep(1e6)
local list = {}
for i = 1, 1000 do list[i] = long end
require "attempts" ({ "resulting string too large" }, {
  elements = function() return table.concat(list) end,
  separators = function() return table.concat({ 1, 2, 3, 4, 5 }, ("x"):rep(7e6)) end,
})
