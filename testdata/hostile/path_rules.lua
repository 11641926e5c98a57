-- Reads what a rule denies by paths that look like others.
-- under: --deny '*:secrets' --deny '*:namespaces/finalize'
-- denied: denied
local namespace = cluster.configmaps.namespace
local all = {}
for _, path in ipairs {
  "/api/v1/namespaces/" .. namespace .. "/secrets/login",
  "/api/v1/namespaces/" .. namespace .. "/secrets",
  "/api/v1/secrets",
  "/api/v1/watch/secrets",
  "/api/v1/watch/namespaces/" .. namespace .. "/secrets/login",
  "/api/v1/namespaces/" .. namespace .. "/Secrets/login/../../secrets/login",
  "/api/v1/namespaces/" .. namespace .. "/%73ecrets/login",
  "/api/v1/namespaces/" .. namespace .. "//secrets/login",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/../secrets/login",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/..%2fsecrets%2flogin",
  "/api/v1/namespaces/" .. namespace .. "/secrets/login/",
} do
  all[path] = function() return cluster.proxy:get(path) end
end
all.view = function() return cluster.secrets:fetch "login" end
all.list = function() for secret in cluster.secrets do print(secret.data.password) end end
all.watch = function() return cluster.secrets:watch({ initial = true }):next(5) end
all.table = function() print(cluster.secrets) end
require "attempts" ({ "denied", "path", "this is a watch" }, all)
