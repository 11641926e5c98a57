-- Writes a file elsewhere through symbolic links in a folder that may be written.
-- under: --allow-write $WORK/granted
-- denied: not allowed (--allow-write=
local folder = arg[1] .. "/granted"
require "attempts" ({ "not allowed (--allow-write=" }, {
  link = function() return io.open(folder .. "/out", "w") end,
  append = function() return io.open(folder .. "/out", "a") end,
  folder = function() return io.open(folder .. "/up/secret.txt", "w") end,
  new = function() return io.open(folder .. "/up/new.txt", "w") end,
  remove = function() return os.remove(folder .. "/up/secret.txt") end,
})
