-- Waiting for objects.

-- pod makes a pod whose kubelet is told how to play it.
local function pod(t, name, annotations, labels)
  return t:create{
    apiVersion = "v1", kind = "Pod",
    metadata = {name = name, labels = labels, annotations = annotations},
    spec = {containers = {{name = "main", image = "example.com/" .. name}}},
  }
end

-- workload makes a workload of pods that are told so.
local function workload(t, kind, name, replicas, annotations, spec)
  local object = {
    apiVersion = kind == "Job" and "batch/v1" or "apps/v1", kind = kind,
    metadata = {name = name},
    spec = {
      template = {
        metadata = {labels = {app = name}, annotations = annotations},
        spec = {containers = {{name = "main", image = "example.com/" .. name}}},
      },
    },
  }
  if kind == "Job" then
    object.spec.template.spec.restartPolicy = "Never"
  else
    object.spec.selector = {matchLabels = {app = name}}
    object.spec.replicas = replicas
  end
  for key, value in pairs(spec or {}) do
    object.spec[key] = value
  end
  return t:create(object)
end

local waiting = "localcluster.kubelua/waiting"

function test_ready(t)
  local item, what = pod(t, "a"):wait{ready = true}
  t:eq(what, "ready")
  t:eq(item.phase, "Running")
  t:eq(item:wait{condition = "Ready"}.meta.uid, item.meta.uid)
  local _, fired = item:wait{condition = "ready=true", timeout = 0}
  t:eq(fired, "ready=true")
  t:eq(select(2, item:wait{path = "status.phase", value = "Running"}), "status.phase")
  t:eq(select(2, item:wait{path = "status.podIP"}), "status.podIP")
end

