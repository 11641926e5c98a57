-- cluster:create and cluster:item: data from scripts.

-- nowhere is a cluster that nobody answers for: what raises something else
-- than APIError there was refused before any request.
local function nowhere()
  return kube.cluster{url = "http://127.0.0.1:1/"}
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
  c:create({apiVersion = "v1", kind = "Pod"}, "web") --> error: "options must be a table, not string (known: "
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
  -- The server itself tells of it a little later.
  local item = t:eventually(function()
    local ok, item = pcall(t.create, t, {apiVersion = "suite.example.com/v1", kind = "K" .. name, metadata = {name = "a"}})
    return ok and item
  end)
  t:eq(cluster[name .. "s"].kind, item.kind .. "List")
end
