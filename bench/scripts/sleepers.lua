-- Have many tasks asleep at once.
local n, asleep, most = tonumber(...), 0, 0
local tasks = {}
for i = 1, n do
  tasks[i] = task.spawn(function()
    asleep = asleep + 1
    most = math.max(most, asleep)
    task.sleep(2)
    asleep = asleep - 1
  end)
end
for _, t in ipairs(tasks) do t:wait() end
print(most)
