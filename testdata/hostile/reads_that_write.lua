-- Reaches into pods and through the server's proxies by calls that look like reads.
-- under: --read-only
-- denied: denied by --read-only
local namespace = cluster.configmaps.namespace
local core = "/api/v1/namespaces/" .. namespace
local all = {}
for _, path in ipairs {
  core .. "/pods/x/exec?command=id", core .. "/pods/x/attach", core .. "/pods/x/portforward?ports=80",
  core .. "/pods/x/proxy", core .. "/pods/x/proxy/anything", core .. "/services/x/proxy", core .. "/services/https:x:443/proxy/x",
  "/api/v1/nodes/x/proxy/run/a/b/c", "/api/v1/proxy/nodes/x", "/api/v1/proxy/namespaces/" .. namespace .. "/services/x",
} do
  all[path] = function() return cluster.proxy:get(path) end
end
require "attempts" ({ "denied by --read-only" }, all)
