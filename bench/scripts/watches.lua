-- Watch all pods in many tasks at once: first what exists, then the changes that
-- give pods a label, up to the one that gives it its last value. Tell how many
-- events were missed or came twice.
local watches, pods, changes, value = ...
watches, pods, changes = tonumber(watches), tonumber(pods), tonumber(changes)
local ready, events, lost = 0, 0, 0

local function follow(watcher)
  local added, changed = 0, 0
  for event in watcher do
    if event.evtype == event.ADDED then
      added = added + 1
    elseif event.evtype == event.SYNC then
      ready = ready + 1
      if ready == watches then print("first") end
    else
      local label = event.item.meta.labels.bench
      if label == value .. "-end" then break end
      if label == value then changed = changed + 1 end
    end
  end
  watcher:close()
  events = events + added + changed
  lost = lost + math.abs(pods - added) + math.abs(changes - changed)
end

local tasks = {}
for i = 1, watches do
  tasks[i] = task.spawn(function()
    follow(cluster.pods:watch{initial = true, sync = true})
  end)
end
for _, t in ipairs(tasks) do t:wait() end
print(events, lost)
