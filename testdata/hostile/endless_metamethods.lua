-- Loops within metamethods.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local meta = {}
for _, name in ipairs { "__index", "__newindex", "__call", "__add", "__concat", "__eq", "__lt", "__le", "__unm", "__len", "__tostring", "__iter", "__pairs" } do
  meta[name] = function() while true do end end
end
local a, b = setmetatable({}, meta), setmetatable({}, meta)
while true do
  pcall(function() return a == b end)
  pcall(tostring, a)
  pcall(function() for _ in a do end end)
end
