-- Runs other programs where one may be run.
-- under: --allow-run true
-- denied: not allowed (--allow-run=
assert(os.execute "true" == 0)
require "attempts" ({ "not allowed (--allow-run=" }, {
  path = function() return os.execute(arg[1] .. "/granted/true") end,
  other = function() return os.execute "false" end,
  relative = function() return os.execute "./true" end,
  up = function() return os.execute "/bin/../bin/true" end,
  name = function() return os.execute { "true id" } end,
})
