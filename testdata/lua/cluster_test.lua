-- kube.cluster: the entry point to an API server.

local views = {
  daemonsets = "DaemonSetList", deployments = "DeploymentList", namespaces = "NamespaceList",
  nodes = "NodeList", pods = "PodList", replicasets = "ReplicaSetList",
  replicationcontrollers = "ReplicationControllerList", secrets = "SecretList", services = "ServiceList",
}

-- nowhere is a cluster that nobody answers for: what raises something else
-- than APIError there was refused before any request.
local function nowhere()
  return kube.cluster{url = "http://127.0.0.1:1/"}
end

function test_the_global_cluster(t)
  t:match(cluster.url, "^https://127%.0%.0%.1:%d+/$")
  t:eq(cluster.namespace, nil)
  t:ok(cluster.namespaces:find("default"))
  t:eq(type(kube), "table")
  t:eq(require("kube"), kube)
end

function test_nine_views_without_a_request(t)
  local c = nowhere()
  for resource, kind in pairs(views) do
    local view = c[resource]
    t:eq(view.kind, kind)
    t:eq(view.resource, resource)
    t:eq(view.namespace, nil)
    t:eq(view.cluster, c)
  end
  t:raises("APIError", function() for _ in c.pods do end end)
end

function test_the_views_reach_the_server(t)
  for resource, kind in pairs(views) do
    for item in cluster[resource] do
      t:eq(item.kind .. "List", kind)
      t:eq(item.resource, resource)
      break
    end
  end
end

function test_every_other_resource_by_its_plural_name(t)
  t:eq(cluster.cronjobs.kind, "CronJobList")
  t:eq(cluster.cronjobs.api_paths, {"apis/batch/v1"})
  t:eq(cluster.configmaps.kind, "ConfigMapList")
  t:eq(cluster.configmaps:fetch("kube-root-ca.crt", {namespace = "default"}).kind, "ConfigMap")
  t:eq(cluster.storageclasses.namespace, nil)
end

function test_unknown_resource_names_the_nearest(t)
  local _ = cluster.cronjob --> error: "unknown resource "cronjob" (did you mean "cronjobs"
  local err = t:raises("ValueError", function() return cluster.poods end)
  t:match(err.message, '"pods"')
  t:raises("ValueError", function() return cluster.xyzzyxyzzy end)
end

function test_url(t)
  local address = t.proxy()
  for _, url in ipairs{address, address .. "api", address .. "api/", (address:gsub("/$", ""))} do
    local c = kube.cluster{url = url}
    t:eq(c.url, address)
    t:eq(c.namespaces:fetch("default").meta.name, "default")
    c:close()
  end
end

function test_another_base_path_is_kept(t)
  t:eq(kube.cluster{url = "http://127.0.0.1:1/k8s/clusters/x"}.url, "http://127.0.0.1:1/k8s/clusters/x/")
  t:eq(kube.cluster{url = "http://127.0.0.1:1/k8s/clusters/x/api"}.url, "http://127.0.0.1:1/k8s/clusters/x/")
end

function test_everything_works_below_a_base_path(t)
  local address = t.proxy("/k8s/clusters/x/")
  local c = kube.cluster{url = address}
  t:eq(c.url, address)
  local view = c.configmaps:namespaced(t.namespace)
  local item = c:create({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}, {namespace = t.namespace})
  t:eq(item.meta.link, "/api/v1/namespaces/" .. t.namespace .. "/configmaps/a")
  t:eq(c.proxy:get(item.meta.link).metadata.uid, item.meta.uid)
  t:eq(c.proxy:urljoin(item.meta.link), address:sub(1, -2) .. item.meta.link)
  t.configmaps(600)
  local n = 0
  for _ in view do
    n = n + 1
  end
  t:eq(n, 602)
  local w = view:watch()
  item.meta.labels:set("a", "b")
  t:eq(w:next(60).item.meta.labels.a, "b")
  w:close()
  item:delete()
  t:eq(view:find("a"), nil)
  t:match(t:raises("LookupError", view.fetch, view, "a").message, "not found")
end

function test_bad_connections(t)
  t:match(t:raises("ValueError", kube.cluster, {url = "ftp://x"}).message, "ftp://x")
  t:match(t:raises("ValueError", kube.cluster, {kubeconfig = t.file("") .. ".not"}).message, "no kubeconfig at .*%.not")
  t:match(t:raises("not allowed", kube.cluster, {kubeconfig = "/nowhere/config"}).message, "read /nowhere/config: not allowed")
  t:match(t:raises("ValueError", kube.cluster, {kubeconfig = t.kubeconfig, context = "kubelua-locale"}).message,
    '"kubelua-locale" (did you mean "kubelua-local"?)')
  t:match(t:raises("ValueError", kube.cluster, {kubeconfig = t.file("]")}).message, "kubeconfig")
  t:match(t:raises("ValueError", kube.cluster, {url = "http://example.com/", token = "secret"}).message, "https")
  kube.cluster{urrl = "http://127.0.0.1:1/"} --> error: "unknown option "urrl" (did you mean "url""
  kube.cluster{url = 1} --> error: "option url must be a string, not number"
  kube.cluster("http://127.0.0.1:1/") --> error: "options must be a table, not string (known: "
end

function test_options_of_a_kubeconfig(t)
  local config = t.kubectl("config", "view", "--raw", "--flatten", "--kubeconfig", t.kubeconfig)
  local named, n = config:gsub("    user: kubelua%-local\n", "    namespace: kube-system\n%0", 1)
  t:eq(n, 1)
  local c = kube.cluster{kubeconfig = t.file(named)}
  t:eq(c.namespace, "kube-system")
  -- The context's namespace binds no view.
  t:eq(c.pods.namespace, nil)
  t:raises("NamespaceError", c.configmaps.fetch, c.configmaps, "kube-root-ca.crt")
  t:eq(kube.cluster{kubeconfig = t.kubeconfig, context = "kubelua-local"}.namespace, nil)
