-- kube.cluster: the entry point to an API server.

local views = {
  daemonsets = "DaemonSetList", deployments = "DeploymentList", namespaces = "NamespaceList",
  nodes = "NodeList", pods = "PodList", replicasets = "ReplicaSetList",
  replicationcontrollers = "ReplicationControllerList", secrets = "SecretList", services = "ServiceList",
}

-- nowhere is a cluster that nobody answers for: what raises something else
-- than APIError there was refused before any request.
local function nowhere(options)
  options = options or {}
  options.url = "http://127.0.0.1:1/"
  return kube.cluster(options)
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
  t:match(t:raises("ValueError", kube.cluster, {kubeconfig = "/nowhere/config"}).message, "/nowhere/config")
  t:match(t:raises("ValueError", kube.cluster, {kubeconfig = t.kubeconfig, context = "kubelua-locale"}).message,
    '"kubelua-locale" (did you mean "kubelua-local"?)')
  t:match(t:raises("ValueError", kube.cluster, {kubeconfig = t.file("]")}).message, "kubeconfig")
  t:match(t:raises("ValueError", kube.cluster, {url = "http://example.com/", token = "secret"}).message, "https")
  kube.cluster{urrl = "http://127.0.0.1:1/"} --> error: "unknown option "urrl" (did you mean "url""
  kube.cluster{url = 1} --> error: "option url must be a string, not number"
  kube.cluster("http://127.0.0.1:1/") --> error: "options must be a table, not string"
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
  kube.with(cluster.pods, print) --> error: "view"
  kube.with({}, print) --> error: "close"
  kube.with(nil, print) --> error: "close"
  kube.with(kube.cluster{}, 5) --> error: "must be a function, not number"
end

function test_create_from_a_table(t)
  local item = cluster:create({
    apiVersion = "v1", kind = "ConfigMap",
    metadata = {name = "settings", labels = {app = "web"}},
    data = {color = "blue", empty = ""},
  }, {namespace = t.namespace})
  t:eq(item.kind, "ConfigMap")
  t:eq(item.meta.name, "settings")
  t:eq(item.meta.namespace, t.namespace)
  t:ok(item.meta.uid)
  t:eq(t.kubectl("get", "configmap", "settings", "-n", t.namespace, "-o", "jsonpath={.data.color}{.data.empty}{.metadata.labels.app}"), "blueweb")
end

function test_create_from_text(t)
  local yaml = cluster:create([[
apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector: {app: web}
  ports:
  - port: 80
]], {namespace = t.namespace})
  t:eq(yaml.kind, "Service")
  t:eq(yaml.spec.ports[1].port, 80)
  local json = cluster:create('{"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"k": "dg=="}}',
    {namespace = t.namespace})
  t:eq(json.data.k, "v")
  t:eq(t.kubectl("get", "service,secret", "-n", t.namespace, "-o", "name"), "service/web\nsecret/s")
end

function test_create_makes_an_item_of_the_right_kind(t)
  local function make(kind, spec)
    return t:create{apiVersion = spec.apiVersion or "apps/v1", kind = kind, metadata = {name = "x"}, spec = spec.spec, data = spec.data}
  end
  local template = {metadata = {labels = {app = "x"}}, spec = {containers = {{name = "x", image = "x"}}}}
  local spec = {selector = {matchLabels = {app = "x"}}, template = template}
  local made = {
    make("DaemonSet", {spec = spec}), make("Deployment", {spec = spec}), make("ReplicaSet", {spec = spec}),
    make("ReplicationController", {apiVersion = "v1", spec = {selector = {app = "y"}, template = {metadata = {labels = {app = "y"}}, spec = template.spec}}}),
    make("Pod", {apiVersion = "v1", spec = template.spec}), make("Secret", {apiVersion = "v1"}),
    make("Service", {apiVersion = "v1", spec = {ports = {{port = 1}}}}),
    make("CronJob", {apiVersion = "batch/v1", spec = {schedule = "0 0 1 1 *", jobTemplate = {spec = {template = {spec = {restartPolicy = "Never", containers = template.spec.containers}}}}}}),
  }
  local kinds = {}
  for i, item in ipairs(made) do
    kinds[i] = item.kind
    t:eq(item.raw.kind, item.kind)
    t:eq(item:fetch().meta.uid, item.meta.uid)
  end
  t:eq(kinds, {"DaemonSet", "Deployment", "ReplicaSet", "ReplicationController", "Pod", "Secret", "Service", "CronJob"})
