-- Renames the link that leads out, and reads and writes by its new name.
-- under: --allow-write $WORK/granted --allow-read $WORK/granted
-- denied: not allowed (--allow-
local folder = arg[1] .. "/granted"
assert(os.rename(folder .. "/out", folder .. "/moved"))
require "attempts" ({ "not allowed (--allow-" }, {
  read = function() return io.open(folder .. "/moved") end,
  write = function() return io.open(folder .. "/moved", "w") end,
})
