-- Moves files into a folder that may be written, and out of it.
-- under: --allow-write $WORK/granted --allow-read $WORK/granted
-- denied: not allowed (--allow-
local work = arg[1]
require "attempts" ({ "not allowed (--allow-", "lies in it" }, {
  into = function() return os.rename(work .. "/secret.txt", work .. "/granted/secret.txt") end,
  out = function() return os.rename(work .. "/granted/inner.txt", work .. "/inner.txt") end,
  up = function() return os.rename(work .. "/granted/inner.txt", work .. "/granted/up/inner.txt") end,
  folder = function() return assert(os.rename(work .. "/granted", work .. "/moved")) end,
  over = function() return os.rename(work .. "/granted/inner.txt", work .. "/granted/../secret.txt") end,
})
