-- Reads a file, by each function that reads one.
-- denied: not allowed (--allow-read=
local path = arg[1] .. "/secret.txt"
require "attempts" ({ "secret.txt: not allowed (--allow-read=" }, {
  open = function() return io.open(path) end,
  lines = function() return io.lines(path) end,
  input = function() return io.input(path) end,
  dofile = function() return dofile(path) end,
  loadfile = function() return loadfile(path) end,
})
