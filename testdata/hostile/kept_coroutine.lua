-- Goes on in a coroutine of an earlier run, which may have been denied less time.
-- under: --timeout 500ms
-- runs: 2
-- bounded: timed out after 500ms
loop = loop or coroutine.wrap(function()
  coroutine.yield()
  while true do pcall(function() while true do end end) end
end)
pcall(loop)
while true do end
