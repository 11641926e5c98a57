-- Starts tasks without an end.
-- bounded: (--max-memory)
while true do
  task.spawn(function() task.sleep(1e9) end)
end
