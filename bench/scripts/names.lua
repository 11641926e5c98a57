-- Collect the names of all pods.
local names = {}
for pod in cluster.pods do
  names[#names + 1] = pod.meta.name
end
print(#names)
