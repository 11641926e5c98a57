-- Has load read code without an end.
-- bounded: resulting string too large (the most is 16 MiB)
local piece = ("-"):rep(1e6)
load(function() return piece end)
