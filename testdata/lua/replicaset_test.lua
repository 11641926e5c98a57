-- Replica sets.

local function replicaset(t, name, spec)
  spec.selector = {matchLabels = {app = name}}
  spec.template = {
    metadata = {labels = {app = name, tier = spec.tier}, annotations = spec.annotations},
    spec = {containers = {{name = "x", image = "x"}}},
  }
  spec.tier, spec.annotations = nil, nil
  return t:create{apiVersion = "apps/v1", kind = "ReplicaSet", metadata = {name = name}, spec = spec}
end

local attributes = {
  available_replicas = "availableReplicas", fully_labeled_replicas = "fullyLabeledReplicas",
  observed_generation = "observedGeneration", observed_replicas = "replicas", ready_replicas = "readyReplicas",
}

function test_attributes(t)
  local item = replicaset(t, "web", {replicas = 2})
  t:eq(item.kind, kube.Kind.ReplicaSet)
  t:eq(item.resource, "replicasets")
  t:eq(item.api_paths, {"apis/apps/v1"})
  t:eq(item.spec.replicas, 2)
  item = t:eventually(function()
    local now = item:fetch()
    return now.available_replicas == 2 and now
  end)
  t:eq(item.available_replicas, 2)
  t:eq(item.fully_labeled_replicas, 2)
  t:eq(item.observed_generation, 1)
  t:eq(item.observed_replicas, 2)
  t:eq(item.ready_replicas, 2)
  t:eq(item:spec().replicas, item.observed_replicas)
  for name, field in pairs(attributes) do
    t:eq(tostring(item[name]), t.kubectl("get", "replicaset", "web", "-n", t.namespace, "-o", "jsonpath={.status." .. field .. "}"))
    t:eq(type(item[name]), "number")
  end
  t:eq(#item.conditions, 0)
end

function test_pods_that_are_not_ready(t)
  local item = replicaset(t, "web", {replicas = 3, annotations = {["localcluster.kubelua/waiting"] = "ImagePullBackOff"}})
  item = t:eventually(function()
    local now = item:fetch()
    return now.observed_replicas == 3 and now
  end)
  t:eq(item.ready_replicas, 0)
  t:eq(item.available_replicas, 0)
end

function test_absent_counts_are_zero(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "ReplicaSet", metadata = {name = "x", namespace = "y"}}
  for name in pairs(attributes) do
    t:eq(item[name], 0)
  end
  local empty = replicaset(t, "none", {replicas = 0})
  empty = t:eventually(function()
    local now = empty:fetch()
    return now.observed_generation == 1 and now
  end)
  t:eq(empty.observed_replicas, 0)
  t:eq(empty.ready_replicas, 0)
end

function test_values_of_their_own(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "ReplicaSet", metadata = {name = "x", namespace = "y"},
    status = {replicas = 5, fullyLabeledReplicas = 4, readyReplicas = 3, availableReplicas = 2, observedGeneration = 7}}
  t:eq(item.observed_replicas, 5)
  t:eq(item.fully_labeled_replicas, 4)
  t:eq(item.ready_replicas, 3)
  t:eq(item.available_replicas, 2)
  t:eq(item.observed_generation, 7)
end

function test_view(t)
  replicaset(t, "web", {replicas = 0})
  local view = cluster.replicasets
  t:eq(view.kind, kube.Kind.ReplicaSetList)
  t:eq(view.resource, "replicasets")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("web", {namespace = t.namespace}).meta.name, "web")
  t:raises("NamespaceError", view.fetch, view, "web")
  for item in view:namespaced(t.namespace) do
    t:eq(item.meta.name, "web")
    t:eq(item.resource, "replicasets")
  end
end

function test_unknown_attributes(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "ReplicaSet", metadata = {name = "x", namespace = "y"}}
  local _ = item.replicas --> error: "has no "replicas""
  _ = item.redy_replicas --> error: "did you mean "ready_replicas""
  item:scael(3) --> error: "did you mean "scale""
end
