--- Does what needs permissions of different forms. It wants a deployment "web"
--- with a pod that runs, and neither a ConfigMap nor a Secret "many".
---
--- RBAC:
---   - {apiGroups: [""], resources: [configmaps], resourceNames: [many], verbs: [get, watch, patch, delete]}
---   - {apiGroups: [""], resources: [configmaps, pods/exec], verbs: [create]}
---   - {apiGroups: [""], resources: [pods], verbs: [list]}
---   - {apiGroups: [""], resources: [pods/log], verbs: [get]}
---   - {apiGroups: [""], resources: [secrets], resourceNames: [many], verbs: [create, patch]}
---   - {apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [get]}
---   - {apiGroups: [apps], resources: [deployments/scale], resourceNames: [web], verbs: [patch]}

local config = cluster:create { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "many" } }
kube.with(config:watch(), function(watcher)
  config:fetch().meta.labels:set("run", "yes")
  assert(watcher:next { timeout = "30s" })
end)
config:delete()

cluster:apply { apiVersion = "v1", kind = "Secret", metadata = { name = "many" }, stringData = { a = "b" } }

for pod in cluster.pods:filter { labels = "app=web" } do
  for _ in pod:logs() do end
  pod:exec { "true" }
end
cluster.deployments:fetch("web"):scale(1)
