-- Daemon sets.

local function daemonset(t, name, selector)
  return t:create{apiVersion = "apps/v1", kind = "DaemonSet", metadata = {name = name}, spec = {
    selector = {matchLabels = {app = name}},
    template = {metadata = {labels = {app = name}}, spec = {nodeSelector = selector, containers = {{name = "x", image = "x"}}}},
  }}
end

local attributes = {
  current_number_scheduled = "currentNumberScheduled", desired_number_scheduled = "desiredNumberScheduled",
  number_misscheduled = "numberMisscheduled", number_ready = "numberReady", observed_generation = "observedGeneration",
}

function test_attributes(t)
  local item = daemonset(t, "agent", {["kubernetes.io/hostname"] = "node-1"})
  t:eq(item.kind, kube.Kind.DaemonSet)
  t:eq(item.resource, "daemonsets")
  t:eq(item.api_paths, {"apis/apps/v1"})
  item = t:eventually(function()
    local now = item:fetch()
    return now.number_ready == 1 and now
  end)
  t:eq(item.current_number_scheduled, 1)
  t:eq(item.desired_number_scheduled, 1)
  t:eq(item.number_misscheduled, 0)
  t:eq(item.number_ready, 1)
  t:eq(item.observed_generation, 1)
  for name, field in pairs(attributes) do
    t:eq(tostring(item[name]), t.kubectl("get", "daemonset", "agent", "-n", t.namespace, "-o", "jsonpath={.status." .. field .. "}"))
  end
end

function test_absent_counts_are_zero(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "DaemonSet", metadata = {name = "x", namespace = "y"}}
  for name in pairs(attributes) do
    t:eq(item[name], 0)
  end
  local nowhere = daemonset(t, "nowhere", {none = "such"})
  nowhere = t:eventually(function()
    local now = nowhere:fetch()
    return now.observed_generation == 1 and now
  end)
  t:eq(nowhere.desired_number_scheduled, 0)
  t:eq(nowhere.number_ready, 0)
end

function test_values_of_their_own(t)
  local item = cluster:item{apiVersion = "apps/v1", kind = "DaemonSet", metadata = {name = "x", namespace = "y"},
    status = {currentNumberScheduled = 1, desiredNumberScheduled = 2, numberMisscheduled = 3, numberReady = 4, observedGeneration = 5}}
  t:eq(item.current_number_scheduled, 1)
  t:eq(item.desired_number_scheduled, 2)
  t:eq(item.number_misscheduled, 3)
  t:eq(item.number_ready, 4)
  t:eq(item.observed_generation, 5)
end

function test_view(t)
  daemonset(t, "agent", {none = "such"})
  local view = cluster.daemonsets
  t:eq(view.kind, kube.Kind.DaemonSetList)
  t:eq(view.resource, "daemonsets")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("agent", {namespace = t.namespace}).meta.name, "agent")
  t:raises("NamespaceError", view.fetch, view, "agent")
  for item in view:namespaced(t.namespace) do
    t:eq(item.meta.name, "agent")
    t:eq(item.resource, "daemonsets")
  end
end
