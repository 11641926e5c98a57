-- kube.Kind and the other enumerations, kube.kindimpl.

local kinds = {
  "DaemonSet", "Deployment", "Node", "Namespace", "Pod", "ReplicaSet", "ReplicationController", "Service", "Secret",
}

local function check(t, enum, names)
  for _, name in ipairs(names) do
    t:eq(enum[name], name)
    t:eq(type(enum[name]), "string")
  end
  t:eq(#enum, #names)
  local seen = {}
  for name, value in pairs(enum) do
    t:eq(name, value)
    seen[#seen + 1] = name
  end
  table.sort(seen)
  local want = {unpack(names)}
  table.sort(want)
  t:eq(seen, want)
end

function test_kind(t)
  local names = {}
  for _, kind in ipairs(kinds) do
    names[#names + 1] = kind
    names[#names + 1] = kind .. "List"
  end
  check(t, kube.Kind, names)
end

function test_the_other_enumerations(t)
  check(t, kube.WatchEventType, {"ADDED", "MODIFIED", "DELETED", "SYNC", "ERROR"})
  check(t, kube.PodPhase, {"Pending", "Running", "Succeeded", "Failed", "Unknown"})
  check(t, kube.NamespacePhase, {"Active", "Terminating"})
  check(t, kube.AddressType, {"ExternalIP", "InternalIP", "Hostname", "ExternalDNS", "InternalDNS"})
  t:eq(kube.SecretType.Opaque, "Opaque")
  t:eq(kube.SecretType["kubernetes.io/tls"], "kubernetes.io/tls")
end

function test_a_wrong_name_raises(t)
  local _ = kube.Kind.Pdo --> error: "has no "Pdo" (did you mean "Pod""
  _ = kube.PodPhase.running --> error: ""Running""
  _ = kube.WatchEventType.CREATED --> error: "CREATED"
  _ = kube.Kind[1] --> error: "has no "1""
  t:raises("ValueError", function() return kube.SecretType.opaque end)
end

function test_enumerations_are_read_only(t)
  kube.Kind.Pod = "Pot" --> error: "can't set "Pod" of enum"
  kube.PodPhase.Sleeping = "Sleeping" --> error: "can't set "Sleeping" of enum"
  t:eq(kube.Kind.Pod, "Pod")
  t:raises("table expected", setmetatable, kube.Kind, {})
end

function test_items_carry_the_enumeration_of_their_kind(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {phase = "Running"}}
  t:eq(pod.PodPhase, kube.PodPhase)
  t:eq(pod.phase, pod.PodPhase.Running)
  local namespace = cluster.namespaces:fetch("default")
  t:eq(namespace.NamespacePhase, kube.NamespacePhase)
  t:eq(namespace.phase, namespace.NamespacePhase.Active)
  local secret = cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "s", namespace = "x"}, type = "Opaque"}
  t:eq(secret.SecretType, kube.SecretType)
  t:eq(secret.type, secret.SecretType.Opaque)
  local _ = pod.SecretType --> error: ""SecretType""
end

function test_the_servers_string_counts_in_the_enumeration_or_not(t)
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}, status = {phase = "Dreaming"}}
  t:eq(pod.phase, "Dreaming")
end

function test_kindimpl(t)
  for _, kind in ipairs(kinds) do
    local impl, list = kube.kindimpl(kind), kube.kindimpl(kind .. "List")
    t:eq(impl.kind, kind)
    t:eq(list.kind, kind .. "List")
    t:eq(impl.is_view, false)
    t:eq(list.is_view, true)
    t:eq(impl.resource, kind:lower() .. "s")
    t:eq(list.resource, impl.resource)
    t:eq(impl.api_paths, {kind:find("Set$") and "apis/apps/v1" or kind == "Deployment" and "apis/apps/v1" or "api/v1"})
    t:eq(list.api_paths, kube.totable(impl.api_paths))
    t:eq(cluster[impl.resource].kind, list.kind)
  end
  t:eq(kube.kindimpl(kube.Kind.Pod).resource, "pods")
  t:eq(kube.kindimpl("Pod"), kube.kindimpl("Pod"))
  t:ne(kube.kindimpl("Pod"), kube.kindimpl("PodList"))
end

function test_kindimpl_of_an_unknown_kind(t)
  t:match(t:raises("ValueError", kube.kindimpl, "Pdo").message, 'unknown kind "Pdo" (did you mean "Pod"')
  kube.kindimpl("CronJobish") --> error: "unknown kind "CronJobish""
  kube.kindimpl() --> error: "the kind must be a string, not nil"
  kube.kindimpl(5) --> error: "the kind must be a string, not number"
end

function test_kindimpl_is_read_only(t)
  local impl = kube.kindimpl("Pod")
  impl.kind = "x" --> error: "can't set "kind" of kind"
  impl.api_paths[1] = "x" --> error: "can't set "1" of sequence"
  local _ = impl.resorce --> error: "did you mean "resource""
end

function test_kind_of_items_and_views(t)
  t:eq(cluster.nodes:fetch("node-0").kind, kube.Kind.Node)
  t:eq(cluster.nodes.kind, kube.Kind.NodeList)
  for kind, name in pairs(kube.Kind) do
    local impl = kube.kindimpl(kind)
    t:eq(impl.kind, name)
  end
end
