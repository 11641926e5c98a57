-- Gives the host's functions another environment, and what is loaded from now on.
-- harmless
local env = { print = false, error = false }
for _, fn in ipairs { print, pcall, require, load, kube.cluster, io.open, cluster.pods.fetch, string.rep } do
  assert(not pcall(setfenv, fn, env))
end
setfenv(0, env)
assert(loadstring "return print"() == false)
assert(cluster.configmaps:fetch("target").raw.data.state == "before")
assert(require "kube" == kube)
