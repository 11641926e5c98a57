-- Has error handlers fail, loop and call themselves.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local function handler() return xpcall(handler, handler) end
assert(not pcall(error, nil))
xpcall(error, function() error("again", 0) end)
while true do
  xpcall(error, handler)
  xpcall(function() while true do end end, function() while true do end end)
end
