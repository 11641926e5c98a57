-- Label the pods of a namespace, some at once.
local namespace, value, limit = ...
local n = 0
task.parallel(cluster.pods:namespaced(namespace), function(pod)
  pod.meta.labels:set("bench", value)
  n = n + 1
end, {limit = tonumber(limit)})
print(n)