function test_ready_of_kinds(t)
  t:ok(workload(t, "Deployment", "web", 3):wait{ready = true}.available_replicas == 3)
  t:ok(workload(t, "ReplicaSet", "rs", 2):wait{ready = true}.available_replicas == 2)
  t:ok(workload(t, "StatefulSet", "db", 2):wait{ready = true}.status.readyReplicas == 2)
  t:ok(workload(t, "DaemonSet", "agent"):wait{ready = true}.number_ready > 0)
  t:ok(workload(t, "Job", "import"):wait{ready = true}.status.succeeded == 1)
  t:eq(cluster.nodes:fetch("node-0"):wait{ready = true}.meta.name, "node-0")
  t:eq(cluster.namespaces:fetch(t.namespace):wait{ready = true}.phase, "Active")
  local claim = t:create{
    apiVersion = "v1", kind = "PersistentVolumeClaim", metadata = {name = "data"},
    spec = {accessModes = {"ReadWriteOnce"}, storageClassName = "standard", resources = {requests = {storage = "1Gi"}}},
  }
  t:eq(claim:wait{ready = true}.status.phase, "Bound")
  t:ok(t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c"}}:wait{ready = true})
  t:boxes()
  t:ok(cluster.customresourcedefinitions:fetch("boxes.suite.example.com"):wait{ready = true})
  t:ok(cluster.apiservices:fetch("v1.apps"):wait{ready = true})
  local balanced = t:create{
    apiVersion = "v1", kind = "Service", metadata = {name = "s"},
    spec = {type = "LoadBalancer", ports = {{port = 80}}},
  }
  t:match(t:raises("TimeoutError", balanced.wait, balanced, {ready = true, timeout = 0}).message, "the load balancer has no address yet")
  cluster.proxy:patch(balanced.meta.link .. "/status", {type = "merge", patch = {status = {loadBalancer = {ingress = {{ip = "192.0.2.1"}}}}}})
  t:eq(balanced:wait{ready = true}.loadbalancer_ingress[1], "192.0.2.1")
end

-- A custom resource is ready by its condition, of the newest spec.
function test_ready_custom(t)
  t.boxes()
  local box = t:create{apiVersion = "suite.example.com/v1", kind = "Box", metadata = {name = "a"}}
  local function look(status)
    cluster.proxy:patch(box.meta.link, {type = "merge", patch = {status = status}})
    return t:raises("TimeoutError", box.wait, box, {ready = true, timeout = 0}).message
  end
  t:match(look{}, "neither a condition Ready nor Available")
  local later = task.spawn(function() return box:wait{ready = true} end)
  t:match(look{conditions = {{type = "Ready", status = "False", reason = "Painting", message = "still\n wet"}}},
    "condition Ready is False: Painting: still wet")
  -- It has been changed since the condition was written.
  local old = box:fetch().raw.metadata.generation
  t:ok(old > 1, "generations count")
  t:match(look{observedGeneration = 1, conditions = {{type = "Ready", status = "True"}}}, "that is about an older spec")
  t:match(t:raises("TimeoutError", box.wait, box, {condition = "Ready", timeout = 0}).message, "older spec")
  t:match(look{observedGeneration = 1000, conditions = {{type = "Ready", status = "True", observedGeneration = 1}}}, "older spec")
  cluster.proxy:patch(box.meta.link, {type = "merge", patch = {status = {conditions = {{type = "Ready", status = "True"}}}}})
  t:eq(later:wait{timeout = 60}.meta.name, "a")
end

function test_any(t)
  local item, fired = workload(t, "Job", "good"):wait{any = {"Complete", "Failed"}}
  t:eq(fired, "Complete")
  t:eq(item.status.succeeded, 1)
  item, fired = workload(t, "Job", "bad", nil, {[waiting] = "ContainerCreating"}, {activeDeadlineSeconds = 1}):wait{any = {"Complete", "Failed"}}
  t:eq(fired, "Failed")
  t:eq(item.meta.name, "bad")
  local err = t:raises("StatusError", item.wait, item, {condition = "Complete"})
  t:match(err.message, "DeadlineExceeded")
  t:eq(err.reason, "DeadlineExceeded")
  t:eq(select(2, item:wait{any = {"ready", "Failed=True"}}), "Failed=True")
end

function test_deleted(t)
  local item = pod(t, "a")
  local waiter = task.spawn(function() return item:wait{deleted = true} end)
  t:match(t:raises("TimeoutError", item.wait, item, {deleted = true, timeout = 0}).message, "nobody has deleted it")
  item:delete()
  local last, fired = waiter:wait{timeout = 60}
  t:eq(fired, "deleted")
  t:eq(last.meta.uid, item.meta.uid)
  t:eq(select(2, item:wait{deleted = true}), "deleted")
  t:eq(select(2, cluster.pods:wait{name = "a", namespace = t.namespace, deleted = true}), "deleted")
  t:eq(#cluster.pods:namespaced(t.namespace):wait{deleted = true}, 0)
  t:raises("LookupError", item.wait, item, {ready = true})
  -- A namesake is another object.
  pod(t, "a")
  t:eq(select(2, item:wait{deleted = true}), "deleted")
  t:raises("LookupError", item.wait, item, {ready = true})
end

function test_deleted_meanwhile(t)
  local item = pod(t, "a", {[waiting] = "ContainerCreating"})
  local waiter = task.spawn(function() return item:wait{ready = true} end)
  item:wait{path = "status.phase", value = "Pending"}
  item:delete()
  t:match(t:raises("LookupError", waiter.wait, waiter, 60).message, "it was deleted")
end

function test_finalizers(t)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "held", finalizers = {"example.com/hold"}}}
  item:delete()
  t:match(t:raises("TimeoutError", item.wait, item, {deleted = true, timeout = 4}).message, "example.com/hold")
  cluster.proxy:patch(item.meta.link, {type = "merge", patch = {metadata = {finalizers = kube.null}}})
  item:wait{deleted = true}
end

function test_fn(t)
  local item = pod(t, "a")
  local first = task.queue(1)
  local waiter = task.spawn(function()
    local told = false
    return item:wait{fn = function(p)
      if not told then
        told = true
        first:put(true) -- it may wait
      end
      return p.meta.labels.color
    end}
  end)
  first:get()
  item.meta.labels:set("color", "red")
  local newest, value = waiter:wait{timeout = 60}
  t:eq(value, "red")
  t:eq(newest.meta.labels.color, "red")
  t:raises("oops", item.wait, item, {fn = function() error("oops") end})
  t:match(t:raises("TimeoutError", item.wait, item, {fn = function() end, timeout = 0.1}).message, "not within 100ms")
  -- The run's own end goes through.
  t:raises("TimeoutError", task.timeout, 0.1, function() item:wait{fn = function() end} end)
end

