-- Claims a dry run, in order not to be counted.
-- under: --max-deletes 0
-- denied: denied by --max-deletes 0
local link = "/api/v1/namespaces/" .. cluster.configmaps.namespace .. "/configmaps/target"
require "attempts" ({ "denied by --max-deletes 0" }, {
  body = function() return cluster.proxy:delete(link, { params = { dryRun = "All" }, json = { kind = "DeleteOptions", apiVersion = "v1" } }) end,
  other = function() return cluster.proxy:delete(link, { params = { dryRun = "all" } }) end,
  item = function() return cluster.configmaps:fetch("target"):delete() end,
  eviction = function() return cluster.proxy:post("/api/v1/namespaces/x/pods/x/eviction", { json = {} }) end,
})
