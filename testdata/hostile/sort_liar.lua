-- Sorts by comparators that contradict themselves, change the list, and fail.
-- harmless
local list = {}
for i = 1, 1000 do list[i] = i % 7 end
for _, less in ipairs {
  function() return true end, function() return false end, function() return math.random() < 0.5 end,
  function(a, b) return a <= b end, function() list[#list + 1] = 1 return true end, function() list = {} return false end,
} do
  pcall(table.sort, list, less)
end
assert(not pcall(table.sort, { 1, 2, 3 }, function() error "x" end))
assert(not pcall(table.sort, { 1, "x", {} }))
