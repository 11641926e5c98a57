-- What t offers to the tests of this folder beyond test.T. The harness runs this
-- file before the test file; its global suite is what only Go can do for a test.

---@class test.T
---@field kubeconfig string The path of the administrator's kubeconfig.
---@field boxes fun(): kube.View The view of t.namespace on a kind that keeps what it is given: Box of suite.example.com/v1.
---@field configmaps fun(n: integer) Makes n ConfigMaps c0001, c0002, ... at once.
---@field cut fun() Ends the proxy.
---@field file fun(text: string): string The path of a file with that text.
---@field kubectl fun(...: string): string What kubectl prints; raises where it fails.
---@field many fun(n: integer, version: string, kind: string) As configmaps, of another kind.
---@field mend fun() Starts the proxy again where it was.
---@field proxy fun(base?: string): string The address of a `kubectl proxy` of the test's own, which serves below the path base.
local T, t = ...
local suite = suite -- kubelua: ignore

T.kubeconfig, T.kubectl, T.file = suite.kubeconfig, suite.kubectl, suite.file
T.proxy, T.cut, T.mend = suite.proxy, suite.cut, suite.mend

function T.many(n, version, kind) suite.many(t.namespace, n, version, kind) end

function T.configmaps(n) T.many(n, "v1", "ConfigMap") end

function T.boxes()
  suite.boxes()
  return cluster.boxes:namespaced(t.namespace)
end