function test_by_name(t)
  local pods = cluster.pods:namespaced(t.namespace)
  local ready = task.spawn(function() return pods:wait{name = "late", ready = true} end)
  local exists = task.spawn(function() return cluster.pods:wait{name = "late", namespace = t.namespace} end)
  t:match(t:raises("TimeoutError", pods.wait, pods, {name = "late", timeout = 0}).message, "it does not exist")
  local made = pod(t, "late")
  local item, fired = ready:wait{timeout = 60}
  t:eq(item.meta.uid, made.meta.uid)
  t:eq(fired, "ready")
  t:eq(select(2, exists:wait{timeout = 60}), "exists")
  t:raises("NamespaceError", cluster.pods.wait, cluster.pods, {name = "late"})
end

-- Who waits for a name waits for whoever has it. (With pods kwok may delete the
-- second one: it deletes by name.)
function test_by_name_replaced(t)
  local maps = cluster.configmaps:namespaced(t.namespace)
  local function map(done) return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {done = done}} end
  local old = map "no"
  local seen = task.queue(1)
  local waiter = task.spawn(function()
    return maps:wait{name = "a", fn = function(item)
      seen:put(item.meta.uid)
      return item.raw.data.done == "yes"
    end}
  end)
  t:eq(seen:get(), old.meta.uid)
  old:delete()
  old:wait{deleted = true}
  local new = map "yes"
  t:eq(waiter:wait{timeout = 60}.meta.uid, new.meta.uid)
end

