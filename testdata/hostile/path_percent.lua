-- Hides a path behind percent-encoding. Read-only runs must not delete by it, nor may rules that allow it elsewhere.
-- under: --read-only
-- denied: denied
local namespace = cluster.configmaps.namespace
local all = {}
for i, path in ipairs {
  "/api/v1/namespaces/x/%2e%2e/" .. namespace .. "/configmaps/target",
  "/api/v1/namespaces/x/..%2f" .. namespace .. "/configmaps/target",
  "/api/v1/namespaces/x/%252e%252e/" .. namespace .. "/configmaps/target",
  "/api/v1/namespaces/" .. namespace .. "%2fconfigmaps%2ftarget",
  "/api/v1/namespaces/" .. namespace .. "/%63onfigmaps/target",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/t%61rget",
  "/%61pi/v1/namespaces/" .. namespace .. "/configmaps/target",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target%00",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target%2f",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/%E0%80%AFtarget",
} do
  all[i .. " " .. path] = function() return cluster.proxy:delete(path) end
end
all.plain = function() return cluster.proxy:delete("/api/v1/namespaces/" .. namespace .. "/configmaps/target") end
require "attempts" ({ "denied", "path" }, all)
all.plain()
