-- Changes a protected namespace and what is in it.
-- under: --protect 'kube-*'
-- denied: denied by --protect kube-
local p = cluster.proxy
local object = { apiVersion = "v1", kind = "ConfigMap", metadata = { name = "x", namespace = "kube-system" } }
require "attempts" ({ "denied by --protect kube-", "denied by --protect" }, {
  create = function() return cluster:create(object) end,
  apply = function() return cluster:apply(object) end,
  label = function() return cluster.namespaces:fetch("kube-system").meta.labels:set("a", "b") end,
  delete = function() return cluster.namespaces:fetch("kube-public"):delete() end,
  all = function() return p:delete "/api/v1/configmaps" end,
  namespaces = function() return p:delete("/api/v1/namespaces", { params = { labelSelector = "x=y" } }) end,
  finalize = function() return p:post("/api/v1/namespaces/kube-system/finalize", { json = {} }) end,
})
