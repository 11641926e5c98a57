-- Waits for ever, under calls that catch errors.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
while true do
  pcall(task.sleep, math.huge)
  pcall(function() return task.queue(1):get() end)
  pcall(function() return task.spawn(task.sleep, 1e9):wait() end)
end
