-- Writes where it may only read.
-- under: --allow-read $WORK/granted
-- denied: not allowed (--allow-write=
local path = arg[1] .. "/granted/inner.txt"
local all = {
  output = function() return io.output(path) end,
  remove = function() return os.remove(path) end,
  rename = function() return os.rename(path, path .. ".new") end,
}
for _, mode in ipairs { "w", "a", "r+", "w+", "a+", "wb" } do
  all[mode] = function() return io.open(path, mode) end
end
require "attempts" ({ "not allowed (--allow-write=" }, all)