function test_selector(t)
  local pods = cluster.pods:namespaced(t.namespace)
  local three = task.spawn(function() return pods:wait{ready = true, count = 3, labels = {app = "x"}} end)
  for i = 1, 3 do
    pod(t, "x" .. i, nil, {app = "x"})
  end
  pod(t, "other", {[waiting] = "ContainerCreating"})
  local list = three:wait{timeout = 60}
  t:eq(#list, 3)
  t:eq(list[1].meta.name, "x1")
  t:eq(#pods:filter{labels = "app=x"}:wait{ready = true}, 3)
  t:eq(#pods:wait{ready = true, count = 1} >= 1, true)
  pods:wait{name = "other", condition = "Ready=False"}
  local err = t:raises("TimeoutError", pods.wait, pods, {ready = true, timeout = 4})
  t:match(err.message, "3 of 4 did; other: condition Ready is False: ContainersNotReady")
  t:match(t:raises("TimeoutError", pods.wait, pods, {ready = true, labels = "app=none", timeout = 0}).message, "there is none")
  t:eq(#pods:wait{fn = function(p) return p.meta.name ~= "other" end, count = 3}, 3)
end

function test_image(t)
  local item = pod(t, "a", {[waiting] = "ImagePullBackOff"})
  local err = t:raises("StatusError", item.wait, item, {ready = true})
  t:match(err.message, "wait for pods " .. t.namespace .. "/a to be ready: container main: ImagePullBackOff: container main is told to wait")
  t:eq(err.reason, "ImagePullBackOff")
  err = t:raises("TimeoutError", item.wait, item, {ready = true, patient = true, timeout = 4})
  t:match(err.message, "ImagePullBackOff")
  t:raises("TimeoutError", item.wait, item, {condition = "Ready=Unknown", timeout = 0.2})
end

function test_image_of_workloads(t)
  for _, kind in ipairs{"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job"} do
    local item = workload(t, kind, kind:lower(), kind ~= "DaemonSet" and 2 or nil, {[waiting] = "ErrImagePull"})
    local err = t:raises("StatusError", item.wait, item, {ready = true})
    t:match(err.message, "/" .. kind:lower())
    t:match(err.message, ": container main: ErrImagePull: ")
    t:eq(err.reason, "ErrImagePull")
  end
end

function test_crash(t)
  local item = workload(t, "Deployment", "web", 2, {[waiting] = "CrashLoopBackOff"})
  local err = t:raises("StatusError", item.wait, item, {condition = "Available"})
  t:match(err.message, "deployments " .. t.namespace .. "/web to get Available: pods ")
  t:match(err.message, "container main: CrashLoopBackOff: back-off 5m0s restarting failed container=main (5 restarts, last exit code 1)")
  -- It says so, but goes on.
  err = t:raises("TimeoutError", item.wait, item, {ready = true, patient = true, timeout = 5})
  t:match(err.message, "0 of 2 ready; pods ")
  -- What it will never be is waited for.
  item:wait{condition = "Available=False"}
  -- Old pods don't count.
  local newest = cluster.proxy:patch(item.meta.link, {type = "merge", patch = {spec = {template = {metadata = {annotations = {[waiting] = kube.null}}}}}})
  t:ok(newest)
  t:eq(item:wait{ready = true}.available_replicas, 2)
end

-- A Job deals with crashes by itself.
function test_crash_of_job(t)
  local item = workload(t, "Job", "import", nil, {[waiting] = "CrashLoopBackOff"})
  cluster.pods:namespaced(t.namespace):wait{path = "status.containerStatuses", count = 1}
  local err = t:raises("TimeoutError", item.wait, item, {ready = true, timeout = 4})
  t:match(err.message, "0 of 1 succeeded; pods ")
  t:match(err.message, "CrashLoopBackOff")
end

function test_unschedulable(t)
  local item = workload(t, "Deployment", "gpu", 1)
  cluster.proxy:patch(item.meta.link, {type = "merge", patch = {spec = {template = {spec = {nodeSelector = {gpu = "yes"}}}}}})
  local pods = cluster.pods:namespaced(t.namespace)
  pods:wait{condition = "PodScheduled=False", count = 1}
  local err = t:raises("TimeoutError", item.wait, item, {ready = true, timeout = 3})
  t:match(err.message, "Unschedulable: 0/")
end

function test_quota(t)
  t:create{apiVersion = "v1", kind = "ResourceQuota", metadata = {name = "few"}, spec = {hard = {pods = "1"}}}
  cluster.resourcequotas:wait{name = "few", namespace = t.namespace, path = "status.hard.pods"}
  for _, kind in ipairs{"Deployment", "StatefulSet", "ReplicaSet", "DaemonSet", "Job"} do
    local item = workload(t, kind, kind:lower(), kind ~= "DaemonSet" and 3 or nil)
    local err = t:raises("StatusError", item.wait, item, {ready = true})
    t:match(err.message, "FailedCreate: ")
    t:match(err.message, "exceeded quota: few")
    t:eq(err.reason, "FailedCreate")
  end
end

function test_progress_deadline(t)
  local item = workload(t, "Deployment", "slow", 1, {[waiting] = "ContainerCreating"}, {progressDeadlineSeconds = 1})
  local err = t:raises("StatusError", item.wait, item, {ready = true})
  t:match(err.message, "ProgressDeadlineExceeded: ")
  t:eq(err.reason, "ProgressDeadlineExceeded")
end

function test_arguments(t)
  local item, view = cluster.nodes:fetch("node-0"), cluster.nodes
  t:raises("wait: for what?", item.wait, item)
  t:raises("ValueError", item.wait, item, {})
  t:raises("only one of", item.wait, item, {ready = true, condition = "Ready"})
  t:raises("option ready can only be true", item.wait, item, {ready = false})
  t:raises("is not a condition", item.wait, item, {condition = "=x"})
  t:raises("is not a condition", item.wait, item, {any = {"Ready="}})
  t:raises("option any must be a list of strings", item.wait, item, {any = {}})
  t:raises("option any must be a list of strings", item.wait, item, {any = {1}})
  t:raises("is not a path", item.wait, item, {path = "a..b"})
  t:raises("is not a path", item.wait, item, {path = "{.status.phase}"})
  t:eq(select(2, item:wait{path = "status.conditions[1].type"}), "status.conditions[1].type")
  t:raises("TimeoutError", item.wait, item, {path = "status.conditions[1].type", value = "", timeout = 0})
  t:raises([["A B" can't be the name]], cluster.pods.wait, cluster.pods, {name = "A B", namespace = t.namespace})
  t:raises("option value goes with option path", item.wait, item, {ready = true, value = "x"})
  t:raises("option fn must be a function", item.wait, item, {fn = 1})
  t:raises("option timeout must be a duration", item.wait, item, {ready = true, timeout = -1})
  t:raises('unknown option "redy" (did you mean "ready"?)', item.wait, item, {redy = true})
  t:raises("option count must be", view.wait, view, {ready = true, count = 0})
  t:raises("count goes without name", view.wait, view, {name = "node-0", ready = true, count = 1})
  t:raises("deleted or something else", view.wait, view, {any = {"deleted", "Ready"}})
  t:eq(select(2, item:wait{ready = true, timeout = math.huge}), "ready")
end
