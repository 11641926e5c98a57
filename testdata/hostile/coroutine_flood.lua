-- Keeps more and more coroutines that wait.
-- bounded: (--max-memory)
local all = {}
while true do
  local co = coroutine.wrap(function() coroutine.yield() end)
  co()
  all[#all + 1] = co
end
