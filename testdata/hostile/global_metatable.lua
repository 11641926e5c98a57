-- Has the globals run code whenever the host looks something up.
-- bounded: timed out after 500ms
-- under: --timeout 500ms
local meta = { __index = function() while true do end end, __newindex = function() while true do end end }
setmetatable(_G, meta)
setmetatable(package.loaded, meta)
pcall(require, "not there")
return nothing
