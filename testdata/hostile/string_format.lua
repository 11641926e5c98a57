-- Formats with great widths and long arguments.
-- bounded: resulting string too large (the most is 16 MiB)
assert(not pcall(string.format, "%99999999d", 1))
assert(not pcall(string.format, "%.99999999f", 1))
assert(not pcall(string.format, "%*d", 99999999, 1))
assert(#string.format("%99.99f", 1e308) < 1000)
local long = ("\0"):rep(7e6)
require "attempts" ({ "resulting string too large" }, {
  many = function() return string.format(("%s"):rep(100), unpack({ long, long, long, long, long }, 1, 100)) end,
  quoted = function() return string.format("%q", long) end,
})
