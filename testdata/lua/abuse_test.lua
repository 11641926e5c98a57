-- Nothing that a script passes anywhere breaks the program: what is wrong
-- raises an error that a script can catch, and says what is wrong.

-- things are values of every kind, some of which are wrong everywhere.
local function things(t, c)
  local pod = c:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x", labels = {a = "b"}, creationTimestamp = "2026-03-01T12:00:00Z"},
    spec = {containers = {{name = "c"}}}, status = {phase = "Running", containerStatuses = {{name = "c", state = {running = {}}}}}}
  local secret = c:item{apiVersion = "v1", kind = "Secret", metadata = {name = "s", namespace = "x"}, data = {a = "YQ=="}}
  local watcher = cluster.nodes:filter{labels = "no=such"}:watch()
  t:defer(function() watcher:close() end)
  local _, err = pcall(kube.time, "x")
  return {
    cluster = c, view = c.pods, nodes = c.nodes, narrow = c.pods:filter{labels = "a=b"}, item = pod, secret = secret, meta = pod.meta, labels = pod.meta.labels,
    raw = pod.raw, spec = pod.spec, list = pod.raw.spec.containers, containers = pod.containers, container = pod.containers[1],
    state = pod.containers[1].state, data = secret.data, proxy = c.proxy, watcher = watcher, err = err, null = kube.null, int64 = kube.int64(5),
    time = kube.now(), enum = kube.Kind, impl = kube.kindimpl("Pod"), paths = pod.api_paths, array = kube.array{}, kube = kube,
  }
end

local names = {
  "all", "each", "fetch", "filter", "find", "namespaced", "watch", "delete", "create", "item", "close", "get", "has", "set", "next", "post", "patch",
  "urljoin", "age", "format", "unix", "spec", "status", "array", "cluster", "int64", "is", "kindimpl", "now", "proxy", "time", "totable", "with",
  "kind", "meta", "raw", "labels", "name", "containers", "state", "data", "type", "message", "response", "where", "nothing", "", "\255", "__index",
}

-- broken tells whether an error is one that nobody should see.
local function broken(err)
  err = tostring(err)
  for _, sign in ipairs{"internal error", "runtime error", "nil pointer", "index out of range", "interface conversion", "this is a bug", "goroutine"} do
    if err:find(sign, 1, true) then
      return sign
    end
  end
end

