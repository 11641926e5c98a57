-- Requires modules by absolute paths.
-- refused: not found
local attempts = require "attempts"
local all = {}
for _, name in ipairs { arg[1] .. "/outside", "/etc/passwd", "///etc/passwd", "file:///etc/passwd", "C:\\outside", "//server/share/outside" } do
  all[name] = function() return require(name) end
end
attempts({ "not found" }, all)
