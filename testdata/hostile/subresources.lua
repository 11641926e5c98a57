-- Changes objects by way of their subresources.
-- under: --read-only
-- denied: denied by --read-only
local namespace = cluster.configmaps.namespace
local core, apps = "/api/v1/namespaces/" .. namespace, "/apis/apps/v1/namespaces/" .. namespace
local p = cluster.proxy
require "attempts" ({ "denied by --read-only" }, {
  status = function() return p:patch(core .. "/pods/x/status", { patch = {} }) end,
  scale = function() return p:patch(apps .. "/deployments/x/scale", { patch = { spec = { replicas = 0 } } }) end,
  resize = function() return p:patch(core .. "/pods/x/resize", { patch = {} }) end,
  containers = function() return p:patch(core .. "/pods/x/ephemeralcontainers", { patch = {} }) end,
  binding = function() return p:post(core .. "/pods/x/binding", { json = {} }) end,
  eviction = function() return p:post(core .. "/pods/x/eviction", { json = {} }) end,
  token = function() return p:post(core .. "/serviceaccounts/default/token", { json = {} }) end,
  finalize = function() return p:post("/api/v1/namespaces/" .. namespace .. "/finalize", { json = {} }) end,
  approval = function() return p:patch("/apis/certificates.k8s.io/v1/certificatesigningrequests/x/approval", { patch = {} }) end,
})
