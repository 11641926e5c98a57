-- Abandons coroutines that wait.
-- under: --timeout 500ms --max-memory 256Mi
-- bounded: timed out after 500ms
while true do
  coroutine.wrap(function() pcall(coroutine.yield) while true do coroutine.yield() end end)()
end
