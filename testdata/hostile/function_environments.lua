-- Looks through the environments of functions and of the stack for more than the
-- globals have.
-- harmless
local seen = { [_G] = true, [getfenv(0)] = true }
for level = 0, 50 do
  local ok, env = pcall(getfenv, level)
  assert(not ok or env == nil or seen[env])
end
for _, library in pairs(package.loaded) do
  if type(library) == "table" then
    for _, fn in pairs(library) do
      if type(fn) == "function" then assert(seen[getfenv(fn)]) end
    end
  end
end
