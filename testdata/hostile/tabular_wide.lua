-- One long cell that would make every row of a table long.
-- harmless
local tabular = require "tabular"
local t = tabular.new { "A", "B" }
t:add { ("x"):rep(1e6), "y" }
for _ = 1, 20000 do t:add { "a", "b" } end
assert(#tostring(t) < 1e7 and #t:render "markdown" < 2e7)
