-- Has a small table with shared parts written out as data.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local data = { "x" }
for i = 1, 60 do data = { data, data } end
local function attempt(fn, ...) return pcall(fn, ...) end
while true do
  attempt(kube.json, data)
  attempt(kube.yaml, data)
  attempt(cluster.item, cluster, { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x" }, data = data })
end