end

function test_create_lets_the_server_make_the_name(t)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {generateName = "made-"}}
  t:match(item.meta.name, "^made%-.+")
end

function test_create_chooses_the_namespace(t)
  local bound = kube.cluster{namespace = t.namespace}
  local data = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}
  t:eq(bound:create(data).meta.namespace, t.namespace)
  data.metadata = {name = "b", namespace = t.namespace}
  t:eq(cluster:create(data).meta.namespace, t.namespace)
  data.metadata.name = "c"
  t:eq(cluster:create(data, {namespace = t.namespace}).meta.namespace, t.namespace)
  local elsewhere = kube.cluster{namespace = "default"}
  data.metadata = {name = "d"}
  t:eq(elsewhere:create(data, {namespace = t.namespace}).meta.namespace, t.namespace)
  data.metadata = {name = "e", namespace = t.namespace}
  t:eq(elsewhere:create(data).meta.namespace, t.namespace)
end

function test_create_refuses_wrong_namespaces_unsent(t)
  local c = nowhere()
  local data = {apiVersion = "v1", kind = "Secret", metadata = {name = "a", namespace = "web"}}
  c:create(data, {namespace = "shop"}) --> error: "the data says namespace "web", the call says "shop""
  t:raises("NamespaceError", c.create, c, data, {namespace = "shop"})
  data.metadata.namespace = nil
  t:match(t:raises("NamespaceError", c.create, c, data).message, "which namespace?")
  local namespace = {apiVersion = "v1", kind = "Namespace", metadata = {name = "a"}}
  t:raises("NamespaceError", c.create, c, namespace, {namespace = "web"})
  namespace.metadata.namespace = "web"
  t:raises("NamespaceError", c.create, c, namespace)
end

function test_create_refuses_bad_data_unsent(t)
  local c = nowhere()
  c:create{kind = "Pod"} --> error: "the data has no apiVersion and kind"
  c:create{apiVersion = "v1"} --> error: "the data has no apiVersion and kind"
  c:create({}) --> error: "the data has no apiVersion and kind"
  c:create("") --> error: "not an object"
  c:create("[1, 2]") --> error: "not an object"
  c:create({1, 2}) --> error: "not an object"
  c:create("a: b: c") --> error: "neither YAML nor JSON"
  c:create("apiVersion: v1\nkind: Secret\n---\napiVersion: v1\nkind: Secret\n") --> error: "document"
  c:create("{apiVersion: v1, apiVersion: v1, kind: Pod}") --> error: "apiVersion"
  c:create() --> error: "want an object"
  c:create(5) --> error: "want an object (a table, or YAML or JSON text), not number"
  c:create({apiVersion = "v1", kind = "Pod", spec = print}) --> error: "data.spec: a function can't be sent"
  c:create({apiVersion = "v1", kind = "Pod"}, "web") --> error: "options must be a table, not string"
  c:create({apiVersion = "v1", kind = "Pod"}, {namspace = "web"}) --> error: "unknown option "namspace" (did you mean "namespace"?)"
end

function test_create_names_unknown_kinds(t)
  local function create(version, kind)
    return cluster:create({apiVersion = version, kind = kind, metadata = {name = "a"}}, {namespace = "default"})
  end
  t:match(t:raises("ValueError", create, "apps/v1", "Deploymentt").message, 'unknown kind "Deploymentt" (did you mean "Deployment"')
  t:match(t:raises("ValueError", create, "extensions/v1beta1", "Deployment").message, "served: apps/v1")
end

function test_create_what_exists(t)
  local data = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}
  t:create(data)
  local err = t:raises("APIError", cluster.create, cluster, data, {namespace = t.namespace})
  t:eq(err.status_code, 409)
  t:eq(err.reason, "AlreadyExists")
end

function test_item_of_stored_data(t)
  local c = nowhere()
  local pod = c:item{apiVersion = "v1", kind = "Pod", metadata = {name = "a", namespace = "web", labels = {app = "x"}}, status = {phase = "Running"}}
  t:eq(pod.kind, "Pod")
  t:eq(pod.phase, "Running")
  t:eq(pod.meta.labels.app, "x")
  t:eq(pod.cluster, c)
  t:eq(c:item('{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n"}}').meta.name, "n")
  t:eq(cluster:item("{apiVersion: batch/v1, kind: Job, metadata: {name: j, namespace: web}}").resource, "jobs")
  t:eq(c:item(pod), pod)
  c:item{apiVersion = "v1", kind = "Pod"} --> error: "metadata.name"
  c:item{kind = "Pod"} --> error: "apiVersion"
  c:item("") --> error: "not an object"
