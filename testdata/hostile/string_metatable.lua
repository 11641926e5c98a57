-- Takes over the metatable of strings, and with it all methods of strings.
-- harmless
local strings = getmetatable("")
strings.__index = function() return function() return "taken" end end
strings.__call = function() return "taken" end
for name in pairs(string) do string[name] = nil end
assert(("x"):rep(3) == "taken")
assert(cluster.configmaps:fetch("target").raw.data.state == "before")
assert(not pcall(kube.time, "x"))
strings.__index = nil
