-- Commands in pods.

-- running makes a pod that runs.
local function running(t, name, extra)
  extra = extra or {}
  local pod = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = name, annotations = extra.annotations}, spec = {
    containers = extra.containers or {{name = "web", image = "web:1"}},
  }}
  return t:eventually(function()
    pod = pod:fetch()
    return pod.phase == "Running" and pod
  end)
end

function test_result(t)
  local pod = running(t, "p")
  local r = pod:exec{"sh", "-c", "echo out; echo err >&2; exit 3"}
  t:eq(r, {code = 3, stdout = "out\n", stderr = "err\n"})
  t:eq(pod:exec({"sh", "-c", "cat"}, {stdin = "a\0b\255"}).stdout, "a\0b\255")
  t:eq(pod:exec{"true"}, {code = 0, stdout = "", stderr = ""})
end

function test_stdin_from_a_function(t)
  local pod = running(t, "p")
  local n = 0
  local r = pod:exec{"wc", "-l", stdin = function()
    n = n + 1
    if n % 10 == 0 then task.sleep(0.001) end
    return n <= 100 and "line " .. n .. "\n" or nil
  end}
  t:eq(tonumber(r.stdout), 100)
  -- A command that ends early takes no more.
  local endless = pod:exec{"head", "-n", "1", stdin = function() return ("x"):rep(1000) .. "\n" end}
  t:eq(endless.code, 0)
  t:eq(#endless.stdout, 1001)
  t:raises("oh", function() pod:exec{"cat", stdin = function() error("oh") end} end)
  t:raises("must return strings", function() pod:exec{"cat", stdin = function() return {} end} end)
end

function test_stream(t)
  local pod = running(t, "p")
  local p = pod:exec{"sh", "-c", "while read x; do echo got $x; echo no >&2; done; exit 5", stream = true}
  local seen = {}
  p:write("a\n")
  for _ = 1, 2 do
    local text, name = p:next{timeout = 20}
    seen[name] = text
  end
  t:eq(seen, {stdout = "got a\n", stderr = "no\n"})
  local text, why = p:next(0)
  t:eq(text, nil)
  t:eq(why, "timeout")
  p:close_stdin()
  p:close_stdin()
  t:eq(p:wait(), 5)
  t:eq(p:wait{timeout = 20}, 5)
  t:raises("has ended", p.write, p, "b")
  local ended, closed = p:next()
  t:eq(ended, nil)
  t:eq(closed, "closed")
  p:close()
end

function test_stream_in_tasks_and_select(t)
  local pod = running(t, "p")
  local p = pod:exec{"cat", stream = true}
  local q = task.queue(1)
  local writer = task.spawn(function()
    for i = 1, 5 do p:write(i .. "\n") end
    p:close_stdin()
  end)
  local all = ""
  while true do
    local key, text = task.select{p = p, q = q, timeout = 20}
    t:eq(key, "p")
    if not text then break end
    all = all .. text
  end
  writer:wait()
  t:eq(all, "1\n2\n3\n4\n5\n")
  t:eq(p:wait(), 0)
end

function test_big_output_in_a_loop(t)
  local pod = running(t, "p")
  local size = 0
  for text in pod:exec{"head", "-c", "8000000", "/dev/zero", stream = true, protocol = "spdy"} do size = size + #text end
  t:eq(size, 8000000)
  t:eq(#pod:exec{"head", "-c", "8000000", "/dev/zero", protocol = "spdy"}.stdout, 8000000)
  local err = t:raises("APIError", pod.exec, pod, {"head", "-c", "2000", "/dev/zero", limit = 1000})
  t:match(err.message, "larger than the limit of 1000 bytes")
end

function test_terminal(t)
  local pod = running(t, "p")
  local p = pod:exec{"sh", "-c", "while read x; do stty size; done", tty = true, stream = true}
  p:resize(90, 40)
  local said = ""
  while not said:find("40 90", 1, true) do
    p:write("\n")
    said = said .. p:next{timeout = 20}
  end
  p:write("\4")
  t:eq(p:wait(), 0)
end

function test_timeout(t)
  local pod = running(t, "p")
  local err = t:raises("TimeoutError", pod.exec, pod, {"sleep", "60", timeout = "200ms"})
  t:match(err.message, "exec sleep in pods " .. t.namespace .. "/p (container web): it has not ended after 200ms")
  t:raises("TimeoutError", function() pod:exec{"sleep", "60", stream = true, timeout = 0.2}:wait() end)
  local slow = pod:exec{"sleep", "60", stream = true}
  t:raises("TimeoutError", slow.wait, slow, {timeout = 0.05})
  slow:close()
  t:raises("closed before the command ended", slow.wait, slow)
  local in_time = pcall(task.timeout, 0.2, function() pod:exec{"sleep", "60"} end)
  t:eq(in_time, false)
end

function test_ends_with_its_task(t)
  local pod = running(t, "p")
  local p
  local worker = task.spawn(function()
    p = pod:exec{"cat", stream = true}
    task.sleep(60)
  end)
  t:eventually(function() return p end)
  worker:cancel()
  t:eq(select(2, p:next{timeout = 20}), "closed")
  kube.with(pod:exec{"cat", stream = true}, function(handle) p = handle end)
  t:eq(select(2, p:next()), "closed")
end

function test_arguments(t)
  local pod = running(t, "p", {containers = {{name = "a", image = "x"}, {name = "b", image = "x"}}})
  pod:exec("true") --> error: "the command must be a table"
  pod:exec{} --> error: "the command is missing"
  pod:exec{"echo", {}} --> error: "part 2 of the command must be a string, not table"
  pod:exec{"echo", nil, "x"} --> error: "the command has holes"
  pod:exec{"true", contaner = "a"} --> error: "unknown option "contaner" (did you mean "container"?)"
  pod:exec{"true", container = "a", protocol = "http"} --> error: "unknown protocol "http" (known: spdy, websocket)"
  pod:exec({"true", tty = true}, {tty = true}) --> error: "unexpected argument 2"
  pod:exec{"true", stdin = 1} --> error: "option stdin must be a string or a function, not number"
  pod:exec{"true", stream = true, stdin = "x"} --> error: "a stream takes no stdin"
  pod:exec{"true"} --> error: "the pod has several containers, name one (container=): a, b"
  t:eq(pod:exec{"true", container = "b"}.code, 0)
  local err = t:raises("APIError", pod.exec, pod, {"nothing-there", container = "a"})
  t:match(err.message, "executable file not found")
end

function test_forbidden(t)
  local pod = running(t, "p")
  local other = kube.cluster{kubeconfig = t.kubeconfig, as = "nobody"}
  local seen = other:item(kube.totable(pod.raw))
  local err = t:raises("APIError", seen.exec, seen, {"true"})
  t:eq(err.reason, "Forbidden")
  t:match(err.message, 'missing rule: apiGroups: [""], resources: ["pods/exec"], verbs: ["create"] in a Role in namespace "' .. t.namespace .. '"')
  err = t:raises("APIError", seen.port_forward, seen, 80)
  t:match(err.message, 'resources: ["pods/portforward"], verbs: ["create"]')
  other:close()
end

function test_copies(t)
  local pod = running(t, "p")
  pod:copy_to{["etc/a.conf"] = "a\n", ["etc/run.sh"] = {content = "#!/bin/sh\nexit 7\n", mode = "755"}}
  t:eq(pod:exec{"etc/run.sh"}.code, 7)
  t:eq(pod:copy_from("etc"), {["a.conf"] = "a\n", ["run.sh"] = "#!/bin/sh\nexit 7\n"})
  t:eq(pod:copy_from("etc/a.conf"), {["a.conf"] = "a\n"})
  t:raises("larger than the limit of 5 bytes", pod.copy_from, pod, "etc", {limit = 5})
  t:raises("No such file", pod.copy_from, pod, "nothing")
  t:raises("read /etc/hostname: not allowed", pod.copy_to, pod, "/etc/hostname", "a")
  pod:copy_to{} --> error: "there are no files"
  pod:copy_to{["../a"] = "x"} --> error: "leads out of the working directory"
  pod:copy_to{a = {content = "x", mode = "999"}} --> error: "must be octal ("755"), not "999""
  local bare = running(t, "bare", {annotations = {["localcluster.kubelua/commands"] = "sh"}})
  for _, fn in ipairs{function() bare:copy_to{a = "x"} end, function() bare:copy_from("a") end} do
    t:match(t:raises("APIError", fn).message, "the image has no tar")
  end
end

function test_port_forward(t)
  local pod = running(t, "p", {containers = {{name = "web", image = "web", ports = {{containerPort = 8080}}}}})
  local forward = pod:port_forward(8080)
  t:match(tostring(forward), "^127%.0%.0%.1:%d+$")
  local answers = task.parallel({"a", "b", "c", "d"}, function(path)
    return (kube.proxy{url = "http://127.0.0.1:" .. forward.port}:get("/" .. path))
  end)
  for i, path in ipairs{"a", "b", "c", "d"} do
    t:eq(answers[i], "pod " .. t.namespace .. "/p port 8080 path /" .. path .. "\n")
  end
  t:eq(select(2, forward:next(0)), "timeout")
  local again = pod:port_forward(8081, {local_port = nil})
  pcall(function() kube.proxy{url = "http://127.0.0.1:" .. again.port}:get("/") end)
  local key, err = task.select{forward = forward, again = again, timeout = 20}
  t:eq(key, "again")
  t:match(err.message, "forward to port 8081 of pods " .. t.namespace .. "/p: ")
  t:match(err.message, "connection refused")
  t:raises("address already in use", pod.port_forward, pod, 8080, {local_port = forward.port})
  forward:close()
  again:close()
  t:eq(select(2, forward:next()), "closed")
  pod:port_forward("http") --> error: "the port must be a whole number"
  pod:port_forward(0) --> error: "a port is a number from 1 to 65535"
end

function test_http(t)
  local pod = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = {{name = "web", image = "web"}}, schedulerName = "none"}}
  pod:http("GET", "/") --> error: "it declares no port, name one (port=)"
  pod:http("GET", "healthz", {port = 80}) --> error: "the path begins with a slash"
  pod:http("GET", "/", {port = {}}) --> error: "option port must be a whole number"
  -- A pod without an address can't be asked; that is the API server's to say.
  local err = t:raises("APIError", pod.http, pod, "GET", "/healthz", {port = 80})
  t:match(err.message, "GET /healthz of pods " .. t.namespace .. "/p: ")
end

function test_top_without_metrics(t)
  local node = cluster.nodes:fetch("node-0")
  for _, fn in ipairs{function() node:top() end, function() cluster.nodes:top() end, function() cluster.pods:namespaced(t.namespace):top() end} do
    t:match(t:raises("APIError", fn).message, "the cluster serves no metrics.k8s.io; metrics-server does")
  end
  t:raises("only nodes and pods have metrics, not services", cluster.services.top, cluster.services)
end
