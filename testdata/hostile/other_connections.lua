-- Opens further connections, which the guards might not know.
-- under: --read-only
-- denied: denied by --read-only
local link = "/api/v1/namespaces/" .. cluster.configmaps.namespace .. "/configmaps/target"
require "attempts" ({ "denied by --read-only" }, {
  cluster = function() return kube.cluster({}).proxy:delete(link) end,
  proxy = function() return kube.proxy({}):delete(link) end,
  account = function() return kube.cluster({ as = "system:admin" }).proxy:delete(link) end,
  token = function() return kube.cluster({ token = "x" }).proxy:delete(link) end,
  item = function() return cluster.configmaps:fetch("target").cluster.proxy:delete(link) end,
  task = function() return task.spawn(function() return kube.cluster({}).proxy:delete(link) end):wait() end,
  close = function()
    local c = kube.cluster {}
    c:close()
    return kube.cluster({}).proxy:delete(link)
  end,
})
