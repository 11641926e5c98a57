-- What workloads and services do with their pods.

local function make(t, kind, name, spec)
  spec.template = {metadata = {labels = {app = name}}, spec = {containers = {{name = "web", image = "web:1", ports = {{containerPort = 8080}}}}}}
  return t:create{apiVersion = "apps/v1", kind = kind, metadata = {name = name}, spec = spec}
end

local function names(view)
  local list = {}
  for pod in view do list[#list + 1] = pod.meta.name end
  table.sort(list)
  return list
end

function test_pods(t)
  local web = make(t, "Deployment", "web", {replicas = 2, selector = {
    matchLabels = {app = "web"}, matchExpressions = {{key = "tier", operator = "NotIn", values = {"back"}}},
  }}):wait{ready = true}
  local db = make(t, "StatefulSet", "db", {replicas = 1, serviceName = "db", selector = {matchLabels = {app = "db"}}}):wait{ready = true}
  t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "other", labels = {app = "web", tier = "back"}},
    spec = {containers = {{name = "web", image = "web:1"}}}}
  local service = t:create{apiVersion = "v1", kind = "Service", metadata = {name = "web"}, spec = {ports = {{port = 80}}, selector = {app = "web"}}}
  t:eq(#names(web:pods()), 2)
  t:eq(names(db:pods()), {"db-0"})
  t:eq(#names(service:pods()), 3)
  t:eq(web:pods().namespace, t.namespace)

  local pods = {}
  for line, pod in web:logs{tail = 1} do
    t:match(line, "pod " .. t.namespace .. "/web-")
    pods[#pods + 1] = pod.meta.name
  end
  table.sort(pods)
  t:eq(pods, names(web:pods()))

  t:eq(db:exec{"sh", "-c", "exit 3"}.code, 3)
  t:eq(service:exec({"cat"}, {stdin = "x"}).stdout, "x")
  kube.with(db:port_forward(8080), function(forward)
    t:match(kube.proxy{url = "http://127.0.0.1:" .. forward.port}:get("/x"), "pod " .. t.namespace .. "/db-0 port 8080 path /x")
  end)
end

function test_none(t)
  local web = make(t, "Deployment", "web", {replicas = 0, selector = {matchLabels = {app = "web"}}})
  t:eq(names(web:pods()), {})
  local err = t:raises("StatusError", web.exec, web, {"date"})
  t:match(err.message, "web: none of its 0 pods runs")
  t:raises("the command must be a table", web.exec, web, "date")
  t:raises("a port is a number from 1 to 65535", web.port_forward, web, 0)
  local bare = t:create{apiVersion = "v1", kind = "Service", metadata = {name = "bare"}, spec = {ports = {{port = 80}}}}
  t:raises("it has no selector", bare.pods, bare)
  t:raises('has no "pods"', function() return cluster.configmaps:fetch("kube-root-ca.crt", {namespace = t.namespace}).pods end)
end
