-- Count the pods that run.
local n = 0
for pod in cluster.pods do
  if pod.phase == "Running" then n = n + 1 end
end
print(n)
