-- Runs programs.
-- denied: not allowed (--allow-run=
require "attempts" ({ "not allowed (--allow-run=" }, {
  execute = function() return os.execute "id" end,
  list = function() return os.execute { "id" } end,
  path = function() return os.execute "/bin/sh" end,
  popen = function() return io.popen "id" end,
  write = function() return io.popen("sh", "w") end,
  nothing = function() return io.popen "no-such-program" end,
})
