-- Rules that hold for everything: what is read-only, what unknown names do,
-- how arguments are checked, Lua as scripts write it.

function test_everything_has_a_name(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, list = {1}}
  t:eq(getmetatable(cluster), "cluster")
  t:eq(getmetatable(cluster.pods), "view")
  t:eq(getmetatable(pod), "item")
  t:eq(getmetatable(pod.meta), "metadata")
  t:eq(getmetatable(pod.meta.labels), "labels")
  t:eq(getmetatable(pod.raw), "mapping")
  t:eq(getmetatable(pod.raw.list), "sequence")
  t:eq(getmetatable(kube.null), "null")
  t:eq(getmetatable(kube.now()), "time")
  t:eq(getmetatable(kube.Kind), "enum")
  t:eq(getmetatable(cluster.proxy), "proxy")
  t:raises("metatable", setmetatable, kube.array{}, {})
end

function test_with_concatenation_and_tostring(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}
  t:eq("got " .. pod, "got pods x/p")
  t:eq(pod .. " there", "pods x/p there")
  t:eq(cluster.pods .. "", "pods")
  t:eq(pod .. 5, "pods x/p5")
  t:eq(string.format("%s", pod), "pods x/p")
  print(pod, cluster.pods:namespaced("x"), kube.null, pod.meta.labels)
  t:eq(t.printed(), "pods x/p\tpods in x\tnull\t{}\n")
end

