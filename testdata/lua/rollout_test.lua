-- What changes workloads.

local function workload(t, kind, name, replicas)
  return t:create{
    apiVersion = "apps/v1", kind = kind, metadata = {name = name},
    spec = {
      replicas = replicas,
      selector = {matchLabels = {app = name}},
      template = {metadata = {labels = {app = name}}, spec = {containers = {{name = "main", image = "example.com/" .. name .. ":1"}}}},
    },
  }
end

-- image gives a workload another image, and a reason.
local function image(item, tag, cause)
  local patch = {spec = {template = {spec = {containers = {{name = "main", image = "example.com/" .. item.meta.name .. ":" .. tag}}}}}}
  patch.metadata = cause and {annotations = {["kubernetes.io/change-cause"] = cause}}
  cluster.proxy:patch(item.meta.link, {patch = patch})
end

local function image_of(item) return item.spec.template.spec.containers[1].image end

function test_deployment(t)
  local web = workload(t, "Deployment", "web", 3):wait{ready = true}
  local status = web:rollout()
  t:eq({status.done, status.wanted, status.updated, status.ready, status.available, status.total, status.message, status.paused},
    {true, 3, 3, 3, 3, 3, "3 of 3 ready", false})
  t:eq(status.failed, nil)
  t:match(t.kubectl("rollout", "status", "-n", t.namespace, "deployment/web"), "successfully rolled out")

  web = web:scale(300, {wait = true})
  t:eq(web.available_replicas, 300)
  t:eq(web:rollout().message, "300 of 300 ready")
  web = web:scale(5, {wait = "2m"})
  t:eq({web.spec.replicas, web.observed_replicas, web.available_replicas}, {5, 5, 5})
  t:eq(web:scale(0, {wait = true}).observed_replicas, 0)
  web:scale(2, {wait = true})

  local before = {}
  for pod in cluster.pods:namespaced(t.namespace) do
    before[pod.meta.uid] = true
  end
  local generation = web:fetch().raw.metadata.generation
  t:raises("option wait must be a duration", web.restart, web, {wait = "soon"})
  t:raises("option wait is 0", web.restart, web, {wait = 0})
  t:raises("option wait is 0", web.scale, web, 1, {wait = "0s"})
  t:eq(web:fetch().raw.metadata.generation, generation)
  web = web:restart{wait = true}
  for pod in cluster.pods:namespaced(t.namespace):filter{fields = "status.phase=Running"} do
    if not pod.raw.metadata.deletionTimestamp then
      t:ok(not before[pod.meta.uid], "a pod made anew")
    end
  end
  t:ok(web.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"])
  t:eq(web:rollout().revision, "2")

  image(web, "2", "a new release")
  web:wait{ready = true}
  local history = web:history()
  t:eq(#history, 3)
  t:eq({history[1].revision, history[2].revision, history[3].revision}, {1, 2, 3})
  t:eq({history[3].current, history[2].current, history[3].change_cause}, {true, false, "a new release"})
  t:eq(history[1].change_cause, nil)
  t:eq(history[1].item.kind, "ReplicaSet")

  web = web:undo()
  t:eq(image_of(web), "example.com/web:1")
  t:eq(web.meta.annotations["kubernetes.io/change-cause"], nil)
  web = web:wait{ready = true}
  t:eq(#web:history(), 3)
  t:ok(not web.spec.template.metadata.labels["pod-template-hash"])
  t:match(t.kubectl("rollout", "history", "-n", t.namespace, "deployment/web"), "a new release")
  web = web:undo{revision = 3, wait = true}
  t:eq({image_of(web), web.meta.annotations["kubernetes.io/change-cause"]}, {"example.com/web:2", "a new release"})
  t:eq(web:undo{revision = web:history()[3].revision}.raw.metadata.generation, web.raw.metadata.generation)
  t:match(t:raises("LookupError", web.undo, web, {revision = 99}).message, "it has no revision 99 (it has ")
  t:eq(web:undo{revision = 1}.spec.template.metadata.annotations, nil)
end

-- What a failed rollout has left behind doesn't count for the next one.
function test_undo_of_a_failed_rollout(t)
  local web = workload(t, "Deployment", "web", 2):wait{ready = true}
  cluster.proxy:patch(web.meta.link, {patch = {spec = {
    template = {metadata = {annotations = {["localcluster.kubelua/waiting"] = "ImagePullBackOff"}}},
  }}})
  t:eq(t:raises("StatusError", web.wait, web, {ready = true}).reason, "ImagePullBackOff")
  cluster.proxy:patch(web.meta.link, {patch = {spec = {progressDeadlineSeconds = 1}}})
  web:wait{condition = "Progressing=False"}
  t:eq(t:raises("StatusError", web.wait, web, {ready = true}).reason, "ProgressDeadlineExceeded")
  t:match(web:rollout().failed, "ProgressDeadlineExceeded")
  cluster.proxy:patch(web.meta.link, {patch = {spec = {progressDeadlineSeconds = 600}}})
  t:eq(web:undo{wait = true}.available_replicas, 2)
  t:ok(web:rollout().done)
  local db = workload(t, "StatefulSet", "db", 2):wait{ready = true}
  cluster.proxy:patch(db.meta.link, {patch = {spec = {template = {metadata = {annotations = {["localcluster.kubelua/waiting"] = "ErrImagePull"}}}}}})
  t:eq(t:raises("StatusError", db.wait, db, {ready = true}).reason, "ErrImagePull")
end

function test_pause(t)
  local web = workload(t, "Deployment", "web", 1):wait{ready = true}
  t:ok(web:pause().spec.paused)
  t:ok(web:pause().spec.paused)
  image(web, "2")
  web:wait{fn = function(d) return d.observed_generation == d.raw.metadata.generation end}
  t:match(t:raises("TimeoutError", web.wait, web, {ready = true, timeout = 4}).message, "0 of 1 updated, and it is paused")
  t:ok(web:rollout().paused)
  t:match(t:raises("StatusError", web.restart, web).message, "it is paused (resume it first)")
  t:raises("StatusError", web.undo, web)
  t:eq(web:resume().spec.paused, nil)
  t:eq(web:wait{ready = true}.updated_replicas, 1)
end

function test_statefulset(t)
  local db = workload(t, "StatefulSet", "db", 2):wait{ready = true}
  db = db:scale(3, {wait = true})
  t:eq(db.status.readyReplicas, 3)
  db = db:restart{wait = true}
  image(db, "2")
  db = db:wait{ready = true}
  t:eq(db:rollout().done, true)
  t:match(t.kubectl("rollout", "status", "-n", t.namespace, "statefulset/db"), "partitioned roll out complete: 3 new pods")
  local history = db:history()
  t:eq(#history, 3)
  t:eq(history[3].item.kind, "ControllerRevision")
  db = db:undo{wait = true}
  t:eq(image_of(db), "example.com/db:1")
  t:ok(db.spec.template.metadata.annotations["kubectl.kubernetes.io/restartedAt"])
  db = db:undo{revision = 1, wait = true}
  t:eq(kube.get(db, "spec.template.metadata.annotations"), nil)
end

function test_daemonset(t)
  local agent = workload(t, "DaemonSet", "agent"):wait{ready = true}
  local nodes = agent.desired_number_scheduled
  t:ok(nodes >= 3)
  image(agent, "2")
  agent = agent:wait{ready = true}
  local status = agent:rollout()
  t:eq({status.done, status.wanted, status.message}, {true, nodes, nodes .. " of " .. nodes .. " ready"})
  agent = agent:undo{wait = true}
  t:eq(image_of(agent), "example.com/agent:1")
  agent:restart{wait = true}
  t:eq(#agent:history(), 3)
  t:raises('has no "scale"', function() return agent.scale end)
end

function test_scale_of_others(t)
  local rs = workload(t, "ReplicaSet", "rs", 1)
  t:eq(rs:scale(2, {wait = true}).available_replicas, 2)
  local rc = t:create{
    apiVersion = "v1", kind = "ReplicationController", metadata = {name = "rc"},
    spec = {replicas = 1, selector = {app = "rc"}, template = {metadata = {labels = {app = "rc"}}, spec = {containers = {{name = "main", image = "x"}}}}},
  }
  t:eq(rc:scale(2, {wait = true}).available_replicas, 2)
  t:raises("must be a whole number", rs.scale, rs, 1.5)
  t:raises("must be a whole number", rs.scale, rs, "2")
  t:raises("must be a whole number", rs.scale, rs)
  t:raises('unknown option "wat"', rs.scale, rs, 2, {wat = true})
  t:raises("ValueError", rs.scale, rs, 2 ^ 40)
end

function test_cronjob(t)
  local cron = t:create{
    apiVersion = "batch/v1", kind = "CronJob", metadata = {name = "report"},
    spec = {
      schedule = "0 0 31 12 *",
      jobTemplate = {
        metadata = {labels = {team = "sales"}, annotations = {note = "x"}},
        spec = {template = {spec = {restartPolicy = "Never", containers = {{name = "main", image = "example.com/report"}}}}},
      },
    },
  }
  t:eq(cron:suspend().spec.suspend, true)
  local job = cron:trigger{name = "report-now"}
  t:eq({job.kind, job.meta.name, job.meta.labels.team, job.meta.annotations.note}, {"Job", "report-now", "sales", "x"})
  t:eq(job.meta.annotations["cronjob.kubernetes.io/instantiate"], "manual")
  local owner = job.raw.metadata.ownerReferences[1]
  t:eq({owner.kind, owner.name, owner.uid, owner.controller, owner.blockOwnerDeletion}, {"CronJob", "report", cron.meta.uid, true, nil})
  t:eq(select(2, job:wait{any = {"Complete", "Failed"}}), "Complete")
  t:match(cron:trigger().meta.name, "^report%-manual%-")
  t:eq(t:raises("APIError", cron.trigger, cron, {name = "report-now"}).reason, "AlreadyExists")
  t:eq(cron:resume().spec.suspend, false)
  t:ok(job:suspend() and job:resume())
end

-- A custom resource is scaled in the versions that have a scale.
function test_scale_of_a_custom_resource(t)
  local group = t.namespace .. ".example.com"
  local function version(name, scale)
    return {
      name = name, served = true, storage = name == "v1",
      schema = {openAPIV3Schema = {type = "object", ["x-kubernetes-preserve-unknown-fields"] = true, properties = {
        spec = {type = "object", properties = {teeth = {type = "integer"}}},
        status = {type = "object", properties = {teeth = {type = "integer"}}},
      }}},
      subresources = {status = {}, scale = scale},
    }
  end
  local crd = cluster:create{
    apiVersion = "apiextensions.k8s.io/v1", kind = "CustomResourceDefinition", metadata = {name = "gears." .. group},
    spec = {group = group, names = {plural = "gears", kind = "Gear"}, scope = "Namespaced", versions = {
      version("v1", {specReplicasPath = ".spec.teeth", statusReplicasPath = ".status.teeth"}), version("v1beta1"),
    }},
  }
  t:defer(function() crd:delete() end)
  local gear = cluster["gears." .. group]:create({metadata = {name = "a"}, spec = {teeth = 8}}, {namespace = t.namespace})
  gear = gear:scale(12)
  t:eq(gear.kind, "Gear")
  t:eq(gear.spec.teeth, 12)
  t:raises("ValueError", gear.scale, gear, -1)
  t:raises('has no "restart"', function() return gear.restart end)
  local old = cluster:view(group .. "/v1beta1/Gear"):fetch("a", {namespace = t.namespace})
  t:raises('has no "scale"', function() return old.scale end)
end
