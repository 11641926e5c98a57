-- Services.

local function service(t, name, kind)
  return t:create{apiVersion = "v1", kind = "Service", metadata = {name = name}, spec = {type = kind, selector = {app = name}, ports = {{port = 80}}}}
end

function test_attributes(t)
  local item = service(t, "web")
  t:eq(item.kind, kube.Kind.Service)
  t:eq(item.resource, "services")
  t:eq(item.api_paths, {"api/v1"})
  t:eq(item.spec.ports[1].port, 80)
  t:eq(item:spec().selector, {app = "web"})
end

function test_loadbalancer_ingress(t)
  local item = service(t, "web", "LoadBalancer")
  t:eq(#item.loadbalancer_ingress, 0)
  cluster.proxy:patch(item.meta.link .. "/status", {patch = {status = {loadBalancer = {ingress = {
    {ip = "203.0.113.7"}, {hostname = "lb.example.com"}, {ip = "2001:db8::1"},
  }}}}})
  item = item:fetch()
  t:eq(item.loadbalancer_ingress, {"203.0.113.7", "lb.example.com", "2001:db8::1"})
  t:eq(table.concat(item.loadbalancer_ingress, " "), t.kubectl("get", "service", "web", "-n", t.namespace,
    "-o", "jsonpath={.status.loadBalancer.ingress[0].ip} {.status.loadBalancer.ingress[1].hostname} {.status.loadBalancer.ingress[2].ip}"))
  for endpoint in item.loadbalancer_ingress do
    t:eq(type(endpoint), "string")
  end
  cluster.proxy:patch(item.meta.link .. "/status", {type = "merge", patch = {status = {loadBalancer = {ingress = kube.null}}}})
  t:eq(#item:fetch().loadbalancer_ingress, 0)
end

function test_without_a_status(t)
  local item = cluster:item{apiVersion = "v1", kind = "Service", metadata = {name = "x", namespace = "y"}}
  t:eq(#item.loadbalancer_ingress, 0)
  t:eq(item.loadbalancer_ingress[1], nil)
end

function test_ingress_is_read_only(t)
  local item = cluster:item{apiVersion = "v1", kind = "Service", metadata = {name = "x", namespace = "y"}, status = {loadBalancer = {ingress = {{ip = "192.0.2.1", hostname = "both.example.com"}}}}}
  t:eq(item.loadbalancer_ingress, {"192.0.2.1", "both.example.com"})
  item.loadbalancer_ingress[1] = "x" --> error: "kube.totable"
end

function test_view(t)
  service(t, "web")
  local view = cluster.services
  t:eq(view.kind, kube.Kind.ServiceList)
  t:eq(view.resource, "services")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("web", {namespace = t.namespace}).meta.name, "web")
  t:eq(view:fetch("kubernetes", {namespace = "default"}).meta.name, "kubernetes")
  t:raises("NamespaceError", view.fetch, view, "web")
  for item in view:namespaced(t.namespace) do
    t:eq(item.meta.name, "web")
    t:eq(item.resource, "services")
  end
end
