-- Containers of pods, and their states.

-- idle makes a pod that no scheduler takes, so its status is what the test
-- makes it.
local function idle(t, spec)
  spec.schedulerName = "none"
  return t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = spec}
end

local function set_status(item, status, kind)
  cluster.proxy:patch(item.meta.link .. "/status", {type = kind or "merge", patch = {status = status}})
  return item:fetch()
end

-- container is a pod's container with a status; what isn't given is plain.
local function container(t, status)
  local item = idle(t, {containers = {{name = "web", image = "web:1"}}})
  status.name = "web"
  status.image = status.image or "web:1"
  status.imageID = status.imageID or ""
  status.ready = status.ready or false
  status.restartCount = status.restartCount or 0
  return set_status(item, {containerStatuses = {status}}).containers[1]
end

local details = {"container_id", "exit_code", "finished_at", "message", "reason", "signal", "started_at"}

-- absent checks that a state has the given details and no others.
local function only(t, state, present)
  for _, name in ipairs(details) do
    if present[name] == nil then
      t:match(t:raises("StatusError", function() return state[name] end).message, "no " .. name)
    else
      t:eq(state[name], present[name])
    end
  end
end

function test_attributes_of_a_running_container(t)
  local item = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = {{name = "web", image = "web:1"}}}}
  item = t:eventually(function()
    local now = item:fetch()
    return now.phase == "Running" and now
  end)
  local web = item.containers[1]
  local function witness(field)
    return t.kubectl("get", "pod", "p", "-n", t.namespace, "-o", "jsonpath={.status.containerStatuses[0]." .. field .. "}")
  end
  t:eq(web.pod, item)
  t:eq(web.name, "web")
  t:eq(web.id, witness("containerID"))
  t:match(web.id, "^kwok://")
  t:eq(web.image, "web:1")
  t:eq(web.image_id, witness("imageID"))
  t:eq(web.ready, true)
  t:eq(web.restart_count, 0)
  t:eq(web.raw.name, "web")
  t:eq(web.raw.containerID, web.id)
  t:eq(web.state.state, "running")
  t:eq(tostring(web.state.started_at), witness("state.running.startedAt"))
  t:eq(tostring(web), "container web of pods " .. t.namespace .. "/p")
  t:raises("StatusError", function() return web.last_state end)
end

function test_running(t)
  local state = container(t, {ready = true, state = {running = {startedAt = "2026-02-03T04:05:06Z"}}}).state
  t:eq(state.state, "running")
  t:eq(state.running, true)
  t:eq(state.waiting, false)
  t:eq(state.terminated, false)
  t:eq(state.started_at, kube.time("2026-02-03T04:05:06Z"))
  t:eq(state.raw.running.startedAt, "2026-02-03T04:05:06Z")
  only(t, state, {started_at = state.started_at})
end

function test_waiting(t)
  local state = container(t, {state = {waiting = {reason = "CrashLoopBackOff", message = "back-off 10s"}}}).state
  t:eq(state.state, "waiting")
  t:eq(state.running, false)
  t:eq(state.waiting, true)
  t:eq(state.terminated, false)
  t:eq(state.raw.waiting.reason, "CrashLoopBackOff")
  only(t, state, {reason = "CrashLoopBackOff", message = "back-off 10s"})
end

function test_terminated(t)
  local state = container(t, {state = {terminated = {
    exitCode = 137, signal = 9, reason = "OOMKilled", message = "out of memory", containerID = "docker://abc",
    startedAt = "2026-02-03T04:05:06Z", finishedAt = "2026-02-03T05:06:07Z",
  }}}).state
  t:eq(state.state, "terminated")
  t:eq(state.running, false)
  t:eq(state.waiting, false)
  t:eq(state.terminated, true)
  t:eq(state.raw.terminated.exitCode, 137)
  only(t, state, {
    exit_code = 137, signal = 9, reason = "OOMKilled", message = "out of memory", container_id = "docker://abc",
    started_at = kube.time("2026-02-03T04:05:06Z"), finished_at = kube.time("2026-02-03T05:06:07Z"),
  })
  t:eq(state.finished_at - state.started_at, 3661)
end

function test_terminated_in_few_words(t)
  local state = container(t, {state = {terminated = {exitCode = 0}}}).state
  t:eq(state.terminated, true)
  t:eq(state.exit_code, 0)
  for _, name in ipairs{"message", "reason", "signal"} do
    t:raises("StatusError", function() return state[name] end)
  end
end

function test_no_state_reported(t)
  local web = container(t, {})
  t:eq(web.state.state, "waiting")
  t:eq(web.state.waiting, true)
  only(t, web.state, {})
  local bare = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {containerStatuses = {{name = "web"}}}}.containers[1]
  t:match(t:raises("StatusError", function() return bare.state end).message, "container web of pods x/p has no state")
  t:raises("StatusError", function() return bare.last_state end)
  local empty = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {containerStatuses = {{name = "web", state = {}, lastState = {}}}}}.containers[1]
  t:eq(empty.state.waiting, true)
  t:raises("StatusError", function() return empty.last_state end)
end

