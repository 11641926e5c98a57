-- Claims that a change is a dry run where the server doesn't look at the claim.
-- under: --read-only
-- denied: denied by --read-only
local link = "/api/v1/namespaces/" .. cluster.configmaps.namespace .. "/configmaps/target"
local p = cluster.proxy
require "attempts" ({ "denied by --read-only" }, {
  parameter = function() return p:delete(link, { params = { dryRun = "All" }, json = { kind = "DeleteOptions", apiVersion = "v1" } }) end,
  query = function() return p:delete(link .. "?dryRun=All") end,
  both = function() return p:delete(link .. "?dryRun=All&dryRun=") end,
  case = function() return p:delete(link .. "?dryrun=All") end,
  body = function() return p:delete(link, { json = { kind = "DeleteOptions", apiVersion = "v1", dryRun = { "All" } } }) end,
  exec = function() return p:post("/api/v1/namespaces/x/pods/x/exec", { params = { dryRun = "All", command = "id" } }) end,
})
