-- Writes a kubeconfig of its own and connects by it.
-- under: --allow-read $WORK/granted --allow-write $WORK/granted
-- denied: not allowed (--allow-net=
local path = arg[1] .. "/granted/own.yaml"
local file = assert(io.open(path, "w"))
file:write [[
apiVersion: v1
kind: Config
current-context: own
clusters: [{name: own, cluster: {server: "http://127.0.0.1:1"}}]
contexts: [{name: own, context: {cluster: own}}]
]]
file:close()
kube.cluster { kubeconfig = path }
