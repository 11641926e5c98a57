-- Items: snapshots of one object at one version.

local function configmap(t, name, data)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = name, labels = {app = "web"}}, data = data}
end

local function deployment(t)
  return t:create{apiVersion = "apps/v1", kind = "Deployment", metadata = {name = "web"}, spec = {
    replicas = 1, selector = {matchLabels = {app = "web"}},
    template = {metadata = {labels = {app = "web"}}, spec = {schedulerName = "none", containers = {{name = "x", image = "x"}}}},
  }}
end

function test_attributes(t)
  local item = configmap(t, "a")
  t:eq(item.kind, "ConfigMap")
  t:eq(item.resource, "configmaps")
  t:eq(item.api_paths, {"api/v1"})
  t:eq(item.cluster, cluster)
  t:eq(item.meta.name, "a")
  t:eq(tostring(item), "configmaps " .. t.namespace .. "/a")
  t:eq(item .. 1700000000.5, tostring(item) .. "1700000000.5")
  t:eq(0.1 .. item, "0.1" .. tostring(item))
  t:eq(tostring(cluster.nodes:fetch("node-0")), "nodes node-0")
  local web = deployment(t)
  t:eq(web.kind, kube.Kind.Deployment)
  t:eq(web.resource, "deployments")
  t:eq(web.api_paths, {"apis/apps/v1"})
end

function test_api_paths_newest_first(t)
  t.boxes()
  local box = t:create{apiVersion = "suite.example.com/v1beta1", kind = "Box", metadata = {name = "a"}}
  t:eq(box.raw.apiVersion, "suite.example.com/v1beta1")
  t:eq(box:fetch().raw.apiVersion, "suite.example.com/v1beta1")
  for item in t.boxes() do
    t:eq(item.api_paths, {"apis/suite.example.com/v1", "apis/suite.example.com/v1beta1"})
    t:eq(item.raw.apiVersion, "suite.example.com/v1")
  end
end

function test_condition(t)
  local node = cluster.nodes:fetch("node-0")
  local ready = node:condition("Ready")
  t:eq(ready.type, "Ready")
  t:eq(ready.status, "True")
  t:eq(node:condition("ready").reason, ready.reason)
  t:ok(kube.time(ready.lastTransitionTime) < kube.now())
  t:eq(node:condition("Broken"), nil)
  local item = configmap(t, "a")
  t:eq(item:condition("Ready"), nil)
  item:condition() --> error: "the type of the condition must be a string, not nil"
  item:condition(1) --> error: "the type of the condition must be a string, not number"
end

function test_raw(t)
  local item = configmap(t, "a", {k = "v"})
  t:eq(item.raw.apiVersion, "v1")
  t:eq(item.raw.kind, "ConfigMap")
  t:eq(item.raw.data.k, "v")
  t:eq(item.raw.metadata.name, "a")
  t:eq(item.raw.data.none, nil)
  t:eq(item.raw.none, nil)
  local members = {}
  for key in pairs(item.raw) do
    members[#members + 1] = key
  end
  table.sort(members)
  t:eq(members, {"apiVersion", "data", "kind", "metadata"})
end

function test_raw_of_list_elements_and_events_has_apiversion_and_kind(t)
  deployment(t)
  for item in cluster.deployments:namespaced(t.namespace) do
    t:eq(item.raw.apiVersion, "apps/v1")
    t:eq(item.raw.kind, "Deployment")
    t:eq(kube.totable(item).apiVersion, "apps/v1")
    t:eq(kube.totable(item.raw).kind, "Deployment")
  end
  kube.with(cluster.deployments:namespaced(t.namespace):watch{initial = true}, function(w)
    local item = w:next(60).item
    t:eq(item.raw.apiVersion, "apps/v1")
    t:eq(item.raw.kind, "Deployment")
  end)
end

function test_spec(t)
  local item = deployment(t)
  t:eq(item.spec.replicas, 1)
  t:eq(item.spec.template.spec.containers[1].name, "x")
  t:eq(item.spec.none, nil)
  -- A call gives a table of one's own.
  local spec = item:spec()
  t:eq(type(spec), "table")
  t:eq(spec.replicas, 1)
  spec.replicas = 5
  spec.template.spec.containers[1].image = "y"
  t:eq(item.spec.replicas, 1)
  t:eq(item:spec().replicas, 1)
  t:eq(item:spec().template.spec.containers[1].image, "x")
  t:ne(item:spec(), item:spec())
  -- It serves to make another.
  local again = t:create{apiVersion = "apps/v1", kind = "Deployment", metadata = {name = "again"}, spec = spec}
  t:eq(again.spec.replicas, 5)
  t:eq(again.spec.template.spec.containers[1].image, "y")
end

function test_spec_and_status_where_there_is_none(t)
  local item = configmap(t, "a")
  t:eq(item:spec(), {})
  t:eq(item.spec.x, nil)
  t:eq(item.status.x, nil)
  t:eq(kube.totable(item.status), {})
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}
  t:eq(pod:spec(), {})
  t:eq(pod.status.phase, nil)
