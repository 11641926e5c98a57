-- Deployments.

local function deployment(t, name, replicas, annotations)
  return t:create{apiVersion = "apps/v1", kind = "Deployment", metadata = {name = name}, spec = {
    replicas = replicas, selector = {matchLabels = {app = name}},
    template = {metadata = {labels = {app = name}, annotations = annotations}, spec = {containers = {{name = "x", image = "x:1"}}}},
  }}
end

local attributes = {
  available_replicas = "availableReplicas", observed_generation = "observedGeneration", observed_replicas = "replicas",
  ready_replicas = "readyReplicas", unavailable_replicas = "unavailableReplicas", updated_replicas = "updatedReplicas",
}

function test_attributes(t)
  local item = deployment(t, "web", 2)
  t:eq(item.kind, kube.Kind.Deployment)
  t:eq(item.resource, "deployments")
  t:eq(item.api_paths, {"apis/apps/v1"})
  item = t:eventually(function()
    local now = item:fetch()
    return now.available_replicas == 2 and now
  end)
  t:eq(item.observed_generation, 1)
  t:eq(item.observed_replicas, 2)
  t:eq(item.ready_replicas, 2)
  t:eq(item.unavailable_replicas, 0)
  t:eq(item.updated_replicas, 2)
  t:eq(item.spec.replicas, item.observed_replicas)
  local conditions = {}
  for condition in item.conditions do
    conditions[condition.type] = condition.status
  end
  t:eq(conditions.Available, "True")
  t:eq(conditions.Progressing, "True")
  for name, field in pairs(attributes) do
    local witness = t.kubectl("get", "deployment", "web", "-n", t.namespace, "-o", "jsonpath={.status." .. field .. "}")
    t:eq(tostring(item[name]), witness == "" and "0" or witness)
  end
end

function test_pods_that_are_not_ready(t)
  local item = deployment(t, "web", 2, {["localcluster.kubelua/waiting"] = "ImagePullBackOff"})
  item = t:eventually(function()
    local now = item:fetch()
    return now.observed_replicas == 2 and now
  end)
  t:eq(item.unavailable_replicas, 2)
  t:eq(item.available_replicas, 0)
  t:eq(item.ready_replicas, 0)
end

function test_a_rollout_moves_the_generation(t)
  local item = deployment(t, "web", 1)
  t:eventually(function() return item:fetch().available_replicas == 1 end)
  cluster.proxy:patch(item.meta.link, {patch = {spec = {template = {spec = {containers = {{name = "x", image = "x:2"}}}}}}})
  item = t:eventually(function()
    local now = item:fetch()
    return now.observed_generation == 2 and now.updated_replicas == 1 and now.observed_replicas == 1 and now
  end)
  t:eq(item.spec.template.spec.containers[1].image, "x:2")
end

function test_absent_counts_are_zero(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "Deployment", metadata = {name = "x", namespace = "y"}}
  for name in pairs(attributes) do
    t:eq(item[name], 0)
  end
  t:eq(#item.conditions, 0)
end

function test_values_of_their_own(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "Deployment", metadata = {name = "x", namespace = "y"}, status = {
    availableReplicas = 1, observedGeneration = 2, replicas = 3, readyReplicas = 4, unavailableReplicas = 5, updatedReplicas = 6,
  }}
  t:eq(item.available_replicas, 1)
  t:eq(item.observed_generation, 2)
  t:eq(item.observed_replicas, 3)
  t:eq(item.ready_replicas, 4)
  t:eq(item.unavailable_replicas, 5)
  t:eq(item.updated_replicas, 6)
end

function test_view(t)
  deployment(t, "web", 0)
  local view = cluster.deployments
  t:eq(view.kind, kube.Kind.DeploymentList)
  t:eq(view.resource, "deployments")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("web", {namespace = t.namespace}).meta.name, "web")
  t:raises("NamespaceError", view.fetch, view, "web")
  for item in view:namespaced(t.namespace) do
    t:eq(item.meta.name, "web")
    t:eq(item.resource, "deployments")
  end
end
