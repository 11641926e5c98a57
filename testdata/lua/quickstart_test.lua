-- The examples of the Python library's quickstart, line by line and in its
-- order, over a `kubectl proxy` as it has them.

-- auth_v3 makes the replica set that the examples talk about.
local function auth_v3(t)
  local rs = cluster:create([[
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: auth-v3
  namespace: default
spec:
  replicas: 2
  selector:
    matchLabels: {app: auth}
  template:
    metadata:
      labels: {app: auth}
    spec:
      containers:
      - {name: auth, image: auth:v3}
]])
  t:defer(function() rs:delete() end)
  t:eventually(function() return rs:fetch().observed_replicas == 2 end)
end

function test_quickstart(t)
  auth_v3(t)

  local kube = require "kube"

  local cluster = kube.cluster()
  t:ok(cluster.namespaces:find("default"))

  cluster = kube.cluster{url = t.proxy() .. "api"}

  local rs = cluster.replicasets:fetch("auth-v3", {namespace = "default"})
  assert(rs.meta.name == "auth-v3")
  assert(rs.meta.namespace == "default")
  assert(rs.kind == kube.Kind.ReplicaSet)

  local ns_names = {}
  for ns in cluster.namespaces do ns_names[ns.meta.name] = true end
  assert(ns_names["default"])

  local function versions()
    local list = {}
    for node in cluster.nodes do list[#list + 1] = node.meta.version end
    return list
  end
  print(table.concat(versions(), " "))
  local first = versions()[1]
  cluster.nodes:fetch("node-0").meta.labels:set("example.com/quickstart", kube.now():format("%H%M%S"))
  print(table.concat(versions(), " "))
  assert(versions()[1] ~= first)

  rs = cluster.replicasets:fetch("auth-v3", {namespace = "default"})
  if not rs.meta.labels.mylabel then
    local curr_rs = rs.meta.labels:set("mylabel", "value")
    assert(curr_rs.meta.labels["mylabel"] == "value")
    print(rs.meta.version)
    print(curr_rs.meta.version)
    assert(rs ~= curr_rs)
  end

  assert(rs:spec()["replicas"] == rs.observed_replicas)

  local lines = {}
  for line in t.printed():gmatch("[^\n]+") do lines[#lines + 1] = line end
  t:eq(#lines, 4)
  t:match(lines[1], "^%d+ %d+ %d+")
  t:match(lines[3], "^%d+$")
  t:ne(lines[3], lines[4])
end

-- The example of the chapter on watchers.
function test_watching(t)
  local cluster = kube.cluster{url = t.proxy()}
  local seen = 0
  kube.with(cluster.pods:watch(), function(watcher)
    t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = {{name = "x", image = "x"}}}}
    for event in watcher do
      print(event)
      if event.item.meta.namespace == t.namespace then
        seen = seen + 1
        break
      end
    end
  end)
  t:eq(seen, 1)
  t:match(t.printed(), "ADDED pods " .. t.namespace .. "/p")
end
