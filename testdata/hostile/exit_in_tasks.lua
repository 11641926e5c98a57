-- Exits from many tasks, under calls that catch errors.
-- harmless
for i = 1, 100 do
  task.spawn(function()
    while true do
      pcall(task.sleep, 0)
      pcall(os.exit, 0)
    end
  end)
end
while true do pcall(task.sleep, 1) end
