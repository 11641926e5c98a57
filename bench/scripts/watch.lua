-- Take the first events of a watch that begins with what exists.
local want, n = tonumber(...), 0
local watcher = cluster.pods:watch{initial = true}
for event in watcher do
  n = n + 1
  if n == 1 then print("first") end
  if n == want then break end
end
watcher:close()
print(n)
