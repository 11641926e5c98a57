-- item:events().

-- record makes an Event about an item, seen so many seconds ago.
local function record(t, item, name, ago, more)
  local at = tostring(kube.now() - ago)
  local event = {
    apiVersion = "v1", kind = "Event", metadata = {name = name},
    involvedObject = {apiVersion = "v1", kind = item.kind, name = item.meta.name, namespace = item.meta.namespace, uid = item.meta.uid},
    type = "Normal", reason = "Tried", message = "tried " .. name .. "\n", source = {component = "tester"},
    firstTimestamp = at, lastTimestamp = at, count = 1,
  }
  for key, value in pairs(more or {}) do event[key] = value end
  return t:create(event)
end

local function configmap(t, name)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = name}}
end

function test_oldest_first(t)
  local item, other = configmap(t, "a"), configmap(t, "b")
  record(t, item, "third", 10)
  record(t, item, "first", 3600)
  record(t, item, "second", 200, {lastTimestamp = kube.null, firstTimestamp = kube.null, count = kube.null, eventTime = "2026-01-01T00:00:00.000000Z",
    series = {count = 4, lastObservedTime = (kube.now() - 200):format("%Y-%m-%dT%H:%M:%S.000000Z")},
    action = "x", reportingComponent = "tester/x", reportingInstance = "x"})
  record(t, other, "another", 5)
  local events = item:events()
  t:eq(#events, 3)
  local names = {}
  for event in events do
    t:eq(event.kind, "Event")
    names[#names + 1] = event.meta.name
  end
  t:eq(names, {"first", "second", "third"})
  t:eq(events[1].raw.reason, "Tried")
  t:eq(events[1].api_paths, {"api/v1"})
end

function test_printed_as_kubectl_describes(t)
  local item = configmap(t, "a")
  t:eq(tostring(item:events()), "Events:  <none>")
  record(t, item, "first", 7200)
  record(t, item, "second", 3600, {count = 3, firstTimestamp = tostring(kube.now() - 4000), type = "Warning"})
  record(t, item, "third", 600, {source = {component = ""}, reportingComponent = "other"})
  t:eventually(function()
    local described = t.kubectl("describe", "configmap", "a", "-n", t.namespace)
    local at = described:find("\nEvents:", 1, true)
    return at and described:sub(at + 1) == tostring(item:events())
  end)
end

function test_of_a_node(t)
  local node = cluster.nodes:fetch("node-0")
  for _, event in ipairs(node:events()) do
    t:eq(event.raw.involvedObject.name, "node-0")
  end
  t:match(tostring(node:events()), "^Events:")
end

function test_of_what_was_never_on_a_server(t)
  local item = configmap(t, "a")
  record(t, item, "one", 10)
  local made = cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", namespace = t.namespace}}
  t:eq(#made:events(), 1)
end
