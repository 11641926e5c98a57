-- Starts tasks that start tasks.
-- bounded: (--max-memory)
local function grow()
  while true do
    task.spawn(grow)
    task.sleep(0)
  end
end
grow()
