-- Views: collections that hold nothing.

local builtin = {
  daemonsets = {"DaemonSetList", "apis/apps/v1"}, deployments = {"DeploymentList", "apis/apps/v1"},
  namespaces = {"NamespaceList", "api/v1"}, nodes = {"NodeList", "api/v1"}, pods = {"PodList", "api/v1"},
  replicasets = {"ReplicaSetList", "apis/apps/v1"}, replicationcontrollers = {"ReplicationControllerList", "api/v1"},
  secrets = {"SecretList", "api/v1"}, services = {"ServiceList", "api/v1"},
}

-- configmap makes a ConfigMap with labels in the namespace of the test.
local function configmap(t, name, labels, data)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = name, labels = labels}, data = data}
end

-- names collects the names of the items of a view.
local function names(view)
  local list = {}
  for item in view do
    list[#list + 1] = item.meta.name
  end
  return list
end

function test_attributes(t)
  for resource, want in pairs(builtin) do
    local view = cluster[resource]
    t:eq(view.kind, want[1])
    t:eq(view.kind, kube.Kind[want[1]])
    t:eq(view.resource, resource)
    t:eq(view.api_paths, {want[2]})
    t:eq(view.cluster, cluster)
    t:eq(view.namespace, nil)
  end
end

function test_api_paths_newest_first(t)
  t:eq(t.boxes().api_paths, {"apis/suite.example.com/v1", "apis/suite.example.com/v1beta1"})
  t:eq(cluster.horizontalpodautoscalers.api_paths[1], "apis/autoscaling/v2")
  t:eq(cluster.horizontalpodautoscalers.api_paths[2], "apis/autoscaling/v1")
end

function test_namespaced(t)
  local view = cluster.pods:namespaced("kube-system")
  t:eq(view.namespace, "kube-system")
  t:eq(view.kind, "PodList")
  t:eq(view:namespaced("default").namespace, "default")
  t:eq(view:all().namespace, nil)
  -- The view that it was made of stays what it is.
  t:eq(view.namespace, "kube-system")
  t:eq(cluster.pods.namespace, nil)
  t:eq(tostring(view), "pods in kube-system")
end

function test_namespaced_refused(t)
  t:raises("NamespaceError", cluster.nodes.namespaced, cluster.nodes, "default")
  t:raises("NamespaceError", cluster.namespaces.namespaced, cluster.namespaces, "default")
  cluster.nodes:namespaced("default") --> error: "nodes do not live in namespaces"
  cluster.pods:namespaced("Not_A_Name") --> error: ""Not_A_Name" can't be the name of a namespace"
  cluster.pods:namespaced("") --> error: "namespace"
  cluster.pods:namespaced() --> error: "the namespace must be a string, not nil"
  cluster.pods:namespaced{namespace = "x"} --> error: "the namespace must be a string, not table"
  cluster.pods:all("x") --> error: "unexpected argument"
end

function test_fetch(t)
  configmap(t, "a")
  local item = cluster.configmaps:fetch("a", {namespace = t.namespace})
  t:eq(item.meta.name, "a")
  t:eq(item.meta.namespace, t.namespace)
  local view = cluster.configmaps:namespaced(t.namespace)
  t:eq(view:fetch("a"), item)
  t:eq(cluster.configmaps:namespaced("default"):fetch("a", {namespace = t.namespace}), item)
  t:eq(cluster.nodes:fetch("node-0").kind, "Node")
end

function test_fetch_refused(t)
  local view = cluster.configmaps:namespaced(t.namespace)
  local err = t:raises("LookupError", view.fetch, view, "none")
  t:eq(err.status_code, 404)
  t:eq(err.message, "fetch configmaps " .. t.namespace .. "/none: not found")
  view:fetch("none") --> error: "fetch configmaps"
  t:raises("LookupError", cluster.nodes.fetch, cluster.nodes, "none")
end

function test_fetch_refused_unsent(t)
  local c = kube.cluster{url = "http://127.0.0.1:1/"}
  c.pods:fetch("a") --> error: "fetch pods a: which namespace?"
  t:raises("NamespaceError", c.pods.fetch, c.pods, "a")
  t:raises("NamespaceError", c.nodes.fetch, c.nodes, "a", {namespace = "default"})
  t:raises("NamespaceError", c.namespaces.fetch, c.namespaces, "a", {namespace = "default"})
  t:raises("NamespaceError", c.pods.fetch, c.pods, "a", {namespace = "a/b"})
  t:raises("ValueError", c.nodes.fetch, c.nodes, "")
  t:raises("ValueError", c.nodes.fetch, c.nodes, "a/b")
  t:raises("ValueError", c.nodes.fetch, c.nodes, "..")
  c.pods:fetch() --> error: "the name must be a string, not nil"
  c.pods:fetch(5, {namespace = "x"}) --> error: "the name must be a string, not number"
  c.pods:fetch("a", "default") --> error: "options must be a table, not string (known: namespace)"
  c.pods:fetch("a", {name_space = "default"}) --> error: "unknown option "name_space" (did you mean "namespace"?)"
  c.pods:fetch("a", {namespace = 5}) --> error: "option namespace must be a string, not number"
  c.pods:fetch("a", {"default"}) --> error: "unknown option"
  c.pods.fetch("a") --> error: "call it with a colon"
end

function test_find(t)
  configmap(t, "a")
  local view = cluster.configmaps:namespaced(t.namespace)
  t:eq(view:find("a").meta.name, "a")
  t:eq(view:find("none"), nil)
  t:eq(cluster.configmaps:find("a", {namespace = t.namespace}).meta.name, "a")
  t:eq(cluster.configmaps:find("a", {namespace = "no-such-namespace"}), nil)
  t:raises("NamespaceError", cluster.configmaps.find, cluster.configmaps, "a")
  t:raises("ValueError", view.find, view, "a", {x = 1})
end

function test_filter_by_labels(t)
  configmap(t, "a", {app = "web", tier = "front"})
  configmap(t, "b", {app = "web", tier = "back"})
  configmap(t, "c", {app = "db", ["example.com/a.b"] = "x"})
  local view = cluster.configmaps:namespaced(t.namespace)
  t:eq(names(view:filter{labels = {app = "web"}}), {"a", "b"})
  t:eq(names(view:filter{labels = {app = "web", tier = "back"}}), {"b"})
  t:eq(names(view:filter{labels = {["example.com/a.b"] = "x"}}), {"c"})
  t:eq(names(view:filter{labels = {app = "none"}}), {})
  t:eq(names(view:filter{labels = "app in (db, web), tier != front"}), {"b", "c"})
  t:eq(names(view:filter{labels = "app"}), {"a", "b", "c"})
  t:eq(names(view:filter{labels = "!app"}), {"kube-root-ca.crt"})
  t:eq(names(cluster.configmaps:filter{labels = {app = "db"}}:namespaced(t.namespace)), {"c"})
end

function test_filter_by_fields(t)
  configmap(t, "a")
  configmap(t, "b")
  local view = cluster.configmaps:namespaced(t.namespace)
  t:eq(names(view:filter{fields = {["metadata.name"] = "b"}}), {"b"})
  t:eq(names(view:filter{fields = "metadata.name!=b,metadata.name!=kube-root-ca.crt"}), {"a"})
  t:eq(names(cluster.configmaps:filter{fields = {["metadata.namespace"] = t.namespace, ["metadata.name"] = "a"}}), {"a"})
  local err = t:raises("APIError", function() names(view:filter{fields = {["data.x"] = "1"}}) end)
  t:eq(err.status_code, 400)
end

function test_filter_values_are_taken_literally(t)
  local view = cluster.configmaps:namespaced(t.namespace)
  t:eq(names(view:filter{fields = {["metadata.name"] = "a,metadata.name=b"}}), {})
  t:eq(names(view:filter{fields = {["metadata.name"] = "a=b\\"}}), {})
  t:raises("ValueError", view.filter, view, {labels = {a = "b,c=d"}})
end

function test_filters_narrow_further(t)
  configmap(t, "a", {app = "web", tier = "front"})
  configmap(t, "b", {app = "web", tier = "back"})
  configmap(t, "c", {app = "db", tier = "back"})
  local web = cluster.configmaps:namespaced(t.namespace):filter{labels = {app = "web"}}
  t:eq(names(web:filter{labels = "tier=back"}), {"b"})
  t:eq(names(web:filter{fields = {["metadata.name"] = "a"}}), {"a"})
  t:eq(names(web:filter{labels = {tier = "back"}, fields = "metadata.name!=b"}), {})
  t:eq(names(web:filter{labels = {app = "db"}}), {})
  t:eq(names(web), {"a", "b"})
  -- A narrow view has all methods of a view.
  t:eq(web.kind, "ConfigMapList")
  t:eq(web.namespace, t.namespace)
  t:eq(web:fetch("a").meta.name, "a")
  t:eq(web:find("c"), nil)
  t:raises("LookupError", web.fetch, web, "c")
  t:match(tostring(web), "app=web")
  local w = web:watch{initial = true}
  t:eq(w:next(30).item.meta.name, "a")
  t:eq(w:next(30).item.meta.name, "b")
  t:eq(w:next(0), nil)
  w:close()
end

function test_filter_refused_unsent(t)
  local pods = kube.cluster{url = "http://127.0.0.1:1/"}.pods
  for _, empty in ipairs{{}, {labels = {}}, {fields = {}}, {labels = ""}, {fields = ""}, {labels = "", fields = "a=b"}, {labels = {}, fields = "a=b"}, {labels = "  "}} do
    t:match(t:raises("ValueError", pods.filter, pods, empty).message, "empty selector")
  end
  pods:filter() --> error: "empty selector"
  pods:filter{labels = "a=b=c"} --> error: "label selector "a=b=c""
  pods:filter{labels = "a in b"} --> error: "label selector"
  pods:filter{labels = {["not a key"] = "x"}} --> error: "label key "not a key""
  pods:filter{labels = {a = "not a value!"}} --> error: "of label a"
  pods:filter{labels = {a = 1}} --> error: "option labels must map strings to strings"
  pods:filter{labels = {"a"}} --> error: "option labels must map strings to strings"
  pods:filter{labels = true} --> error: "option labels must be a selector (a string or a table), not boolean"
  pods:filter{fields = "status.phase"} --> error: "field selector "status.phase""
  pods:filter{fields = {a = true}} --> error: "option fields must map strings to strings"
  pods:filter{label = {a = "b"}} --> error: "unknown option "label" (did you mean "labels"?)"
  pods:filter{field = "a=b"} --> error: "unknown option "field" (did you mean "fields"?)"
  pods:filter("a=b") --> error: "options must be a table, not string (known: fields, labels)"
end

function test_iteration(t)
  for i = 1, 3 do
    configmap(t, "c" .. i)
  end
  local view = cluster.configmaps:namespaced(t.namespace)
  local want = {"c1", "c2", "c3", "kube-root-ca.crt"}
  t:eq(names(view), want)
  t:eq(names(view:each()), want)
  -- A second loop starts again.
  t:eq(names(view), want)
  -- An iterator is a function, for whoever wants one.
  local nextItem = view:each()
  t:eq(nextItem().meta.name, "c1")
  t:eq(nextItem().meta.name, "c2")
  t:eq(view:each()().meta.name, "c1")
  t:eq(names(cluster.configmaps:namespaced("no-such-namespace")), {})
end

function test_nested_loops_over_one_view(t)
  configmap(t, "a")
  configmap(t, "b")
  local view = cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name!=kube-root-ca.crt"}
  local pairs = {}
  for x in view do
    for y in view do
      pairs[#pairs + 1] = x.meta.name .. y.meta.name
    end
  end
  t:eq(pairs, {"aa", "ab", "ba", "bb"})
  -- A loop left early leaves nothing behind for the next.
  for _ in view do break end
  t:eq(names(view), {"a", "b"})
  local function first()
    for item in view do
      return item.meta.name
    end
  end
  t:eq(first(), "a")
  t:eq(first(), "a")
end

function test_loops_in_coroutines(t)
  configmap(t, "a")
  configmap(t, "b")
  local view = cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name!=kube-root-ca.crt"}
  local function walk()
    return coroutine.wrap(function()
      for item in view do
        coroutine.yield(item.meta.name)
      end
    end)
  end
  local x, y = walk(), walk()
  t:eq({x(), y(), x(), y()}, {"a", "a", "b", "b"})
end

function test_items_of_an_iteration_carry_everything(t)
  configmap(t, "a", {app = "web"}, {k = "v"})
  for item in cluster.configmaps:namespaced(t.namespace):filter{labels = {app = "web"}} do
    t:eq(item.kind, "ConfigMap")
    t:eq(item.raw.kind, "ConfigMap")
    t:eq(item.raw.apiVersion, "v1")
    t:eq(item.raw.data.k, "v")
    t:eq(item, item:fetch())
  end
end

function test_a_view_holds_nothing(t)
  local view = cluster.configmaps:namespaced(t.namespace)
  t:eq(#names(view), 1)
  configmap(t, "later")
  t:eq(#names(view), 2)
  local _ = #view --> error: "a view has no length: it holds nothing (view:count() asks the server)"
  pairs(view) --> error: "view"
  view.namespace = "x" --> error: "can't set "namespace" of view"
end

function test_count(t)
  local view = cluster.secrets:namespaced(t.namespace)
  t:eq(view:count(), 0)
  for name, app in pairs{a = "web", b = "web", c = "db"} do
    view:create{metadata = {name = name, labels = {app = app}}}
  end
  t:eq(view:count(), 3)
  t:eq(view:filter{labels = {app = "web"}}:count(), 2)
  local held = view:cached()
  t:eq(held:count(), 3)
  held:close()
  view:count(true) --> error: "unexpected argument 1: true"
end

function test_watch(t)
  local view = cluster.configmaps:namespaced(t.namespace)
  local w = view:watch()
  configmap(t, "a")
  local ev = w:next(30)
  t:eq(ev.evtype, "ADDED")
  t:eq(ev.item.meta.name, "a")
  w:close()
  view:watch{intial = true} --> error: "unknown option "intial" (did you mean "initial"?)"
  view:watch{initial = "yes"} --> error: "option initial must be a boolean, not string"
  view:watch(5) --> error: "options must be a table, not number (known: "
end

function test_unknown_attributes_name_the_nearest(t)
  local _ = cluster.pods.namespac --> error: "pods has no "namespac" (did you mean "namespace""
  _ = cluster.pods.fetsh --> error: ""fetch""
  cluster.pods:filtre{labels = "a"} --> error: ""filter""
  _ = cluster.pods[1] --> error: "pods has no [1]: a view is no list (loop over it, fetch one by name"
end

-- A view that answers from memory.

function test_cached(t)
  t.configmaps(5)
  local view = cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name!=kube-root-ca.crt"}
  local cached = view:cached()
  t:eq(cached.kind, "ConfigMapList")
  t:eq(cached.resource, "configmaps")
  t:eq(cached.namespace, t.namespace)
  t:eq(tostring(cached), tostring(view) .. " (cached)")
  t:eq(#cached, 5)
  t:ok(cached.age >= 0 and cached.age < 60)
  t:eq(view.age, nil)
  t:eq(cached:fetch("c0001"), view:fetch("c0001"))
  t:eq(cached:find("nobody"), nil)
  cached:fetch("nobody") --> error: "not found"
  local names = {}
  for item in cached do names[#names + 1] = item.meta.name end
  t:eq(names, {"c0001", "c0002", "c0003", "c0004", "c0005"})

  -- It follows, and so do the views made of it.
  local marked = cached:filter{labels = {app = "x"}}
  t:eq(#marked, 0)
  local changed = cached:fetch("c0002").meta.labels:set("app", "x")
  t:eventually(function() return #marked == 1 end)
  t:eq(marked:fetch("c0002"), changed)
  cached:fetch("c0003"):delete()
  t:eventually(function() return not cached:find("c0003") end)

  -- A watch is the server's.
  local w = cached:watch()
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "late"}}
  t:eq(w:next(60).item.meta.name, "late")
  w:close()

  cached:close()
  cached:close()
  cached:fetch("c0001") --> error: "the cached view is closed"
  local _ = #marked --> error: "the cached view is closed"
  view:cached(5) --> error: "unexpected argument 1"
end

function test_cached_in_a_block(t)
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}
  local cached
  kube.with(cluster.configmaps:namespaced(t.namespace):cached(), function(view)
    cached = view
    t:eq(view:fetch("a").meta.name, "a")
  end)
  cached:fetch("a") --> error: "the cached view is closed"
  cluster.nodes:close()
end