end

function test_status(t)
  local item = t:eventually(function()
    local item = cluster.deployments:find("web", {namespace = t.namespace}) or deployment(t)
    return item.status.observedGeneration and item
  end)
  t:eq(item.status.observedGeneration, 1)
  t:eq(item:status().observedGeneration, 1)
  t:eq(type(item:status()), "table")
end

function test_fetch(t)
  local first = configmap(t, "a")
  t:eq(first:fetch(), first)
  t.kubectl("label", "configmap", "a", "-n", t.namespace, "n=1")
  local second = first:fetch()
  t:eq(second.meta.labels.n, "1")
  t:eq(first.meta.labels.n, nil)
  t:ne(second, first)
  t:ne(second.meta.version, first.meta.version)
  t:eq(second.meta.uid, first.meta.uid)
  first:delete()
  t:raises("LookupError", first.fetch, first)
  first:fetch("x") --> error: "unexpected argument"
  first.fetch() --> error: "call it with a colon"
end

function test_equality(t)
  local a, b = configmap(t, "a"), configmap(t, "b")
  t:ok(a == a:fetch())
  t:ok(a ~= b)
  t:ok(a ~= a.meta.labels:set("x", "y"))
  for item in cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name=b"} do
    t:ok(item == b)
  end
  t:ok(a ~= nil)
  t:ok(a ~= "a")
  t:ok(a ~= a.raw)
  -- Another connection sees the same object.
  t:ok(kube.cluster{}.configmaps:fetch("a", {namespace = t.namespace}) == a:fetch())
end

function test_delete(t)
  local a = configmap(t, "a")
  local results = table.pack(a:delete())
  t:eq(results.n <= 1, true)
  t:eq(results[1], nil)
  t:eq(t.kubectl("get", "configmap", "a", "-n", t.namespace, "--ignore-not-found"), "")
  local err = t:raises("LookupError", a.delete, a)
  t:eq(err.status_code, 404)
  -- What was read is still there.
  t:eq(a.meta.name, "a")
end

function test_delete_of_an_old_snapshot(t)
  local a = configmap(t, "a")
  a.meta.labels:set("x", "y")
  a:delete()
  t:eq(cluster.configmaps:find("a", {namespace = t.namespace}), nil)
end

function test_delete_leaves_a_namesake_alone(t)
  local a = configmap(t, "a")
  a:delete()
  local again = configmap(t, "a")
  local err = t:raises("APIError", a.delete, a)
  t:eq(err.reason, "Conflict")
  t:eq(err.status_code, 409)
  t:eq(again:fetch(), again)
  again:delete()
end

