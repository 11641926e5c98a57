-- Changes a cluster while a plan is made, by each way to write.
-- under: --dry-run
-- harmless
local configmaps = cluster.configmaps
local namespace = configmaps.namespace
local link = "/api/v1/namespaces/" .. namespace .. "/configmaps/target"
local changed = { data = { state = "after" } }
local p = cluster.proxy
pcall(p.patch, p, link, { patch = changed, params = { dryRun = "" } })
pcall(p.patch, p, link .. "?dryRun=", { patch = changed })
pcall(p.patch, kube.proxy {}, link, { patch = changed })
pcall(p.delete, p, link, { json = { kind = "DeleteOptions", apiVersion = "v1", dryRun = kube.array {} } })
pcall(p.delete, p, "/api/v1/namespaces/" .. namespace .. "/configmaps")
pcall(p.post, p, "/api/v1/namespaces/" .. namespace .. "/serviceaccounts/default/token", { json = {} })
for _, c in ipairs { cluster, kube.cluster { namespace = namespace }, kube.cluster { as = "system:admin", namespace = namespace } } do
  pcall(function() c.configmaps:fetch("target"):patch(changed) end)
  pcall(function() c.configmaps:fetch("target"):delete() end)
  pcall(function() c:apply { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "target" }, data = { state = "after" } } end)
end
