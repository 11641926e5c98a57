-- Watchers and their events.

local function configmap(t, name, labels)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = name, labels = labels}}
end

local function view(t) return cluster.configmaps:namespaced(t.namespace) end

-- event is the next event as text, "ADDED a".
local function event(w)
  local ev, why = w:next(60)
  return ev and ev.evtype .. " " .. ev.item.meta.name or why
end

function test_events_of_a_view(t)
  local w = view(t):watch()
  local a = configmap(t, "a")
  t:eq(event(w), "ADDED a")
  local changed = a.meta.labels:set("app", "web")
  local ev = w:next{timeout = 60}
  t:eq(ev.evtype, "MODIFIED")
  t:eq(ev.item, changed)
  t:eq(ev.item.meta.labels.app, "web")
  t:ne(ev.item, a)
  changed:delete()
  t:eq(event(w), "DELETED a")
  w:close()
end

function test_event_attributes(t)
  local w = view(t):watch()
  local a = configmap(t, "a")
  local ev = w:next()
  t:eq(ev.evtype, ev.ADDED)
  t:eq(ev.evtype, kube.WatchEventType.ADDED)
  t:eq(ev.ADDED, "ADDED")
  t:eq(ev.MODIFIED, "MODIFIED")
  t:eq(ev.DELETED, "DELETED")
  t:eq(ev.ERROR, "ERROR")
  t:eq(ev.synthetic, false)
  t:eq(ev.item, a)
  t:eq(ev.item.kind, "ConfigMap")
  t:eq(ev.item.raw.apiVersion, "v1")
  t:eq(tostring(ev), "ADDED configmaps " .. t.namespace .. "/a")
  local _ = ev.evtyp --> error: "has no "evtyp" (did you mean "evtype""
  ev.evtype = "x" --> error: "can't set "evtype" of event"
  w:close()
end

function test_every_change_after_the_call_comes_and_nothing_before(t)
  configmap(t, "before")
  local w = view(t):watch()
  for i = 1, 20 do
    configmap(t, "c" .. i)
  end
  for i = 1, 20 do
    t:eq(event(w), "ADDED c" .. i)
  end
  local ev, why = w:next(0)
  t:eq(ev, nil)
  t:eq(why, "timeout")
  w:close()
end

function test_a_change_to_what_was_there_is_modified(t)
  local a = configmap(t, "a")
  local w = view(t):watch()
  a.meta.labels:set("app", "web")
  t:eq(event(w), "MODIFIED a")
  a:delete()
  t:eq(event(w), "DELETED a")
  w:close()
end

function test_initial(t)
  t.configmaps(30)
  local w = view(t):watch{initial = true}
  local names = {}
  for i = 1, 31 do
    local ev = w:next(60)
    t:eq(ev.evtype, "ADDED")
    names[i] = ev.item.meta.name
  end
  t:eq(names[1], "c0001")
  t:eq(names[30], "c0030")
  t:eq(names[31], "kube-root-ca.crt")
  t:eq(w:next(0), nil)
  configmap(t, "d")
  t:eq(event(w), "ADDED d")
  w:close()
  w = view(t):watch{initial = false}
  t:eq(w:next(0), nil)
  w:close()
end

function test_initial_of_nothing(t)
  local w = view(t):filter{labels = "app=web"}:watch{initial = true}
  local ev, why = w:next(0.05)
  t:eq(ev, nil)
  t:eq(why, "timeout")
  configmap(t, "a", {app = "web"})
  t:eq(event(w), "ADDED a")
  w:close()
end

function test_initial_longer_than_a_page(t)
  t.configmaps(620)
  local seen, n = {}, 0
  for ev in view(t):watch{initial = true} do
    t:eq(ev.evtype, "ADDED")
    t:eq(seen[ev.item.meta.name], nil)
    seen[ev.item.meta.name] = true
    n = n + 1
    if n == 621 then
      break
    end
  end
  t:ok(seen.c0001 and seen.c0620 and seen["kube-root-ca.crt"])
