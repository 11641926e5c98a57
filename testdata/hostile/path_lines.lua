-- Puts lines, fragments and queries into a path. Read-only runs must not delete by it, nor may rules that allow it elsewhere.
-- under: --read-only
-- denied: denied
local namespace = cluster.configmaps.namespace
local all = {}
for i, path in ipairs {
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target\r\nImpersonate-User: x",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target HTTP/1.1\r\nX: y",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target#x",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target?x#/../y",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target?dryRun=All&dryRun=",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target?method=GET&_method=GET",
} do
  all[i .. " " .. path] = function() return cluster.proxy:delete(path) end
end
all.plain = function() return cluster.proxy:delete("/api/v1/namespaces/" .. namespace .. "/configmaps/target") end
require "attempts" ({ "denied", "path" }, all)
all.plain()
