-- Logs.

local text = {["localcluster.kubelua/logs"] = "one\ntwo\nthree"}

-- make makes a pod; without text it logs a line a second.
local function make(t, name, annotations, spec)
  return t:create{apiVersion = "v1", kind = "Pod", metadata = {name = name, annotations = annotations, labels = {app = "logs"}},
    spec = spec or {containers = {{name = "web", image = "web:1"}}}}
end

-- running makes a pod that runs.
local function running(t, name, annotations, spec)
  local pod = make(t, name, annotations, spec)
  return t:eventually(function()
    pod = pod:fetch()
    return pod.phase == "Running" and pod
  end)
end

local function all(log)
  local lines = {}
  for line in log do lines[#lines + 1] = line end
  return lines
end

function test_lines(t)
  local pod = running(t, "p", text)
  t:eq(all(pod:logs()), {"one", "two", "three"})
  t:eq(all(pod:logs{tail = 1}), {"three"})
  t:eq(all(pod:logs{tail = 0}), {})
  t:eq(all(pod:logs{since = "1h"}), {"one", "two", "three"})
  t:eq(all(pod:logs{since = kube.now() + 3600}), {})
  t:eq(all(pod:logs{since = kube.now() - 3600, container = "web"}), {"one", "two", "three"})
  local stamped = all(pod:logs{timestamps = true, tail = 1})[1]
  local at, rest = stamped:match("^(%S+) (.*)$")
  t:eq(rest, "three")
  t:ok(kube.time(at):age() < 300)
  local log = pod:logs()
  local line, of = log:next()
  t:eq(line, "one")
  t:ok(of == pod)
  log:close()
  t:eq(select(2, log:next()), "closed")
end

function test_follow(t)
  local pod = make(t, "p") -- it hasn't started yet
  local log = pod:logs{follow = true}
  for i = 1, 3 do
    t:match(log:next{timeout = 30}, "line " .. i .. " of container web in pod " .. t.namespace .. "/p")
  end
  local key, line = task.select{log = log, timeout = 20}
  t:eq(key, "log")
  t:match(line, "line 4 ")
  pod:delete()
  local rest = 0
  for _ in log do rest = rest + 1 end
  t:ok(rest < 60)
end

function test_several_containers(t)
  local pod = running(t, "p", nil, {containers = {{name = "a", image = "x"}, {name = "b", image = "x"}}})
  pod:logs() --> error: "the pod has several containers, name one (container=): a, b"
  t:match(all(pod:logs{container = "b", tail = 1})[1], "of container b in pod")
  local marked = running(t, "marked", {["kubectl.kubernetes.io/default-container"] = "b"}, {containers = {{name = "a", image = "x"}, {name = "b", image = "x"}}})
  t:match(all(marked:logs{tail = 1})[1], "of container b in pod")
end

function test_errors(t)
  local pod = running(t, "p", text)
  local log = pod:logs{container = "webb"}
  t:raises("container webb is not valid for pod p", log.next, log)
  log = pod:logs{previous = true}
  t:raises("previous terminated container", log.next, log)
  pod:logs{tail = -1} --> error: "option tail must be a whole number"
  pod:logs{since = {}} --> error: "option since, unless it is a time, must be a duration"
  pod:logs{folow = true} --> error: "unknown option "folow" (did you mean "follow"?)"
  pod:logs{previous = true, follow = true} --> error: "has ended, so it can't be followed"
  cluster.services:logs() --> error: "these are no pods"
  kube.logs(1) --> error: "the argument must be a view or a list of pods, not number"
  kube.logs{1} --> error: "element 1 is a number, not a pod"
  kube.logs{} --> error: "no pods are given"
end

function test_of_many(t)
  local names, namespace = {"a", "b", "c"}, t.namespace
  local pods = task.parallel(names, function(name) return running(t, name, text) end)
  make(t, "pending", nil, {schedulerName = "none", containers = {{name = "web", image = "x"}}})
  local view = cluster.pods:namespaced(namespace):filter{labels = "app=logs"}
  for _, log in ipairs{view:logs{tail = 2}, kube.logs(view, {tail = 2}), kube.logs(pods, {tail = 2})} do
    local lines = {}
    for line, pod in log do
      local name = pod.meta.name
      lines[name] = (lines[name] or "") .. line .. " "
    end
    t:eq(lines, {a = "two three ", b = "two three ", c = "two three "})
  end
end

function test_follow_of_many(t)
  running(t, "a", text)
  local view = cluster.pods:namespaced(t.namespace):filter{labels = "app=logs"}
  kube.with(view:logs{follow = true, tail = 1}, function(log)
    local function next_line()
      local line, pod = log:next{timeout = 30}
      return pod.meta.name .. " " .. line
    end
    t:eq(next_line(), "a three")
    running(t, "b", text)
    t:eq(next_line(), "b one")
    t:eq(next_line(), "b two")
    t:eq(next_line(), "b three")
  end)
end