end

function test_namespace_binds_the_namespaced_views(t)
  local c = kube.cluster{namespace = t.namespace}
  t:eq(c.pods.namespace, t.namespace)
  t:eq(c.configmaps.namespace, t.namespace)
  t:eq(c.nodes.namespace, nil)
  t:eq(c.pods:all().namespace, nil)
  t:eq(c.secrets:namespaced("default").namespace, "default")
  t:eq(c.configmaps:fetch("kube-root-ca.crt").meta.namespace, t.namespace)
  t:eq(c:create("{apiVersion: v1, kind: ConfigMap, metadata: {name: bound}}").meta.namespace, t.namespace)
  for configmap in c.configmaps do
    t:eq(configmap.meta.namespace, t.namespace)
  end
end

function test_credentials(t)
  local err = t:raises("APIError", function()
    for _ in kube.cluster{token = "wrong"}.pods do end
  end)
  t:eq(err.status_code, 401)
  t:match(err.message, "refuses the login")
  err = t:raises("APIError", function()
    for _ in kube.cluster{as = "nobody"}.pods do end
  end)
  t:eq(err.status_code, 403)
  -- An explicit url takes no login from a kubeconfig.
  err = t:raises("APIError", function()
    for _ in kube.cluster{url = cluster.url, insecure_skip_tls_verify = true}.pods do end
  end)
  t:ok(err.status_code == 401 or err.status_code == 403, tostring(err.status_code))
  -- Nor its certificate authority.
  err = t:raises("APIError", function()
    for _ in kube.cluster{url = cluster.url}.pods do end
  end)
  t:eq(err.reason, "Unreachable")
  t:match(err.message, "authority that isn't trusted")
end

function test_several_clusters(t)
  local a, b = kube.cluster{}, kube.cluster{url = t.proxy()}
  t:ne(a, b)
  t:eq(a, a.pods.cluster)
  t:eq(b, b.nodes.cluster)
  t:ne(a, cluster)
  local seen = {}
  for x in a.namespaces do
    for y in b.namespaces do
      if x.meta.uid == y.meta.uid then
        seen[x.meta.name] = true
      end
    end
  end
  t:ok(seen.default)
  a:close()
  t:ok(b.namespaces:find("default"))
end

function test_close(t)
  local c = kube.cluster{}
  local view, item = c.namespaces, c.namespaces:fetch("default")
  c:close()
  c:close()
  t:raises("KubeError", view.fetch, view, "default")
  t:raises("KubeError", item.fetch, item)
  t:raises("KubeError", view.watch, view)
  t:raises("KubeError", c.proxy.get, c.proxy, "version")
  t:raises("KubeError", c.create, c, "{apiVersion: v1, kind: Namespace, metadata: {name: x}}")
  t:raises("KubeError", function() for _ in view do end end)
  for _ in view do end --> error: "the cluster is closed"
  -- What was read is still there.
  t:eq(item.meta.name, "default")
  t:ok(cluster.namespaces:find("default"))
end

function test_with_closes(t)
  local used
  local a, b, c = kube.with(kube.cluster{}, function(c)
    used = c
    return c.namespaces:fetch("default").meta.name, nil, 3
  end)
  t:eq(a, "default")
  t:eq(b, nil)
  t:eq(c, 3)
  t:raises("KubeError", used.namespaces.fetch, used.namespaces, "default")
end

function test_with_closes_on_error(t)
  local used
  local steps = 0
  local ok, err = pcall(function()
    kube.with(kube.cluster{}, function(c)
      used, steps = c, steps + 1
      c.namespaces:fetch("no-such-namespace")
    end)
  end)
  t:eq(ok, false)
  t:eq(err.type, "LookupError")
  t:raises("KubeError", used.namespaces.fetch, used.namespaces, "default")
  -- The function and the test go on sharing their variables.
  t:eq(steps, 1)
  local function more() steps = steps + 1 end
  more()
  t:eq(steps, 2)
  local thrown = {}
  ok, err = pcall(kube.with, kube.cluster{}, function() error(thrown) end)
  t:eq(ok, false)
  t:ok(rawequal(err, thrown))
end

function test_with_an_error_keeps_shared_variables(t)
  local count = 0
  local function add() count = count + 1 end
  local ok = pcall(function()
    local inner = 0
    local function bump() inner = inner + 1 end
    local failed = not pcall(kube.with, kube.cluster{}, function() error("x") end)
    bump()
    t:eq(inner, 1)
    t:ok(failed)
    add()
  end)
  t:ok(ok)
  t:eq(count, 1)
end

function test_with_needs_something_to_close(t)
  kube.with(cluster.nodes:fetch("node-0"), print) --> error: "item"
  kube.with({}, print) --> error: "close"
  kube.with(nil, print) --> error: "close"
  kube.with(kube.cluster{}, 5) --> error: "must be a function, not number"
end

function test_namespace_option_is_checked(t)
  t:raises("NamespaceError", kube.cluster, {namespace = "a/b"})
  t:raises("NamespaceError", kube.cluster, {namespace = "Not_A_Name"})
end

function test_unknown_methods(t)
  cluster:creat{} --> error: "creat"
  cluster.create{} --> error: "call it with a colon"
  cluster.pods = 1 --> error: "can't set "pods" of cluster"
end

function test_printed(t)
  t:match(tostring(cluster), "cluster")
end
