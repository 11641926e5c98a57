-- Metadata of items.

local function configmap(t, name, meta)
  meta = meta or {}
  meta.name = name
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = meta}
end

local function jsonpath(t, what, path)
  return t.kubectl("get", what, "-n", t.namespace, "-o", "jsonpath={.metadata." .. path .. "}")
end

function test_attributes(t)
  local before = kube.now() - 5
  local meta = configmap(t, "a", {labels = {app = "web"}}).meta
  t:eq(meta.name, "a")
  t:eq(meta.namespace, t.namespace)
  t:eq(meta.uid, jsonpath(t, "configmap/a", "uid"))
  t:eq(meta.version, jsonpath(t, "configmap/a", "resourceVersion"))
  t:eq(type(meta.version), "string")
  t:eq(tostring(meta.created), jsonpath(t, "configmap/a", "creationTimestamp"))
  t:ok(meta.created > before)
  t:ok(meta.created < kube.now() + 5)
  t:ok(meta.created:age() < 60)
  t:eq(meta.labels.app, "web")
  t:eq(meta.link, "/api/v1/namespaces/" .. t.namespace .. "/configmaps/a")
end

function test_of_what_has_no_namespace(t)
  local meta = cluster.nodes:fetch("node-0").meta
  t:eq(meta.name, "node-0")
  t:eq(meta.namespace, nil)
  t:eq(meta.link, "/api/v1/nodes/node-0")
  meta = cluster.namespaces:fetch(t.namespace).meta
  t:eq(meta.namespace, nil)
  t:eq(meta.link, "/api/v1/namespaces/" .. t.namespace)
end

function test_link_leads_to_the_object(t)
  local items = {
    configmap(t, "a.b"), cluster.nodes:fetch("node-0"), cluster.namespaces:fetch(t.namespace),
    cluster.clusterroles:fetch("system:basic-user"), cluster.apiservices:fetch("v1.apps"),
  }
  for _, item in ipairs(items) do
    t:eq(cluster.proxy:get(item.meta.link).metadata.uid, item.meta.uid)
  end
  t:eq(items[4].meta.link, "/apis/rbac.authorization.k8s.io/v1/clusterroles/system:basic-user")
end

function test_version_moves_with_every_change(t)
  local first = configmap(t, "a")
  local second = first.meta.labels:set("a", "b")
  t:ne(first.meta.version, second.meta.version)
  t:eq(first.meta.uid, second.meta.uid)
  t:eq(first.meta.created, second.meta.created)
  t:eq(jsonpath(t, "configmap/a", "resourceVersion"), second.meta.version)
end

function test_annotations(t)
  local meta = configmap(t, "a", {annotations = {["example.com/note"] = "x"}}).meta
  t:eq(meta.annotations["example.com/note"], "x")
  t:eq(meta.annotations.none, nil)
  t:eq(configmap(t, "b").meta.annotations.none, nil)
end

function test_of_what_was_never_on_a_server(t)
  local meta = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}.meta
  t:eq(meta.name, "p")
  t:eq(meta.created, nil)
  t:eq(meta.uid, nil)
  t:eq(meta.version, nil)
  t:eq(meta.labels.app, nil)
  t:eq(#meta.labels, 0)
end

function test_unknown_attributes_name_the_nearest(t)
  local meta = cluster.namespaces:fetch("default").meta
  local _ = meta.nmae --> error: "has no "nmae" (did you mean "name""
  _ = meta.resourceVersion --> error: "has no "resourceVersion""
  _ = meta.label --> error: ""labels""
  meta.name = "x" --> error: "kube.totable"
end

function test_totable_and_get(t)
  local meta = configmap(t, "a", {labels = {app = "web"}}).meta
  t:eq(kube.totable(meta).name, "a")
  t:eq(kube.get(meta, "labels.app"), "web")
  t:match(tostring(meta), "configmaps " .. t.namespace .. "/a")
end

function test_loops_read_metadata_alike(t)
  local made = configmap(t, "a", {labels = {app = "web"}})
  for item in cluster.configmaps:namespaced(t.namespace):filter{labels = "app=web"} do
    t:eq(item.meta.name, made.meta.name)
    t:eq(item.meta.namespace, made.meta.namespace)
    t:eq(item.meta.uid, made.meta.uid)
    t:eq(item.meta.version, made.meta.version)
    t:eq(item.meta.created, made.meta.created)
    t:eq(item.meta.link, made.meta.link)
    t:eq(item.meta.labels.app, "web")
  end
end
