-- Has gsub replace little by much.
-- bounded: resulting string too large (the most is 8 MiB)
-- under: --max-memory 8Mi
local long = ("x"):rep(1e5)
require "attempts" ({ "resulting string too large" }, {
  match = function() return (long:gsub(".+", ("%0"):rep(1e5))) end,
  capture = function() return (long:gsub("(.+)", ("%1"):rep(1e5))) end,
  text = function() return (long:gsub(".", ("y"):rep(1000))) end,
  empty = function() return (long:gsub("", ("y"):rep(1000))) end,
  called = function() return (long:gsub(".", function() return long end)) end,
  looked_up = function() return (long:gsub(".", { x = long })) end,
})
