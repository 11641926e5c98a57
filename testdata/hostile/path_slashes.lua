-- Hides a path behind empty parts and odd characters. Read-only runs must not delete by it, nor may rules that allow it elsewhere.
-- under: --read-only
-- denied: denied
local namespace = cluster.configmaps.namespace
local all = {}
for i, path in ipairs {
  "//api/v1/namespaces/" .. namespace .. "/configmaps/target",
  "/api/v1//namespaces/" .. namespace .. "/configmaps/target",
  "/api/v1/namespaces/" .. namespace .. "//configmaps/target",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target/",
  "/api/v1/namespaces/" .. namespace .. "\\configmaps/target",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target;x",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/target\t",
  "/api/v1/namespaces/" .. namespace .. "/configmaps/ target",
} do
  all[i .. " " .. path] = function() return cluster.proxy:delete(path) end
end
all.plain = function() return cluster.proxy:delete("/api/v1/namespaces/" .. namespace .. "/configmaps/target") end
require "attempts" ({ "denied", "path" }, all)
all.plain()