end

function test_items_that_were_never_stored_differ(t)
  local function pod(name) return cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = name, namespace = "x"}} end
  t:ok(pod("a") == pod("a"))
  t:ok(pod("a") ~= pod("b"))
end

function test_data_as_json_text(t)
  -- JSON is taken as JSON, also where it isn't YAML.
  local function item(members)
    return cluster:item('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, ' .. members .. "}")
  end
  t:eq(item('"x": "\\ud83d\\ude00 \\u00e4 \\/"').raw.x, "\240\159\152\128 \195\164 /")
  t:eq(item('\n\t"x":\t1,\n\t"y": [\n\t\t2\n\t]\n').raw.y[1], 2)
  t:eq(item('"' .. ("k"):rep(2000) .. '": 5').raw[("k"):rep(2000)], 5)
  local raw = item('"big": 9007199254740993, "float": 0.1, "exp": 1e3, "one": 1.0, "text": "1", "yes": "yes", "date": "2026-03-01", "null": null').raw
  t:eq(tostring(raw.big), "9007199254740993")
  t:eq(raw.float, 0.1)
  t:eq(raw.exp, 1000)
  t:eq(raw.one, 1)
  t:eq(raw.text, "1")
  t:eq(raw.yes, "yes")
  t:eq(raw.date, "2026-03-01")
  t:eq(raw.null, kube.null)
end

function test_data_as_yaml_text(t)
  local raw = cluster:item([[
# A comment, and a document marker.
---
apiVersion: v1
kind: Pod
metadata: {name: p}
int: 3
big: 9007199254740993
float: 1.5
text: "3"
flag: true
none: ~
date: 2026-03-01
list: [a, b]
block: |
  line 1
  line 2
anchor: &a {k: v}
alias: *a
empty: {}
nothing: []
]]).raw
  t:eq(raw.int, 3)
  t:eq(tostring(raw.big), "9007199254740993")
  t:eq(raw.float, 1.5)
  t:eq(raw.text, "3")
  t:eq(raw.flag, true)
  t:eq(raw.none, kube.null)
  t:match(raw.date, "2026-03-01")
  t:eq(raw.list, {"a", "b"})
  t:eq(raw.block, "line 1\nline 2\n")
  t:eq(raw.alias.k, "v")
  t:eq(tostring(raw.empty), "{}")
  t:eq(tostring(raw.nothing), "[]")
end

function test_yaml_that_explodes(t)
  local lines = {"apiVersion: v1", "kind: Pod", "metadata: {name: p}", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"}
  for i = 1, 12 do
    lines[#lines + 1] = ("a%d: &a%d [%s]"):format(i, i, ("*a" .. (i - 1) .. ", "):rep(10))
  end
  cluster:item(table.concat(lines, "\n")) --> error: "YAML"
end

function test_a_kind_that_was_just_defined(t)
  -- What the server offers was asked before the kind was there.
  t:eq(cluster.cronjobs.kind, "CronJobList")
  local name = "k" .. t.namespace:match("%w+$")
  cluster:create{apiVersion = "apiextensions.k8s.io/v1", kind = "CustomResourceDefinition", metadata = {name = name .. "s.suite.example.com"}, spec = {
    group = "suite.example.com", scope = "Namespaced", names = {plural = name .. "s", singular = name, kind = "K" .. name},
    versions = {{name = "v1", served = true, storage = true, schema = {openAPIV3Schema = {type = "object", ["x-kubernetes-preserve-unknown-fields"] = true}}}},
  }}
  t:defer(function() cluster.customresourcedefinitions:fetch(name .. "s.suite.example.com"):delete() end)
  t:eventually(function()
    for condition in cluster.customresourcedefinitions:fetch(name .. "s.suite.example.com").raw.status.conditions or {} do
      if condition.type == "Established" and condition.status == "True" then return true end
    end
  end)
  -- The server itself tells of it a little later.
  local item = t:eventually(function()
    local ok, item = pcall(t.create, t, {apiVersion = "suite.example.com/v1", kind = "K" .. name, metadata = {name = "a"}})
    return ok and item
  end, 20)
  t:eq(cluster[name .. "s"].kind, item.kind .. "List")
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
