-- Reaches through the debug library for the registry, locals, upvalues and hooks.
-- harmless
for _, name in ipairs { "getregistry", "getupvalue", "setupvalue", "upvalueid", "upvaluejoin", "sethook", "gethook", "getlocal", "setlocal", "getmetatable", "setmetatable", "getuservalue", "debug" } do
  assert(debug[name] == nil, name)
end
for level = 0, 20 do
  local info = debug.getinfo(level)
  assert(info == nil or info.func == nil)
end
assert(not pcall(debug.setfenv, cluster, {}))
assert(not pcall(debug.setfenv, print, {}))
