-- Manifests: several objects at once, in the order in which they need each other.

function test_parse(t)
  local objects = kube.parse[[
# The first document is only a comment.
---
apiVersion: v1
kind: ConfigMap
metadata: {name: a}
data: {empty: {}, list: []}
---
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: Secret, metadata: {name: b}}
- {apiVersion: v1, kind: Secret, metadata: {name: c}}
---
{"apiVersion": "v1", "kind": "PodList", "items": [{"metadata": {"name": "d"}}]}
]]
  t:eq(#objects, 4)
  t:eq(objects[1].metadata.name, "a")
  t:same(objects[1].data, {empty = {}, list = kube.array{}})
  t:eq(objects[3].metadata.name, "c")
  t:eq(objects[4].kind, "Pod")
  t:eq(objects[4].apiVersion, "v1")
  objects[1].metadata.name = "mine"
  t:same(kube.parse(""), kube.array{})
  t:eq(#kube.parse('{"kind": "x"}'), 1)
  kube.parse("a: b\n---\n- 1") --> error: "document 2 is not an object"
  kube.parse("a: b\n---\nc: d: e") --> error: "document 2 is neither YAML nor JSON"
  kube.parse("a: b: c") --> error: "neither YAML nor JSON"
  kube.parse("{kind: List, items: [1]}") --> error: "document 1, a List, holds something that is not an object"
  kube.parse() --> error: "the text must be a string, not nil"
  kube.parse((" "):rep(65 * 1024 * 1024)) --> error: "larger than 64 MiB"
end

function test_one_object_gives_an_item_and_several_a_list(t)
  local options = {namespace = t.namespace}
  local a, b = "{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}", "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}"
  t:eq(cluster:apply(a, options).meta.name, "a")
  t:eq(cluster:apply("---\n" .. a .. "\n---\n", options).meta.name, "a")
  local both = cluster:apply(b .. "\n---\n" .. a, options)
  t:eq(#both, 2)
  t:eq(both[1].meta.name, "b")
  t:eq(cluster:apply(kube.parse(a), options)[1].meta.name, "a")
  t:eq(cluster:apply("{apiVersion: v1, kind: List, items: [" .. a .. "]}", options)[1].meta.name, "a")
  t:eq(#cluster:create({{apiVersion = "v1", kind = "Secret", metadata = {name = "s"}}, {apiVersion = "v1", kind = "Service", metadata = {name = "w"}, spec = {ports = {{port = 80}}}}}, options), 2)
  t:eq(t.kubectl("get", "secret,service", "-n", t.namespace, "-o", "name"), "secret/s\nservice/w")
  -- The items of a list are what a view gives.
  local copies = {}
  for item in cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name=b"} do copies[1] = item end
  t:eq(cluster:apply(copies, {field_manager = "again"})[1].meta.name, "b")
end

function test_order(t)
  local id = t.namespace:match("%w+$")
  local name = "order-" .. id
  t:defer(function()
    cluster.namespaces:fetch(name):delete()
    cluster.customresourcedefinitions:fetch("o" .. id .. "s.suite.example.com"):delete()
  end)
  -- The other way round than they need each other.
  local text = ([[
apiVersion: suite.example.com/v1
kind: OID
metadata: {name: thing, namespace: NAME}
spec: {size: 3}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: NAME}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: oIDs.suite.example.com}
spec:
  group: suite.example.com
  scope: Namespaced
  names: {plural: oIDs, singular: oID, kind: OID}
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: {spec: {type: object, properties: {size: {type: integer}}}}
---
apiVersion: v1
kind: Namespace
metadata: {name: NAME}
]]):gsub("NAME", name):gsub("oID", "o" .. id):gsub("OID", "O" .. id)
  local items = cluster:apply(text)
  t:eq(#items, 4)
  t:eq(items[1].spec.size, 3)
  t:eq(items[2].meta.name, "settings")
  t:eq(items[4].kind, "Namespace")
  t:eq(t.kubectl("get", "o" .. id .. "s", "-n", name, "-o", "jsonpath={.items[*].spec.size}"), "3")
  t:eq(cluster["o" .. id .. "s"]:namespaced(name):fetch("thing").spec.size, 3)
end

function test_errors_name_the_document(t)
  local options = {namespace = t.namespace}
  local err = t:raises("APIError", cluster.apply, cluster, [[
{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}
---
{apiVersion: v1, kind: Service, metadata: {name: web}, spec: {ports: [{port: 0}]}}
---
{apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
]], options)
  t:eq(err.reason, "Invalid")
  t:match(err.message, "document 2 (Service web): apply services " .. t.namespace .. "/web: ")
  t:match(err.message, "\napplied before it: serviceaccounts " .. t.namespace .. "/robot, configmaps " .. t.namespace .. "/a")
  local second = t:raises("APIError", cluster.create, cluster, {{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}, {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "b"}}}, options)
  t:eq(second.reason, "AlreadyExists")
  t:match(second.message, "nothing was sent before it")
end

function test_everything_is_checked_first(t)
  local nowhere = kube.cluster{url = "http://127.0.0.1:1/"}
  local good = {apiVersion = "v1", kind = "Namespace", metadata = {name = "x"}}
  nowhere:apply({good, {apiVersion = "v1", kind = "Secret", metadata = {name = "s"}}}) --> error: "document 2 (Secret s): apply secrets s: which namespace?"
  nowhere:apply({good, {apiVersion = "v1", kind = "Secret", metadata = {namespace = "x"}}}) --> error: "the data has no metadata.name"
  nowhere:apply({good, {kind = "Secret"}}) --> error: "document 2 (Secret): the data has no apiVersion and kind"
  nowhere:apply({good, 5}) --> error: "document 2 is not an object"
  nowhere:apply("") --> error: "not an object"
  nowhere:apply({good}, {namespce = "x"}) --> error: "unknown option "namespce" (did you mean "namespace"?)"
end

function test_nothing_of_a_text_is_left_out(t)
  local a, b = '{"kind": "A"}', '{"kind": "B"}'
  for _, text in ipairs{a .. "\n" .. b, a .. b, a .. "\n---\n" .. b, "{kind: A}\n---\n{kind: B}", "  " .. a .. " " .. b .. "\n"} do
    local objects = kube.parse(text)
    t:eq(#objects, 2)
    t:eq(objects[2].kind, "B")
  end
  t:eq(#kube.parse("kind: A\n...\n"), 1)
  t:eq(#kube.parse("kind: A\n...\n# The end.\n---\nkind: B\n...\n"), 2)
  kube.parse("kind: A\n...\nkind: B") --> error: "something follows the object"
  kube.parse('{"kind": "A"} garbage') --> error: "neither YAML nor JSON"
  kube.parse("{kind: A} {kind: B}") --> error: "neither YAML nor JSON"
  kube.parse("kind: A\n---\n{kind: A} ]") --> error: "document 2 is neither YAML nor JSON"
  cluster.configmaps:create(a .. b) --> error: "several documents"
end

function test_several_are_checked_before_the_first_is_sent(t)
  local map = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "fine"}}
  local err = t:raises("ValueError", cluster.create, cluster, {map, {apiVersion = "v1", kind = "Secret", metadata = {name = "a/b"}}}, {namespace = t.namespace})
  t:match(err.message, "document 2 %(Secret a/b%)")
  t:raises("ValueError", cluster.apply, cluster, {map, {apiVersion = "v1", kind = "Secret", metadata = {name = "a/b"}}}, {namespace = t.namespace})
  t:eq(cluster.configmaps:namespaced(t.namespace):find("fine"), nil)
end

function test_the_namespace_of_the_call_is_for_what_lives_in_one(t)
  local name = "class-" .. t.namespace:match("%w+$")
  local text = "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: " .. name .. "}, value: 1}"
  t:eq(cluster:apply(text, {namespace = t.namespace}).meta.namespace, nil)
  t:eq(#cluster:apply(kube.parse(text), {namespace = t.namespace}), 1)
  cluster.priorityclasses:fetch(name):delete()
  t:raises("NamespaceError", cluster.apply, cluster, (text:gsub("name:", "namespace: x, name:")))
end
