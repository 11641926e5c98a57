-- Has require search other folders.
-- refused: not found
package.path = arg[1] .. "/?.lua;/?.lua"
package.cpath = package.path
package.loaders = { function() return function() return "taken" end end }
package.searchers = package.loaders
package.searchpath = function() return arg[1] .. "/outside.lua" end
require "outside"
