-- Leaves code behind that is to run when its values are collected.
-- harmless
for i = 1, 1e4 do
  setmetatable({}, { __gc = function() while true do end end, __mode = "kv", __close = function() while true do end end })
end
collectgarbage()
collectgarbage "step"
assert(collectgarbage "count" > 0)
