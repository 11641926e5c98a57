-- Connections that break.

local function configmap(t, name)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = name}}
end

-- event is the next event as text, "ADDED a".
local function event(w)
  local ev, why = w:next(60)
  return ev and ev.evtype .. " " .. ev.item.meta.name or why
end

function test_a_watch_outlives_its_connection(t)
  local a = configmap(t, "a")
  local far = kube.cluster{url = t.proxy()}.configmaps:namespaced(t.namespace)
  local w, item = far:watch(), far:fetch("a"):watch()
  configmap(t, "b")
  t:eq(event(w), "ADDED b")
  for i = 1, 2 do
    t.cut()
    configmap(t, "c")
    a = a.meta.labels:set("n", tostring(i))
    cluster.configmaps:fetch("c", {namespace = t.namespace}):delete()
    t:eq(w:next(0), nil)
    t.mend()
    t:eq({event(w), event(w), event(w)}, {"ADDED c", "MODIFIED a", "DELETED c"})
    t:eq(item:next(60).item, a)
  end
  a:delete()
  t:eq(event(w), "DELETED a")
  t:eq(event(item), "DELETED a")
  t:eq(event(item), "closed")
  t:eq(w:next(0), nil)
  w:close()
end

function test_close_while_nobody_answers(t)
  local w = kube.cluster{url = t.proxy()}.configmaps:namespaced(t.namespace):watch()
  t.cut()
  t:eq(select(2, w:next(1.5)), "timeout")
  w:close()
  t:eq(select(2, w:next()), "closed")
end

function test_a_list_that_breaks_off(t)
  t.configmaps(1200)
  local c = kube.cluster{url = t.proxy()}
  local n = 0
  local err = t:raises("APIError", function()
    for _ in c.configmaps:namespaced(t.namespace) do
      n = n + 1
      if n == 1 then
        t.cut()
      end
    end
  end)
  -- One page was there, and the next was on its way at most.
  t:ok(n >= 500 and n <= 1000, tostring(n))
  t:eq(err.reason, "Unreachable")
  t.mend()
  n = 0
  for _ in c.configmaps:namespaced(t.namespace) do
    n = n + 1
  end
  t:eq(n, 1201)
end
