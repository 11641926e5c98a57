-- Replication controllers.

local function controller(t, name, replicas)
  return t:create{apiVersion = "v1", kind = "ReplicationController", metadata = {name = name}, spec = {
    replicas = replicas, selector = {app = name},
    template = {metadata = {labels = {app = name}}, spec = {containers = {{name = "x", image = "x"}}}},
  }}
end

local attributes = {
  available_replicas = "availableReplicas", fully_labeled_replicas = "fullyLabeledReplicas",
  observed_generation = "observedGeneration", observed_replicas = "replicas", ready_replicas = "readyReplicas",
}

function test_attributes(t)
  local item = controller(t, "web", 2)
  t:eq(item.kind, kube.Kind.ReplicationController)
  t:eq(item.resource, "replicationcontrollers")
  t:eq(item.api_paths, {"api/v1"})
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
  for name, field in pairs(attributes) do
    t:eq(tostring(item[name]), t.kubectl("get", "replicationcontroller", "web", "-n", t.namespace, "-o", "jsonpath={.status." .. field .. "}"))
  end
  t:eq(#item.conditions, 0)
end

function test_absent_counts_are_zero(t)
  local item = cluster:item{apiVersion = "v1", kind = "ReplicationController", metadata = {name = "x", namespace = "y"}}
  for name in pairs(attributes) do
    t:eq(item[name], 0)
  end
end

function test_values_of_their_own(t)
  local item = cluster:item{apiVersion = "v1", kind = "ReplicationController", metadata = {name = "x", namespace = "y"},
    status = {replicas = 5, fullyLabeledReplicas = 4, readyReplicas = 3, availableReplicas = 2, observedGeneration = 7}}
  t:eq(item.observed_replicas, 5)
  t:eq(item.fully_labeled_replicas, 4)
  t:eq(item.ready_replicas, 3)
  t:eq(item.available_replicas, 2)
  t:eq(item.observed_generation, 7)
end

function test_deleting_takes_the_pods_along(t)
  local item = controller(t, "web", 1)
  t:eventually(function() return item:fetch().ready_replicas == 1 end)
  item:delete()
  t:eventually(function() return t.kubectl("get", "pod", "-n", t.namespace, "-o", "name") == "" end)
end

function test_view(t)
  controller(t, "web", 0)
  local view = cluster.replicationcontrollers
  t:eq(view.kind, kube.Kind.ReplicationControllerList)
  t:eq(view.resource, "replicationcontrollers")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("web", {namespace = t.namespace}).meta.name, "web")
  t:raises("NamespaceError", view.fetch, view, "web")
  for item in view:namespaced(t.namespace) do
    t:eq(item.meta.name, "web")
    t:eq(item.resource, "replicationcontrollers")
  end
end
