-- Keeps functions over runs, and with them what their run was bound to.
-- under: --timeout 500ms
-- runs: 2
-- bounded: timed out after 500ms
if kept then
  pcall(kept.resume)
  pcall(kept.wait)
  pcall(kept.get)
end
local co = coroutine.create(function() while true do coroutine.yield() end end)
coroutine.resume(co)
local t = task.spawn(function() while true do task.sleep(0.001) end end)
local queue = task.queue(1)
kept = {
  resume = function() while coroutine.resume(co) do end end,
  wait = function() return t:wait { timeout = 0 } end,
  get = function() return queue:get { timeout = 0 } end,
}
while true do end
