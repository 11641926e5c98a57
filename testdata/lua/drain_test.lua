-- Nodes: cordon, taint, drain.

-- own makes a node of the test's own, on which no other pods run.
local function own(t, name)
  name = name or t.namespace
  t:defer(function()
    local node = cluster.nodes:find(name)
    if node then
      for pod in cluster.pods:filter{fields = "spec.nodeName=" .. name} do
        pcall(pod.delete, pod)
      end
      node:delete()
    end
  end)
  return cluster:create{
    apiVersion = "v1", kind = "Node", metadata = {name = name, labels = {own = name}},
    spec = {taints = {{key = "own", value = "yes", effect = "NoSchedule"}}},
  }:wait{ready = true}
end

-- spec is that of a pod which only that node takes.
local function spec(node)
  return {
    nodeSelector = {own = node.meta.name},
    tolerations = {{key = "own", operator = "Exists"}},
    containers = {{name = "main", image = "example.com/main"}},
  }
end

local function workload(t, kind, name, replicas, pod)
  return t:create{
    apiVersion = "apps/v1", kind = kind, metadata = {name = name},
    spec = {replicas = replicas, selector = {matchLabels = {app = name}}, template = {metadata = {labels = {app = name}}, spec = pod}},
  }
end

local function names(pods)
  local list = {}
  for pod in pods do
    list[#list + 1] = pod.meta.name
  end
  table.sort(list)
  return list
end

function test_cordon(t)
  local node = own(t)
  t:eq(node:cordon().spec.unschedulable, true)
  t:eq(node:cordon().spec.unschedulable, true)
  t:eq(node:uncordon().spec.unschedulable, nil)
  t:raises('has no "cordon"', function() return cluster.namespaces:fetch(t.namespace).cordon end)
end

-- taints lists the taints of a node but those that controllers set.
local function taints(node)
  local list = {}
  for taint in node.spec.taints do
    if not taint.key:find("^node.kubernetes.io/") then
      list[#list + 1] = taint.key .. "=" .. (taint.value or "") .. ":" .. taint.effect
    end
  end
  table.sort(list)
  return list
end

function test_taint(t)
  local node = own(t)
  t:eq(taints(node:taint{key = "gpu", value = "a100", effect = "NoSchedule"}), {"gpu=a100:NoSchedule", "own=yes:NoSchedule"})
  t:eq(taints(node:taint{key = "gpu", value = "h100", effect = "NoSchedule"}), {"gpu=h100:NoSchedule", "own=yes:NoSchedule"})
  t:eq(taints(node:taint{key = "gpu", effect = "PreferNoSchedule"}), {"gpu=:PreferNoSchedule", "gpu=h100:NoSchedule", "own=yes:NoSchedule"})
  t:eq(taints(node:untaint{key = "gpu", effect = "NoSchedule"}), {"gpu=:PreferNoSchedule", "own=yes:NoSchedule"})
  t:eq(taints(node:untaint("gpu")), {"own=yes:NoSchedule"})
  t:eq(taints(node:untaint("gpu")), {"own=yes:NoSchedule"})
  t:raises("which effect?", node.taint, node, {key = "a"})
  t:raises('unknown effect of a taint "Noschedule"', node.taint, node, {key = "a", effect = "Noschedule"})
  t:raises("label key", node.taint, node, {key = "", effect = "NoSchedule"})
  t:raises("label key", node.untaint, node, "a b")
  -- None gets lost.
  task.parallel({1, 2, 3, 4, 5, 6, 7, 8}, function(i) node:taint{key = "t" .. i, effect = "PreferNoSchedule"} end)
  t:eq(#taints(node:fetch()), 9)
end

function test_grace_is_checked(t)
  local node = own(t)
  local pod = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = spec(node)}
  t:raises("the grace period is not between 0 and 100 years", node.drain, node, {grace = 1e300})
  t:eq(node:fetch().spec.unschedulable, nil)
  t:raises("the grace period is not between 0 and 100 years", pod.evict, pod, {grace = 1e300})
  t:raises("the grace period is not between 0 and 100 years", pod.delete, pod, {grace = math.huge})
end

function test_drain(t)
  local node = own(t)
  workload(t, "Deployment", "web", 3, spec(node)):wait{ready = true}
  workload(t, "DaemonSet", "agent", nil, spec(node))
  cluster.pods:namespaced(t.namespace):wait{ready = true, labels = "app=agent", count = 1}
  local bare = spec(node)
  bare.volumes = {{name = "cache", emptyDir = {}}}
  t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "bare"}, spec = bare}:wait{ready = true}
  local done = spec(node)
  done.restartPolicy = "Never"
  t:create{apiVersion = "batch/v1", kind = "Job", metadata = {name = "done"}, spec = {template = {spec = done}}}:wait{ready = true}
  t:create{
    apiVersion = "policy/v1", kind = "PodDisruptionBudget", metadata = {name = "web"},
    spec = {minAvailable = 3, selector = {matchLabels = {app = "web"}}},
  }:wait{path = "status.currentHealthy", value = 3}

  -- What can't be evicted is told at once.
  local err = t:raises("StatusError", node.drain, node, {dry_run = true})
  t:match(err.message, "drain nodes " .. node.meta.name .. ": it has pods of daemon sets")
  t:match(err.message, "pods that nobody makes anew (force evicts them): " .. t.namespace .. "/bare")
  t:match(err.message, "emptyDir volume (delete_emptydir_data evicts them): " .. t.namespace .. "/bare; nothing was changed")
  t:eq(node:fetch().spec.unschedulable, nil)
  err = t:raises("StatusError", node.drain, node, {ignore_daemonsets = true, force = true})
  t:match(err.message, "lose the data of an emptyDir volume (delete_emptydir_data evicts them): " .. t.namespace .. "/bare")
  t:match(err.message, "nothing was evicted, and the node is cordoned")
  t:ok(node:fetch().spec.unschedulable)

  local options = {ignore_daemonsets = true, force = true, delete_emptydir_data = true, dry_run = true}
  t:eq(#node:drain(options), 5)
  t:eq(#names(cluster.pods:namespaced(t.namespace)), 6)

  -- The budget blocks: other pods go meanwhile.
  options.dry_run, options.timeout, options.grace = nil, 20, 0
  err = t:raises("TimeoutError", node.drain, node, options)
  t:match(err.message, "not within 20s, the node is cordoned: 3 pods are left: ")
  t:match(err.message, "The disruption budget web needs 3 healthy pods and has 3 currently")
  local left = names(cluster.pods:namespaced(t.namespace))
  t:eq(#left, 4)
  t:match(left[1], "^agent")

  -- A pod alone is refused as well.
  local pod
  for p in cluster.pods:namespaced(t.namespace):filter{labels = "app=web"} do
    pod = p
  end
  err = t:raises("APIError", pod.evict, pod)
  t:eq(err.status_code, 429)
  t:match(err.message, "evict pods " .. t.namespace .. "/" .. pod.meta.name .. ": The disruption budget web needs 3 healthy pods")

  -- Loosened, it lets them go.
  local steps, blocked = {}, 0
  options.timeout = 60
  options.limit = 2
  options.on = function(p, what, message)
    steps[what] = (steps[what] or 0) + 1
    if what == "blocked" and blocked == 0 then
      blocked = 1
      t:match(message, "disruption budget web")
      cluster.proxy:patch("apis/policy/v1", "namespaces", t.namespace, "poddisruptionbudgets", "web",
        {type = "merge", patch = {spec = {minAvailable = 0}}})
    end
  end
  t:eq(#node:drain(options), 3)
  t:ok(steps.blocked >= 1)
  t:eq(steps.gone, 3)
  t:ok((steps.evicting or 0) <= 3)
  -- Those made anew have no node to go to.
  for p in cluster.pods:namespaced(t.namespace):filter{labels = "app=web"} do
    t:eq(p.spec.nodeName, nil)
  end
  t:eq(#node:drain(options), 0)
  t:ok(node:uncordon())
end

function test_evict(t)
  local function pod(name, selector)
    return t:create{
      apiVersion = "v1", kind = "Pod", metadata = {name = name},
      spec = {containers = {{name = "main", image = "x"}}, nodeSelector = selector},
    }
  end
  local item = pod "a"
  item:evict{grace = 0}
  item:wait{deleted = true}
  t:raises("LookupError", item.evict, item)
  -- A namesake is left alone. (kwok must not know either: it deletes by name.)
  local old = pod("b", {no = "node"})
  old:evict{grace = 0}
  old:wait{deleted = true}
  pod("b", {no = "node"})
  t:eq(t:raises("APIError", old.evict, old).reason, "Conflict")
end

-- The server evicts no pod that has two budgets; the others go.
function test_two_budgets(t)
  local node = own(t)
  workload(t, "Deployment", "web", 1, spec(node)):wait{ready = true}
  workload(t, "Deployment", "other", 2, spec(node)):wait{ready = true}
  for _, name in ipairs{"one", "two"} do
    t:create{
      apiVersion = "policy/v1", kind = "PodDisruptionBudget", metadata = {name = name},
      spec = {maxUnavailable = 1, selector = {matchLabels = {app = "web"}}},
    }:wait{path = "status.currentHealthy", value = 1}
  end
  local err = t:raises("APIError", node.drain, node)
  t:match(err.message, "1 pods were not evicted, the node is cordoned: evict pods " .. t.namespace .. "/web-")
  t:match(err.message, "more than one PodDisruptionBudget")
  t:eq(#names(cluster.pods:filter{fields = "spec.nodeName=" .. node.meta.name}), 1)
end

function test_arguments(t)
  local node = own(t)
  t:raises('unknown option "forse"', node.drain, node, {forse = true})
  t:raises("option on must be a function", node.drain, node, {on = 1})
  t:raises("the limit is negative", node.drain, node, {limit = -1})
  t:raises("option grace must be a duration", node.drain, node, {grace = "x"})
  t:eq(node:fetch().spec.unschedulable, nil)
end
