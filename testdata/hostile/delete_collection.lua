-- Deletes by selector what it may not delete one by one.
-- under: --max-deletes 5
-- denied: denied by --max-deletes 5
local path = "/api/v1/namespaces/" .. cluster.configmaps.namespace .. "/configmaps"
local p = cluster.proxy
require "attempts" ({ "denied by --max-deletes 5" }, {
  all = function() return p:delete(path) end,
  field = function() return p:delete(path, { params = { fieldSelector = "metadata.name=target" } }) end,
  label = function() return p:delete(path .. "?labelSelector=x") end,
})