function test_delete_propagation(t)
  local function replicasets()
    return t.kubectl("get", "replicaset", "-n", t.namespace, "-o", "jsonpath={.items[*].metadata.ownerReferences[*].kind}")
  end
  local web = deployment(t)
  t:eventually(function() return replicasets() == "Deployment" end)
  -- Orphan leaves what it owned.
  web:delete{propagation = "Orphan"}
  t:eventually(function() return not cluster.deployments:find("web", {namespace = t.namespace}) end)
  t:eq(t.kubectl("get", "replicaset", "-n", t.namespace, "-o", "name"):find("replicaset", 1, true), 1)
  t:eq(replicasets(), "")
  -- Background is the default, also for batch and apps: nothing is left behind.
  web = deployment(t)
  t:eventually(function() return replicasets() == "Deployment" end)
  web:delete()
  t:eventually(function() return t.kubectl("get", "replicaset", "-n", t.namespace, "-o", "name") == "" end)
  -- Foreground keeps the owner until what it owned is gone.
  web = deployment(t)
  t:eventually(function() return replicasets() == "Deployment" end)
  web:delete{propagation = "Foreground"}
  t:eventually(function() return not cluster.deployments:find("web", {namespace = t.namespace}) end)
  t:eq(t.kubectl("get", "replicaset", "-n", t.namespace, "-o", "name"), "")
end

function test_delete_refused_unsent(t)
  local item = kube.cluster{url = "http://127.0.0.1:1/"}:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}
  item:delete{propagation = "Backgrund"} --> error: "unknown policy "Backgrund" (did you mean "Background""
  item:delete{propogation = "Orphan"} --> error: "unknown option "propogation" (did you mean "propagation"?)"
  item:delete("Orphan") --> error: "options must be a table, not string (known: "
  local err = t:raises("APIError", item.delete, item)
  t:eq(err.reason, "Unreachable")
end

function test_items_never_change(t)
  local item = configmap(t, "a", {k = "v"})
  item.kind = "Pod" --> error: "it is a snapshot (kube.totable gives a table of its own)"
  item.anything = 1 --> error: "kube.totable"
  item.raw.data.k = "w" --> error: "kube.totable"
  item.raw.data.new = "w" --> error: "kube.totable"
  item.raw = {} --> error: "kube.totable"
  item.meta.name = "b" --> error: "kube.totable"
  item.meta = nil --> error: "kube.totable"
  item.spec.replicas = 1 --> error: "kube.totable"
  item.status.phase = "x" --> error: "kube.totable"
  item.meta.labels.app = "db" --> error: "labels:set"
  rawset(item, "kind", "Pod") --> error: "rawset"
  setmetatable(item, {}) --> error: "setmetatable"
  t:eq(item.raw.data.k, "v")
  t:eq(item.meta.labels.app, "web")
  t:eq(getmetatable(item), "item")
end

function test_totable_of_an_item(t)
  local item = configmap(t, "a", {k = "v"})
  local own = kube.totable(item)
  t:eq(own.kind, "ConfigMap")
  t:eq(own.data, {k = "v"})
  t:eq(own.metadata.uid, item.meta.uid)
  own.data.k = "w"
  t:eq(item.raw.data.k, "v")
end

function test_watch(t)
  local item = configmap(t, "a")
  local w = item:watch()
  local changed = item.meta.labels:set("n", "1")
  t:eq(w:next(60).item, changed)
  w:close()
  item:watch{initials = true} --> error: "unknown option "initials" (did you mean "initial"?)"
end

function test_unknown_attributes_name_the_nearest(t)
  local item = configmap(t, "a")
  local _ = item.mta --> error: "did you mean "meta""
  _ = item.metadata --> error: "configmaps"
  _ = item.phase --> error: "has no "phase""
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}
  _ = pod.phse --> error: "pods x/p has no "phse" (did you mean "phase"?)"
  _ = pod.container --> error: ""containers""
  item:delte() --> error: ""delete""
end

function test_items_outlive_the_loop_that_gave_them(t)
  for i = 1, 5 do
    configmap(t, "c" .. i, {n = "value " .. i})
  end
  local kept = {}
  for item in cluster.configmaps:namespaced(t.namespace):filter{labels = "app=web"} do
    kept[#kept + 1] = item
  end
  collectgarbage()
  for _ in cluster.configmaps do end
  for i, item in ipairs(kept) do
    t:eq(item.raw.data.n, "value " .. i)
    t:eq(item.meta.name, "c" .. i)
  end
end

function test_what_is_in_meta(t)
  local node = cluster.nodes:fetch("node-0")
  local _ = node.name --> error: "has no "name" (it is meta.name)"
  _ = node.labels --> error: "has no "labels" (it is meta.labels)"
end
