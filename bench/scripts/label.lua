-- Label the pods of a namespace, one after another.
local namespace, value = ...
local n = 0
for pod in cluster.pods:namespaced(namespace) do
  pod.meta.labels:set("bench", value)
  n = n + 1
end
print(n)