function test_absence(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {containerStatuses = {{name = "c", state = {}, lastState = {}}}}}
  -- nil: keys of mappings.
  t:eq(pod.raw.nothing, nil)
  t:eq(pod.meta.labels.nothing, nil)
  t:eq(pod.raw.status.nothing, nil)
  -- StatusError: status attributes of pods and containers.
  for _, name in ipairs{"host_ip", "ip", "message", "phase", "reason", "start_time"} do
    t:raises("StatusError", function() return pod[name] end)
  end
  t:raises("StatusError", function() return pod.containers[1].last_state end)
  t:eq(pod.containers[1].state.waiting, true)
  t:raises("StatusError", function() return pod.containers[1].state.reason end)
  -- ValueError: names that don't exist.
  t:raises("ValueError", function() return pod.nothing end)
  t:raises("ValueError", function() return pod.meta.nothing end)
  t:raises("ValueError", function() return cluster.pods.nothing end)
  t:raises("ValueError", function() return cluster.nothing end)
  -- 0 and empty: counts and collections.
  local rs = cluster:item{apiVersion = "apps/v1", kind = "ReplicaSet", metadata = {name = "p", namespace = "x"}}
  t:eq(rs.ready_replicas, 0)
  t:eq(#rs.conditions, 0)
  t:eq(#pod.init_containers, 0)
end

function test_an_explicit_zero_or_empty_text_is_there(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {
    message = "", containerStatuses = {{name = "c", state = {terminated = {exitCode = 0, signal = 0, reason = ""}}}}}}
  t:eq(pod.message, "")
  local state = pod.containers[1].state
  t:eq(state.exit_code, 0)
  t:eq(state.signal, 0)
  t:eq(state.reason, "")
end

function test_null_counts_as_absent(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x", labels = kube.null, creationTimestamp = kube.null}, spec = kube.null, status = {
    phase = kube.null, containerStatuses = kube.null, startTime = kube.null, conditions = kube.null}}
  t:raises("StatusError", function() return pod.phase end)
  t:raises("StatusError", function() return pod.start_time end)
  t:eq(#pod.containers, 0)
  t:eq(#pod.conditions, 0)
  t:eq(#pod.meta.labels, 0)
  t:eq(pod.meta.labels.app, nil)
  t:eq(pod.meta.created, nil)
  t:eq(pod:spec(), {})
  t:eq(pod.spec.x, nil)
end

function test_objects_without_anything(t)
  local bare = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}}
  t:eq(bare.kind, "Pod")
  t:eq(bare.meta.namespace, nil)
  t:eq(tostring(bare), "pods p")
  t:eq(bare.status.phase, nil)
  t:eq(bare.spec.containers, nil)
  t:eq(kube.totable(bare), {apiVersion = "v1", kind = "Pod", metadata = {name = "p"}})
  for _, kind in ipairs{"Node", "Service", "Secret", "Namespace", "ReplicationController"} do
    local item = cluster:item{apiVersion = "v1", kind = kind, metadata = {name = "x"}, status = {}}
    t:eq(item.kind, kind)
    t:eq(item:status(), {})
  end
end

function test_odd_types_in_status(t)
  -- A server wouldn't send this; nothing breaks on it.
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x", labels = kube.array{}}, spec = "x", status = {
    phase = 5, startTime = "soon", containerStatuses = "none", conditions = {}, hostIP = {}}}
  t:raises("StatusError", function() return pod.phase end)
  t:raises("StatusError", function() return pod.start_time end)
  t:raises("StatusError", function() return pod.host_ip end)
  t:eq(#pod.containers, 0)
  t:eq(#pod.conditions, 0)
  t:eq(pod.meta.labels.app, nil)
  local odd = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = "x"}
  t:raises("StatusError", function() return odd.phase end)
  odd = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {containerStatuses = {5, "x", {}}}}
  t:eq(#odd.containers, 3)
  t:eq(odd.containers[1].name, "")
  t:eq(odd.containers[3].restart_count, 0)
  local rs = cluster:item{apiVersion = "apps/v1", kind = "ReplicaSet", metadata = {name = "p", namespace = "x"}, status = {replicas = "many"}}
  t:eq(rs.observed_replicas, 0)
end

function test_durations(t)
  local w = cluster.nodes:filter{labels = "no=such"}:watch()
  for _, timeout in ipairs{0.01, "10ms", "0.01s", "0s"} do
    t:eq(select(2, w:next(timeout)), "timeout")
  end
  w:next("10") --> error: "must be a duration (seconds, or a text like "90s" or "5m")"
  w:next("-1s") --> error: "must be a duration"
  w:next(0 / 0) --> error: "must be a duration"
  w:close()
end

function test_unknown_options_list_the_known(t)
  cluster.pods:watch{x = 1} --> error: "unknown option "x" (known: "
  cluster.pods:fetch("a", {x = 1}) --> error: "unknown option "x" (known: namespace)"
  cluster.pods:filter{x = 1} --> error: "unknown option "x" (known: "
  cluster.proxy:get("version", {x = 1}) --> error: "unknown option "x" (known: params)"
end

function test_lua_as_scripts_write_it(t)
  -- goto, table.pack and unpack, __pairs, __ipairs, __len, __iter.
  local n = 0
  for i = 1, 5 do
    if i % 2 == 0 then goto continue end
    n = n + i
    ::continue::
  end
  t:eq(n, 9)
  t:eq(table.pack(1, nil, 3).n, 3)
  local own = setmetatable({}, {
    __pairs = function() return next, {a = 1}, nil end,
    __len = function() return 7 end,
    __iter = function()
      local i = 0
      return function()
        i = i + 1
        if i <= 2 then return i end
      end
    end,
  })
  for key, value in pairs(own) do
    t:eq(key .. value, "a1")
  end
  local seen = {}
  for i in own do
    for j in own do
      seen[#seen + 1] = i * 10 + j
    end
  end
  t:eq(seen, {11, 12, 21, 22})
  -- A plain table is no iterator, and says what to write.
  for _ in {1, 2} do end --> error: "use pairs(t) or ipairs(t)"
  for _ in nil do end --> error: "loop over nil"
  for _ in 5 do end --> error: "loop over a number"
  -- An iterator function goes on being one.
  local list = {}
  for word in ("a b c"):gmatch("%a") do
    list[#list + 1] = word
  end
  t:eq(list, {"a", "b", "c"})
end

function test_numbers_as_text(t)
  local texts = {
    [0.1 + 0.2] = "0.3", [1795349093.5] = "1795349093.5", [1 / 3] = "0.33333333333333", [2 ^ 53] = "9007199254740992", [-1.5] = "-1.5",
    [1e15] = "1000000000000000", [100] = "100", [1e-7] = "1e-07",
  }
  for number, text in pairs(texts) do
    t:eq(tostring(number), text)
  end
end

function test_views_and_items_as_keys_and_arguments(t)
  local view = cluster.pods
  local by = {[view] = 1}
  t:eq(by[view], 1)
  t:eq(cluster, cluster.pods.cluster)
  t:eq(#kube.totable{view}, 1)
end

function test_kube_has_no_other_names(t)
  t:eq(kube.nothing, nil) -- kubelua: ignore
  local names = {}
  for name in pairs(kube) do
    names[name] = true
  end
  for _, name in ipairs{"cluster", "proxy", "with", "kindimpl", "get", "totable", "array", "null", "int64", "time", "now", "is", "Kind", "WatchEventType", "PodPhase", "NamespacePhase", "AddressType", "SecretType"} do
    t:ok(names[name], name)
  end
end
