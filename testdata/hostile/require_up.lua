-- Requires a module from above the script's folder.
-- refused: not found
local attempts = require "attempts"
local all = {}
for _, name in ipairs { "../outside", "..outside", "lib/../../outside", "lib...outside", "./../outside", "..\\outside", "lib/./../../outside", "outside\0" } do
  all[name] = function() return require(name) end
end
attempts({ "not found" }, all)