end

function test_since(t)
  local a = configmap(t, "a")
  configmap(t, "b")
  local w = view(t):watch{since = a.meta.version}
  t:eq(event(w), "ADDED b")
  t:eq(w:next(0), nil)
  w:close()
end

function test_blocking_loop(t)
  local w = view(t):watch()
  configmap(t, "a")
  configmap(t, "b")
  local seen = {}
  for ev in w do
    seen[#seen + 1] = ev.item.meta.name
    if #seen == 2 then
      w:close()
    end
  end
  t:eq(seen, {"a", "b"})
  for _ in w do
    t:ok(false, "an event after close")
  end
end

function test_a_loop_left_early_can_be_taken_up(t)
  local w = view(t):watch()
  configmap(t, "a")
  configmap(t, "b")
  for ev in w do
    t:eq(ev.item.meta.name, "a")
    break
  end
  t:eq(event(w), "ADDED b")
  w:close()
end

function test_next_with_a_time(t)
  local w = view(t):watch()
  for _, timeout in ipairs{0, 0.05, {timeout = 0}, {timeout = 0.05}, {timeout = "50ms"}, "50ms"} do
    local started = kube.now()
    local ev, why = w:next(timeout)
    t:eq(ev, nil)
    t:eq(why, "timeout")
    t:ok(kube.now() - started < 10)
  end
  configmap(t, "a")
  t:eq(w:next("1m").item.meta.name, "a")
  w:next(-1) --> error: "timeout must be a duration"
  w:next("soon") --> error: "timeout must be a duration (seconds, or a text like "90s" or "5m")"
  w:next{timeout = {}} --> error: "timeout must be a duration"
  w:next{time = 1} --> error: "unknown option "time" (did you mean "timeout"?)"
  w:next(true) --> error: "timeout must be a duration"
  w.next() --> error: "call it with a colon"
  w:close()
end

function test_next_zero_sees_what_is_there(t)
  local w = view(t):watch()
  configmap(t, "a")
  local ev = t:eventually(function() return (w:next(0)) end)
  t:eq(ev.item.meta.name, "a")
  w:close()
end

function test_close(t)
  local w = view(t):watch()
  configmap(t, "a")
  w:close()
  w:close()
  for _, timeout in ipairs{0, 5, "1m"} do
    local ev, why = w:next(timeout)
    t:eq(ev, nil)
    t:eq(why, "closed")
  end
  local ev, why = w:next()
  t:eq(ev, nil)
  t:eq(why, "closed")
  local _ = w.closed --> error: "watcher has no "closed" (did you mean "close""
end

function test_with(t)
  local used
  local name = kube.with(view(t):watch(), function(w)
    used = w
    configmap(t, "a")
    return w:next(60).item.meta.name
  end)
  t:eq(name, "a")
  t:eq(select(2, used:next()), "closed")
  local ok, err = pcall(kube.with, view(t):watch(), function(w)
    used = w
    error("fish", 0)
  end)
  t:eq(ok, false)
  t:eq(err, "fish")
  t:eq(select(2, used:next()), "closed")
end

function test_leaving_the_selector_is_deleted(t)
  local w = view(t):filter{labels = {app = "web"}}:watch()
  local a = configmap(t, "a")
  t:eq(w:next(0), nil)
  a.meta.labels:set("app", "web")
  t:eq(event(w), "ADDED a")
  a.meta.labels:set("tier", "front")
  t:eq(event(w), "MODIFIED a")
  a.meta.labels:set("app", "db")
  t:eq(event(w), "DELETED a")
  a.meta.labels:set("tier", "back")
  a.meta.labels:set("app", "web")
  t:eq(event(w), "ADDED a")
  a:delete()
  t:eq(event(w), "DELETED a")
  w:close()
end

function test_field_selectors(t)
  local w = view(t):filter{fields = {["metadata.name"] = "b"}}:watch()
  configmap(t, "a")
  configmap(t, "b")
  t:eq(event(w), "ADDED b")
  t:eq(w:next(0), nil)
  w:close()
end

function test_a_namesake_is_deleted_then_added(t)
  local a = configmap(t, "a")
  local w = view(t):watch{initial = true}
  t:eq(event(w), "ADDED a")
  t:eq(event(w), "ADDED kube-root-ca.crt")
  a:delete()
  local again = configmap(t, "a")
  local ev = w:next(60)
  t:eq(ev.evtype, "DELETED")
  t:eq(ev.item.meta.uid, a.meta.uid)
  ev = w:next(60)
  t:eq(ev.evtype, "ADDED")
  t:eq(ev.item, again)
  w:close()
end

function test_all_namespaces(t)
  local w = cluster.configmaps:filter{labels = {test = t.namespace}}:watch()
  configmap(t, "a", {test = t.namespace})
  t:eq(w:next(60).item.meta.namespace, t.namespace)
  w:close()
end

function test_cluster_scoped(t)
  local w = cluster.namespaces:filter{fields = {["metadata.name"] = t.namespace}}:watch{initial = true}
  t:eq(event(w), "ADDED " .. t.namespace)
  cluster.namespaces:fetch(t.namespace).meta.labels:set("app", "x")
  t:eq(event(w), "MODIFIED " .. t.namespace)
  w:close()
end

function test_an_items_watch(t)
  local a = configmap(t, "a")
  local w = a:watch()
  configmap(t, "b")
  local second = a.meta.labels:set("n", "1")
  local third = a.meta.labels:set("n", "2")
  local ev = w:next(60)
  t:eq(ev.evtype, "MODIFIED")
  t:eq(ev.item, second)
  t:eq(w:next(60).item, third)
  third:delete()
  local kinds = {}
  for event in w do
    kinds[#kinds + 1] = event.evtype
  end
  t:eq(kinds, {"DELETED"})
  t:eq(select(2, w:next()), "closed")
  w:close()
end

function test_an_items_watch_starts_at_its_version(t)
  local a = configmap(t, "a")
  a.meta.labels:set("n", "1")
  a.meta.labels:set("n", "2")
  local w = a:watch()
  t:eq(w:next(60).item.meta.labels.n, "1")
  t:eq(w:next(60).item.meta.labels.n, "2")
  t:eq(w:next(0), nil)
  w:close()
  w = a:fetch():watch()
  t:eq(w:next(0.05), nil)
  w:close()
  w = a:watch{initial = true}
  local ev = w:next(60)
  t:eq(ev.evtype, "ADDED")
  t:eq(ev.item.meta.name, "a")
  w:close()
end

function test_an_items_watch_of_what_was_deleted(t)
  local a = configmap(t, "a")
  a:delete()
  local again = configmap(t, "a")
  local w = a:watch()
  local ev = w:next(60)
  t:eq(ev.evtype, "DELETED")
  t:eq(ev.item.meta.uid, a.meta.uid)
  t:eq(select(2, w:next(60)), "closed")
  w = again:watch()
  again.meta.labels:set("n", "1")
  t:eq(event(w), "MODIFIED a")
  w:close()
end

function test_options_narrow_the_view(t)
  local w = cluster.configmaps:watch{namespace = t.namespace, labels = {app = "web"}, fields = {["metadata.name"] = "a"}, initial = true}
  configmap(t, "b", {app = "web"})
  configmap(t, "a", {app = "web"})
  t:eq(event(w), "ADDED a")
  t:eq(w:next(0), nil)
  w:close()
  w = cluster.configmaps:filter{labels = "app"}:watch{namespace = t.namespace, labels = "app!=db", initial = true}
  t:eq({event(w), event(w)}, {"ADDED a", "ADDED b"})
  w:close()
  local v = cluster.configmaps
  v:watch{labels = ""} --> error: "option labels is an empty selector"
  v:watch{labels = {}} --> error: "an empty selector would match everything"
  v:watch{labels = "a=b=c"} --> error: "label selector"
  v:watch{namespace = ""} --> error: "option namespace is empty"
  v:watch{namespace = "A"} --> error: "can't be the name of a namespace"
  cluster.nodes:watch{namespace = "a"} --> error: "nodes do not live in namespaces"
  v:watch{label = "a"} --> error: "unknown option "label" (did you mean "labels"?)"
  v:watch{initial = 1} --> error: "option initial must be a boolean"
  v:watch{initial = true, since = "5"} --> error: "(initial, since)"
  v:watch{since = "0"} --> error: "is not a resource version"
  v:watch{since = "yesterday"} --> error: "is not a resource version"
  v:watch{resync = 0} --> error: "option resync is 0"
  v:watch{resync = "often"} --> error: "option resync must be a duration"
  configmap(t, "c"):watch{labels = "a"} --> error: "unknown option "labels""
end

function test_sync_tells_that_all_was_delivered(t)
  configmap(t, "a", {app = "web"})
  local w = view(t):watch{labels = "app", initial = true, sync = true}
  t:eq(event(w), "ADDED a")
  local ev = w:next(60)
  t:eq(ev.evtype, ev.SYNC)
  t:eq(ev.evtype, kube.WatchEventType.SYNC)
  t:eq(ev.item, nil)
  t:eq(ev.synthetic, false)
  t:eq(tostring(ev), "SYNC")
  configmap(t, "b", {app = "web"})
  t:eq(event(w), "ADDED b")
  w:close()
  w = view(t):watch{labels = "app=none", initial = true, sync = true}
  t:eq(w:next(60).evtype, "SYNC")
  w:close()
  -- Nothing was listed for the reader.
  w = view(t):watch{sync = true}
  t:eq(w:next(0.05), nil)
  w:close()
end

function test_resync_shows_every_object_again(t)
  local a = configmap(t, "a", {app = "web"})
  configmap(t, "b", {app = "web"})
  local w = view(t):watch{labels = "app", resync = 1, sync = true}
  for _ = 1, 2 do
    t:eq({event(w), event(w)}, {"MODIFIED a", "MODIFIED b"})
    t:eq(w:next(60).evtype, "SYNC")
  end
  w:close()
  w = a:watch{resync = "1s", initial = true, sync = true}
  t:eq(event(w), "ADDED a")
  t:eq(w:next(60).evtype, "SYNC")
  t:eq(event(w), "MODIFIED a")
  t:eq(w:next(60).evtype, "SYNC")
  w:close()
end

function test_keep_remembers_objects(t)
  local uid = "00000000-0000-0000-0000-000000000001"
  local version = cluster.configmaps:fetch("kube-root-ca.crt", {namespace = t.namespace}).meta.version
  configmap(t, "a")
  local old = cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", namespace = t.namespace, uid = uid, resourceVersion = version}, data = {k = "v"}}
  local ev = kube.with(old:watch{keep = true}, function(w) return w:next(60) end)
  t:eq(ev.evtype, "DELETED")
  t:eq(ev.synthetic, true)
  t:eq(ev.item.raw.data.k, "v")
end

function test_pending_tells_how_far_behind(t)
  local w = view(t):watch()
  t:eq(w.pending, 0)
  t.configmaps(100)
  t:eventually(function() return w.pending == 64 end)
  for _ = 1, 100 do
    t:eq(w:next(60).evtype, "ADDED")
  end
  t:eq(w.pending, 0)
  w:close()
  t:eq(w.pending, 0)
  w = cluster.proxy:watch("api/v1", "namespaces", t.namespace, "configmaps")
  t:eventually(function() return w.pending == 64 end)
  w:close()
end

function test_a_cluster_that_is_closed_ends_its_watches(t)
  local c = kube.cluster{kubeconfig = t.kubeconfig}
  local w = c.configmaps:namespaced(t.namespace):watch{initial = true}
  local raw = c.proxy:watch("api/v1", "namespaces", t.namespace, "configmaps")
  t:eq(event(w), "ADDED kube-root-ca.crt")
  t:eq(raw:next(60).type, "ADDED")
  c:close()
  w:next() --> error: "the cluster is closed"
  raw:next() --> error: "the cluster is closed"
  w:close()
  t:eq(select(2, w:next()), "closed")
end

function test_watchers_that_are_dropped(t)
  for _ = 1, 50 do
    view(t):watch()
  end
  collectgarbage()
  local w = view(t):watch()
  configmap(t, "a")
  t:eq(event(w), "ADDED a")
  w:close()
end

function test_many_at_once(t)
  local watchers = {}
  for i = 1, 10 do
    watchers[i] = view(t):watch()
  end
  configmap(t, "a")
  for _, w in ipairs(watchers) do
    t:eq(event(w), "ADDED a")
    w:close()
  end
end

function test_a_custom_resource(t)
  local boxes = t.boxes()
  local w = boxes:watch()
  t:create{apiVersion = "suite.example.com/v1", kind = "Box", metadata = {name = "a"}, size = 3}
  local ev = w:next(60)
  t:eq(ev.item.kind, "Box")
  t:eq(ev.item.raw.size, 3)
  ev.item:delete()
  t:eq(event(w), "DELETED a")
  w:close()
end

function test_a_pod_becomes_ready(t)
  local pod = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = {{name = "x", image = "x"}}}}
  local phases = {}
  kube.with(pod:watch(), function(w)
    for ev in w do
      phases[#phases + 1] = ev.item.phase
      if ev.item.phase == kube.PodPhase.Running then
        break
      end
    end
  end)
  t:eq(phases[#phases], "Running")
end

function test_a_deletion_that_was_missed(t)
  -- A snapshot of long ago: its object is gone, and another has its name.
  local uid = "00000000-0000-0000-0000-000000000001"
  local version = cluster.configmaps:fetch("kube-root-ca.crt", {namespace = t.namespace}).meta.version
  configmap(t, "a")
  local old = cluster:item{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", namespace = t.namespace, uid = uid, resourceVersion = version}, data = {k = "v"}}
  local w = old:watch()
  local ev = w:next(60)
  t:eq(ev.evtype, "DELETED")
  t:eq(ev.synthetic, true)
  t:eq(ev.item.kind, "ConfigMap")
  t:eq(ev.item.meta.name, "a")
  t:eq(ev.item.meta.namespace, t.namespace)
  t:eq(ev.item.meta.uid, uid)
  t:eq(ev.item.meta.version, version)
  t:raises("StatusError", function() return ev.item.spec end)
  t:raises("StatusError", function() return ev.item.status end)
  t:eq(event(w), "closed")
end

function test_a_pods_deletion_that_was_missed(t)
  local version = cluster.configmaps:fetch("kube-root-ca.crt", {namespace = t.namespace}).meta.version
  t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {schedulerName = "none", containers = {{name = "x", image = "x"}}}}
  local old = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = t.namespace, uid = "00000000-0000-0000-0000-000000000001", resourceVersion = version}}
  local ev = kube.with(old:watch(), function(w) return w:next(60) end)
  t:eq(ev.synthetic, true)
  for _, name in ipairs{"phase", "containers", "conditions", "spec", "status"} do
    t:raises("StatusError", function() return ev.item[name] end)
  end
  for _, name in ipairs{"created", "labels", "annotations"} do
    t:raises("StatusError", function() return ev.item.meta[name] end)
  end
  t:raises("StatusError", function() return ev.item.raw end)
  t:eq(tostring(ev.item), "pods " .. t.namespace .. "/p")
end