function test_methods_with_any_arguments(t)
  local c = kube.cluster{url = "http://127.0.0.1:1/"}
  local all = things(t, c)
  local arguments = {
    {}, {nil, nil}, {5}, {-1}, {0 / 0}, {"x"}, {""}, {"\255"}, {true}, {{}}, {{1}}, {{x = 1}}, {{[true] = 1}}, {print}, {function() error("fish") end},
    {"x", {}}, {"x", 5}, {"x", "y"}, {"x", "y", "z"}, {"x", {namespace = 5}}, {"x", {namespace = {}}}, {{labels = {}}}, {{labels = print}}, {{timeout = {}}},
    {{timeout = 0}}, {coroutine.create(print)}, {"x", nil, "y"},
  }
  for kind in pairs(all) do
    arguments[#arguments + 1] = {all[kind]}
    arguments[#arguments + 1] = {"x", all[kind]}
  end
  local function call(kind, value, name, args)
    -- This waits, rightly.
    if kind == "watcher" and name == "next" and (args[1] == nil or args[1] == value or type(args[1]) == "table" and args[1].timeout == nil) then
      return
    end
    local ok, err = pcall(function() return value[name](value, unpack(args, 1, 3)) end)
    local sign = not ok and broken(err)
    t:ok(not sign, ("%s.%s: %s"):format(kind, name, tostring(err)))
    ok, err = pcall(function() return value[name](unpack(args, 1, 3)) end)
    sign = not ok and broken(err)
    t:ok(not sign, ("%s.%s without self: %s"):format(kind, name, tostring(err)))
  end
  for kind, value in pairs(all) do
    for _, name in ipairs(names) do
      local ok, member = pcall(function() return value[name] end)
      t:ok(ok or not broken(member), tostring(member))
      if ok and type(member) == "function" and name ~= "close" then
        for _, args in ipairs(arguments) do
          call(kind, value, name, args)
        end
      end
    end
  end
end

function test_operators_on_everything(t)
  local all = things(t, kube.cluster{url = "http://127.0.0.1:1/"})
  local others = {nil, 5, "x", true, {}, print}
  for _, kind in ipairs{"cluster", "view", "item", "labels", "raw", "list", "null", "int64", "time", "err"} do
    others[#others + 1] = all[kind]
  end
  local operators = {
    function(a, b) return a == b end, function(a, b) return a < b end, function(a, b) return a <= b end, function(a, b) return a .. b end,
    function(a, b) return a + b end, function(a, b) return a - b end, function(a, b) return a * b end, function(a) return -a end, function(a) return #a end,
    function(a, b) return a[b] end, function(a, b) a[b] = 1 end, function(a, b) return a(b) end, function(a) return tostring(a) end,
    function(a) for _ in pairs(a) do end end, function(a) for _ in ipairs(a) do end end, function(a, b) return next(a, b) end,
    function(a, b) return kube.get(a, b) end, function(a) return kube.totable(a) end, function(a, b) return kube.is(a, b) end,
    function(a) return table.concat(a, ",") end, function(a) return unpack(a) end, function(a) return getmetatable(a) end, function(a) return type(a) end,
    function(a, b) return rawequal(a, b) end, function(a, b) return rawget(a, b) end, function(a) table.insert(a, 1) end, function(a) table.remove(a) end,
    function(a) table.sort(a) end, function(a, b) return string.format("%s %d", a, b) end, function(a) return string.rep(a, 3) end, function(a) return tonumber(a) end,
    function(a) error(a) end, function(a) assert(false, a) end, function(a, b) return select(a, b) end, function(a) return kube.array(a) end,
  }
  for kind, value in pairs(all) do
    for n, operator in ipairs(operators) do
      for i = 1, 16 do
        -- kube.with and the like are called by the other test.
        if kind ~= "kube" then
          local ok, err = pcall(operator, value, others[i])
          t:ok(ok or not broken(err), ("operator %d on %s: %s"):format(n, kind, tostring(err)))
          ok, err = pcall(operator, others[i], value)
          t:ok(ok or not broken(err), ("operator %d with %s: %s"):format(n, kind, tostring(err)))
        end
      end
    end
  end
end

function test_odd_objects_everywhere(t)
  local c = kube.cluster{url = "http://127.0.0.1:1/"}
  local odd = {kube.null, kube.array{}, {}, "x", "", 5, -1.5, true, {{}}, kube.array{kube.null}, {x = kube.null}, kube.int64("9007199254740993")}
  local parts = {"metadata", "spec", "status", "data", "type"}
  for impl_kind in pairs(kube.Kind) do
    local impl = kube.kindimpl(impl_kind)
    if not impl.is_view then
      for _, part in ipairs(parts) do
        for _, value in ipairs(odd) do
          local data = {apiVersion = impl.api_paths[1]:gsub("^apis?/", ""), kind = impl.kind, metadata = {name = "x"}, spec = {}, status = {}}
          data[part] = part == "metadata" and {name = "x", namespace = value, labels = value, annotations = value, uid = value, creationTimestamp = value, resourceVersion = value} or value
          local ok, item = pcall(c.item, c, data)
          t:ok(ok or not broken(item), tostring(item))
          if ok then
            for _, name in ipairs{"addresses", "capacity", "conditions", "phase", "containers", "init_containers", "host_ip", "start_time", "loadbalancer_ingress", "data", "type",
                "available_replicas", "number_ready", "meta", "raw", "spec", "status", "api_paths", "kind"} do
              local read, err = pcall(function()
                local member = item[name]
                return tostring(member), type(member) == "userdata" and kube.totable(member)
              end)
              t:ok(read or not broken(err), name .. ": " .. tostring(err))
            end
            for _, name in ipairs{"name", "namespace", "labels", "annotations", "uid", "version", "created", "link"} do
              local read, err = pcall(function() return tostring(item.meta[name]) end)
              t:ok(read or not broken(err), name .. ": " .. tostring(err))
            end
            t:eq(tostring(cluster:item(kube.totable(item)).raw) ~= nil, true)
          end
        end
      end
    end
  end
end