function test_last_state(t)
  local web = container(t, {restartCount = 3, state = {running = {startedAt = "2026-02-03T05:06:08Z"}}, lastState = {terminated = {
    exitCode = 1, reason = "Error", containerID = "docker://old", startedAt = "2026-02-03T04:05:06Z", finishedAt = "2026-02-03T05:06:07Z",
  }}})
  t:eq(web.restart_count, 3)
  t:eq(web.state.running, true)
  t:eq(web.last_state.terminated, true)
  t:eq(web.last_state.exit_code, 1)
  t:eq(web.last_state.reason, "Error")
  t:eq(web.last_state.container_id, "docker://old")
  t:ok(web.state.started_at > web.last_state.finished_at)
  -- The server always sends an empty object where there is none.
  t:eq(t.kubectl("get", "pod", "p", "-n", t.namespace, "-o", "jsonpath={.status.containerStatuses[0].lastState.terminated.exitCode}"), "1")
end

function test_restarts_over_time(t)
  local item = idle(t, {containers = {{name = "web", image = "web:1"}}})
  for n = 1, 3 do
    item = set_status(item, {containerStatuses = {{name = "web", image = "web:1", imageID = "", ready = n == 3, restartCount = n,
      state = {running = {startedAt = "2026-02-03T04:05:06Z"}}, lastState = {terminated = {exitCode = n}}}}})
    t:eq(item.containers[1].restart_count, n)
    t:eq(item.containers[1].last_state.exit_code, n)
    t:eq(item.containers[1].ready, n == 3)
  end
end

function test_attributes_before_anything_was_pulled(t)
  local web = container(t, {state = {waiting = {reason = "ContainerCreating"}}})
  t:eq(web.id, "")
  t:eq(web.image, "web:1")
  t:eq(web.image_id, "")
  t:eq(web.ready, false)
  t:eq(web.restart_count, 0)
  t:eq(web.state.reason, "ContainerCreating")
end

function test_in_the_order_of_the_spec(t)
  local item = idle(t, {
    containers = {{name = "web", image = "a"}, {name = "log", image = "b"}, {name = "auth", image = "c"}},
    initContainers = {{name = "second", image = "d"}, {name = "first", image = "e"}},
  })
  local function status(name) return {name = name, image = name, imageID = "", ready = true, restartCount = 0, state = {running = {}}} end
  -- As the kubelet does it: sorted by name.
  item = set_status(item, {
    containerStatuses = {status("auth"), status("log"), status("web")},
    initContainerStatuses = {status("first"), status("second")},
  })
  local names = {}
  for web in item.containers do
    names[#names + 1] = web.name
  end
  t:eq(names, {"web", "log", "auth"})
  t:eq(#item.init_containers, 2)
  t:eq(item.init_containers[1].name, "second")
  t:eq(item.init_containers[2].name, "first")
  t:eq(item.status.containerStatuses[1].name, "auth")
end

function test_init_containers_of_a_running_pod(t)
  local item = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {
    containers = {{name = "web", image = "web:1"}},
    initContainers = {{name = "setup", image = "setup:1"}, {name = "sidecar", image = "sidecar:1", restartPolicy = "Always"}},
  }}
  item = t:eventually(function()
    local now = item:fetch()
    return now.phase == "Running" and now
  end)
  t:eq(#item.containers, 1)
  local setup, sidecar = item.init_containers[1], item.init_containers[2]
  t:eq(setup.name, "setup")
  t:eq(setup.state.terminated, true)
  t:eq(setup.state.exit_code, 0)
  t:eq(setup.state.reason, "Completed")
  t:eq(sidecar.name, "sidecar")
  t:eq(sidecar.state.running, true)
  t:eq(setup.pod, item)
end

function test_ephemeral_containers(t)
  local item = idle(t, {containers = {{name = "web", image = "web:1"}}})
  cluster.proxy:patch(item.meta.link .. "/ephemeralcontainers", {patch = {spec = {ephemeralContainers = {{name = "debug", image = "debug:1", targetContainerName = "web"}}}}})
  item = set_status(item, {ephemeralContainerStatuses = {{name = "debug", image = "debug:1", imageID = "", ready = false, restartCount = 0, state = {terminated = {exitCode = 2}}}}})
  t:eq(#item.ephemeral_containers, 1)
  t:eq(item.ephemeral_containers[1].name, "debug")
  t:eq(item.ephemeral_containers[1].state.exit_code, 2)
  t:eq(#item.containers, 0)
end

function test_a_crash_loop(t)
  local item = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p", annotations = {["localcluster.kubelua/waiting"] = "CrashLoopBackOff"}},
    spec = {containers = {{name = "web", image = "web:1"}}}}
  local web = t:eventually(function()
    local now = item:fetch()
    return now.containers[1]
  end)
  t:eq(web.state.waiting, true)
  t:eq(web.state.reason, "CrashLoopBackOff")
  t:ok(web.restart_count > 0)
  t:eq(web.last_state.terminated, true)
  t:eq(web.last_state.exit_code, 1)
end

function test_read_only(t)
  local web = container(t, {state = {waiting = {reason = "x"}}})
  web.name = "x" --> error: "kube.totable"
  web.raw.name = "x" --> error: "kube.totable"
  web.state.reason = "y" --> error: "kube.totable"
  web.pod.kind = "x" --> error: "kube.totable"
  local _ = web.restarts --> error: "has no "restarts""
  _ = web.state.exitcode --> error: "did you mean "exit_code""
  t:eq(kube.totable(web).name, "web")
  t:eq(kube.totable(web.state).waiting.reason, "x")
  t:eq(kube.get(web, "state.waiting.reason"), "x")
end
