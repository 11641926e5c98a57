-- Namespaces.

-- create makes a namespace that a ConfigMap with a finalizer keeps from going.
local function held(t)
  local name = t.namespace .. "-x"
  local item = cluster:create{apiVersion = "v1", kind = "Namespace", metadata = {name = name}}
  cluster:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "hold", namespace = name, finalizers = {"example.com/hold"}}}
  local function release()
    local hold = cluster.configmaps:find("hold", {namespace = name})
    if hold then
      cluster.proxy:patch(hold.meta.link, {type = "merge", patch = {metadata = {finalizers = kube.null}}})
    end
  end
  t:defer(function()
    release()
    local left = cluster.namespaces:find(name)
    if left then
      left:delete()
    end
  end)
  return item, release
end

function test_attributes(t)
  local item = cluster.namespaces:fetch("default")
  t:eq(item.kind, kube.Kind.Namespace)
  t:eq(item.resource, "namespaces")
  t:eq(item.api_paths, {"api/v1"})
  t:eq(item.meta.name, "default")
  t:eq(item.meta.namespace, nil)
  t:eq(item.spec.finalizers, {"kubernetes"})
  t:eq(item.NamespacePhase.Active, "Active")
end

function test_view(t)
  t:eq(cluster.namespaces.kind, kube.Kind.NamespaceList)
  t:eq(cluster.namespaces.resource, "namespaces")
  t:eq(cluster.namespaces.namespace, nil)
  local names = {}
  for item in cluster.namespaces do
    names[item.meta.name] = item.phase
  end
  t:eq(names.default, "Active")
  t:eq(names["kube-system"], "Active")
  t:raises("NamespaceError", cluster.namespaces.namespaced, cluster.namespaces, "default")
  t:raises("NamespaceError", cluster.namespaces.fetch, cluster.namespaces, "default", {namespace = "default"})
  t:raises("LookupError", cluster.namespaces.fetch, cluster.namespaces, "no-such-namespace")
end

function test_phase(t)
  local item, release = held(t)
  t:eq(item.phase, kube.NamespacePhase.Active)
  item:delete()
  t:eq(item.phase, "Active")
  local going = item:fetch()
  t:eq(going.phase, kube.NamespacePhase.Terminating)
  t:eq(t.kubectl("get", "namespace", item.meta.name, "-o", "jsonpath={.status.phase}"), "Terminating")
  release()
  t:eventually(function() return not cluster.namespaces:find(item.meta.name) end)
end

function test_phase_that_is_not_there(t)
  local item = cluster:item{apiVersion = "v1", kind = "Namespace", metadata = {name = "x"}}
  local _ = item.phase --> error: "namespaces x has no phase"
  t:raises("StatusError", function() return item.phase end)
end

function test_deleting_twice_is_no_conflict(t)
  local item, release = held(t)
  for _ = 1, 5 do
    t:eq(item:delete(), nil)
  end
  t:eq(item:fetch():delete(), nil)
  t:eq(item:fetch().phase, "Terminating")
  release()
  t:eventually(function() return not cluster.namespaces:find(item.meta.name) end)
  t:raises("LookupError", item.delete, item)
end

function test_deleting_a_namesake_is_a_conflict(t)
  local name = t.namespace .. "-x"
  local data = {apiVersion = "v1", kind = "Namespace", metadata = {name = name}}
  local item = cluster:create(data)
  item:delete()
  local again = t:eventually(function()
    local ok, made = pcall(cluster.create, cluster, data)
    return ok and made
  end)
  local err = t:raises("APIError", item.delete, item)
  t:eq(err.reason, "Conflict")
  t:eq(again:fetch().phase, "Active")
  again:delete()
end

function test_watch(t)
  local item, release = held(t)
  local w = item:watch()
  item:delete()
  release()
  local phases = {}
  for ev in w do
    phases[#phases + 1] = ev.evtype == "MODIFIED" and ev.item.phase or ev.evtype
  end
  t:eq(phases[#phases], "DELETED")
  w:close()
end
