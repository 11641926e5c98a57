-- Has metatables lead in circles.
-- under: --max-memory 64Mi
-- harmless
local a, b = {}, {}
setmetatable(a, { __index = b, __newindex = b })
setmetatable(b, { __index = a, __newindex = a })
assert(not pcall(function() return a.x end))
assert(not pcall(function() a.x = 1 end))
local c = {}
setmetatable(c, { __index = c, __newindex = c, __call = c, __metatable = c })
assert(not pcall(function() return c.x end))
assert(not pcall(function() c.x = 1 end))
assert(not pcall(function() return c() end))
local long = {}
for i = 1, 1e5 do long = setmetatable({}, { __index = long }) end
pcall(function() return long.x end)
