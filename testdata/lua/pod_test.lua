-- Pods.

-- pod makes a pod; without extra it runs soon.
local function pod(t, name, extra)
  extra = extra or {}
  return t:create{apiVersion = "v1", kind = "Pod", metadata = {name = name, annotations = extra.annotations}, spec = {
    schedulerName = extra.scheduler, initContainers = extra.init,
    containers = extra.containers or {{name = "web", image = "web:1"}},
  }}
end

-- idle makes a pod that no scheduler takes, so its status is what the test
-- makes it.
local function idle(t, name) return pod(t, name, {scheduler = "none"}) end

local function set_status(item, status)
  cluster.proxy:patch(item.meta.link .. "/status", {type = "merge", patch = {status = status}})
  return item:fetch()
end

local function running(t, item)
  return t:eventually(function()
    local now = item:fetch()
    return now.phase == "Running" and now
  end)
end

function test_attributes_of_a_running_pod(t)
  local made = pod(t, "p")
  t:eq(made.kind, kube.Kind.Pod)
  t:eq(made.resource, "pods")
  t:eq(made.api_paths, {"api/v1"})
  local item = running(t, made)
  local function witness(field)
    return t.kubectl("get", "pod", "p", "-n", t.namespace, "-o", "jsonpath={.status." .. field .. "}")
  end
  t:eq(item.phase, kube.PodPhase.Running)
  t:eq(item.phase, item.PodPhase.Running)
  t:eq(item.host_ip, witness("hostIP"))
  t:eq(item.ip, witness("podIP"))
  t:match(item.ip, "^%d+%.%d+%.%d+%.%d+$")
  t:eq(tostring(item.start_time), witness("startTime"))
  t:ok(item.start_time:age() < 120)
  t:eq(#item.containers, 1)
  t:eq(item.containers[1].name, "web")
  t:eq(#item.init_containers, 0)
  t:eq(#item.ephemeral_containers, 0)
  local conditions = {}
  for condition in item.conditions do
    conditions[condition.type] = condition.status
  end
  t:eq(conditions.Ready, "True")
  t:eq(conditions.PodScheduled, "True")
  t:raises("StatusError", function() return item.message end)
  t:raises("StatusError", function() return item.reason end)
  -- The snapshot that was made first tells what was then.
  t:eq(made.phase, "Pending")
end

function test_attributes_of_a_pod_nobody_took(t)
  local item = idle(t, "p")
  t:eq(item.phase, "Pending")
  for _, name in ipairs{"host_ip", "ip", "message", "reason", "start_time"} do
    local err = t:raises("StatusError", function() return item[name] end)
    t:match(err.message, "pods " .. t.namespace .. "/p has no " .. name)
  end
  local _ = item.host_ip --> error: "has no host_ip"
  t:eq(#item.containers, 0)
  t:eq(item.containers[1], nil)
  for _ in item.containers do
    t:ok(false, "a container")
  end
end

function test_attributes_without_a_status(t)
  local item = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}
  for _, name in ipairs{"host_ip", "ip", "message", "phase", "reason", "start_time"} do
    t:raises("StatusError", function() return item[name] end)
  end
  for _, name in ipairs{"containers", "init_containers", "ephemeral_containers", "conditions"} do
    t:eq(#item[name], 0)
  end
  t:eq(kube.get(item, "status.phase"), nil)
  t:eq(kube.get(item, "status.phase", "none"), "none")
end

function test_message_reason_and_phase(t)
  local item = idle(t, "p")
  t:eq(set_status(item, {phase = "Failed", reason = "Evicted", message = "The node was low on memory."}).reason, "Evicted")
  item = item:fetch()
  t:eq(item.message, "The node was low on memory.")
  t:eq(item.phase, kube.PodPhase.Failed)
  t:eq(t.kubectl("get", "pod", "p", "-n", t.namespace, "-o", "jsonpath={.status.reason}"), "Evicted")
end

function test_every_phase(t)
  local item = idle(t, "p")
  for name, phase in pairs(kube.PodPhase) do
    t:eq(set_status(item, {phase = phase}).phase, kube.PodPhase[name])
  end
end

function test_addresses_and_start_time(t)
  local item = set_status(idle(t, "p"), {
    hostIP = "192.0.2.7", hostIPs = {{ip = "192.0.2.7"}}, podIP = "2001:db8::7", podIPs = {{ip = "2001:db8::7"}},
    startTime = "2026-02-03T04:05:06Z",
  })
  t:eq(item.host_ip, "192.0.2.7")
  t:eq(item.ip, "2001:db8::7")
  t:eq(item.start_time, kube.time("2026-02-03T04:05:06Z"))
  t:eq(tostring(item.start_time), "2026-02-03T04:05:06Z")
end

function test_a_waiting_pod(t)
  local item = pod(t, "p", {annotations = {["localcluster.kubelua/waiting"] = "ImagePullBackOff"}})
  item = t:eventually(function()
    local now = item:fetch()
    return #now.containers == 1 and now
  end)
  t:eq(item.containers[1].state.waiting, true)
  t:eq(item.containers[1].state.reason, "ImagePullBackOff")
  t:eq(item.containers[1].ready, false)
end

function test_view(t)
  pod(t, "p")
  local view = cluster.pods
  t:eq(view.kind, kube.Kind.PodList)
  t:eq(view.resource, "pods")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("p", {namespace = t.namespace}).meta.name, "p")
  t:raises("NamespaceError", view.fetch, view, "p")
  local found = 0
  for item in view do
    if item.meta.namespace == t.namespace then
      found = found + 1
    end
  end
  t:eq(found, 1)
  running(t, view:fetch("p", {namespace = t.namespace}))
  for item in view:namespaced(t.namespace):filter{fields = {["status.phase"] = "Running"}} do
    t:eq(item.meta.name, "p")
  end
  for _ in view:namespaced(t.namespace):filter{fields = {["status.phase"] = "Failed"}} do
    t:ok(false, "a failed pod")
  end
end

function test_delete(t)
  local item = pod(t, "p")
  running(t, item)
  item:delete()
  t:eventually(function() return not cluster.pods:find("p", {namespace = t.namespace}) end)
end

function test_stored_pods_read_alike(t)
  local item = running(t, pod(t, "p"))
  local stored = cluster:item(kube.totable(item))
  t:eq(stored, item)
  t:eq(stored.ip, item.ip)
  t:eq(stored.start_time, item.start_time)
  t:eq(stored.containers[1].id, item.containers[1].id)
end
