-- Runs bytecode, in one piece and in several.
-- harmless
local code = "\27Lua\81\0\1\4\8\4\8\0"
for _, compile in ipairs { load, loadstring } do
  local fn, err = compile(code)
  assert(fn == nil and err:find("is bytecode", 1, true), err)
end
local pieces = { "\27", "Lua", "\81\0\1" }
local fn, err = load(function() return table.remove(pieces, 1) end)
assert(fn == nil and err:find("is bytecode", 1, true), err)
assert(string.dump == nil)
