-- Has a short format make long dates.
-- bounded: resulting string too large (the most is 8 MiB)
-- under: --max-memory 8Mi
local format = ("%c"):rep(1e6)
require "attempts" ({ "resulting string too large" }, {
  date = function() return os.date(format) end,
  time = function() return kube.now():format(format) end,
})
