--- Loads a small shop into a cluster and waits until it has settled: what a
--- team would run, with what goes wrong on a usual day. Run again, it creates
--- what is missing and leaves the rest alone.
---
--- usage: kubelua --local load.lua
---
--- It is meant for the local cluster, whose nodes play what goes wrong: the
--- annotation localcluster.kubelua/waiting has a container wait for the reason
--- that it gives, and a label of kwok's has a pod fail.

--- Seconds until loading gives up.
local patience = 60

local created = 0

--- Creates an object unless it is there.
---@param object table
local function ensure(object)
  local ok, err = pcall(cluster.create, cluster, object)
  if ok then
    created = created + 1
  elseif not (kube.is(err, "APIError") and err.reason == "AlreadyExists") then
    error(err, 0)
  end
end

--- Makes the metadata of an object of an application.
---@param namespace string
---@param app string
---@return table
local function metadata(namespace, app)
  return { namespace = namespace, name = app, labels = { app = app, team = namespace } }
end

--- Makes a workload: its pods carry its labels, and options go into the pod.
---@param kind string
---@param namespace string
---@param app string
---@param options { replicas?: integer, image: string, annotations?: table, node_selector?: table, tolerations?: table }
---@return table
local function workload(kind, namespace, app, options)
  local meta = metadata(namespace, app)
  local object = {
    apiVersion = kind == "ReplicationController" and "v1" or "apps/v1",
    kind = kind,
    metadata = meta,
    spec = {
      replicas = options.replicas,
      selector = kind == "ReplicationController" and { app = app } or { matchLabels = { app = app } },
      template = {
        metadata = { labels = meta.labels, annotations = options.annotations },
        spec = {
          containers = { { name = app, image = options.image } },
          nodeSelector = options.node_selector,
          tolerations = options.tolerations,
        },
      },
    },
  }
  return object
end

--- Makes a service in front of an application.
---@param namespace string
---@param app string
---@param port integer
---@return table
local function service(namespace, app, port)
  return {
    apiVersion = "v1",
    kind = "Service",
    metadata = metadata(namespace, app),
    spec = { selector = { app = app }, ports = { { port = port } } },
  }
end

--- Makes a secret.
---@param namespace string
---@param name string
---@param data table<string, string>
---@return table
local function secret(namespace, name, data)
  return { apiVersion = "v1", kind = "Secret", metadata = { namespace = namespace, name = name }, stringData = data }
end

--- Everything, in the order in which it is created.
local objects = {
  -- shop: all is well, but nobody has a node with a GPU.
  workload("Deployment", "shop", "frontend", { replicas = 4, image = "shop/frontend:2.14.0" }),
  workload("Deployment", "shop", "catalog", { replicas = 3, image = "shop/catalog:1.9.2" }),
  workload("Deployment", "shop", "cart", { replicas = 2, image = "shop/cart:1.4.0" }),
  workload("Deployment", "shop", "recommender", {
    replicas = 2,
    image = "shop/recommender:0.3.1",
    node_selector = { accelerator = "gpu" },
  }),
  workload("ReplicationController", "shop", "mailer", { replicas = 2, image = "shop/mailer:0.9.7" }),
  service("shop", "frontend", 80),
  service("shop", "catalog", 8080),
  service("shop", "cart", 8080),
  secret("shop", "catalog-db", { username = "catalog", password = "correct horse" }),
  {
    apiVersion = "batch/v1",
    kind = "Job",
    metadata = metadata("shop", "price-import"),
    spec = {
      template = {
        metadata = { labels = { app = "price-import", team = "shop" } },
        spec = { restartPolicy = "Never", containers = { { name = "import", image = "shop/tools:3.2.0" } } },
      },
    },
  },

  -- payments: a worker crashes, an image is missing, a one-off pod has failed.
  workload("Deployment", "payments", "api", { replicas = 3, image = "payments/api:5.0.3" }),
  workload("Deployment", "payments", "worker", {
    replicas = 2,
    image = "payments/worker:5.0.3",
    annotations = { ["localcluster.kubelua/waiting"] = "CrashLoopBackOff" },
  }),
  workload("Deployment", "payments", "fraud-check", {
    replicas = 1,
    image = "payments/fraud-check:lastest",
    annotations = { ["localcluster.kubelua/waiting"] = "ImagePullBackOff" },
  }),
  workload("ReplicaSet", "payments", "ledger-v3", { replicas = 2, image = "payments/ledger:3.1.0" }),
  service("payments", "api", 443),
  secret("payments", "card-gateway", { token = "not-a-real-token" }),
  {
    apiVersion = "v1",
    kind = "Pod",
    metadata = {
      namespace = "payments",
      name = "backfill-2025",
      labels = {
        app = "backfill",
        team = "payments",
        ["pod-container-running-failed.stage.kwok.x-k8s.io"] = "true",
      },
    },
    spec = { restartPolicy = "Never", containers = { { name = "backfill", image = "payments/tools:1.1.0" } } },
  },

  -- monitoring: a pod on every node, also on the one under maintenance.
  workload("DaemonSet", "monitoring", "node-exporter", { image = "monitoring/node-exporter:1.9.0" }),
  workload("Deployment", "monitoring", "prometheus", { replicas = 1, image = "monitoring/prometheus:3.5.0" }),
  workload("Deployment", "monitoring", "grafana", { replicas = 1, image = "monitoring/grafana:12.1.0" }),
  service("monitoring", "prometheus", 9090),
  service("monitoring", "grafana", 3000),
}

--- Tells whether a workload has all its replicas.
local function complete(item)
  return kube.get(item, "status.readyReplicas") == item.spec.replicas
end

--- Makes a test for a condition.
---@param kind string
---@param reason? string
local function has(kind, reason)
  return function(item)
    for _, c in ipairs(kube.get(item, "status.conditions", {})) do
      if c.type == kind and (not reason or c.reason == reason) then
        return true
      end
    end
    return false
  end
end

--- What is seen once the workload has settled: so many objects of a view, with
--- these labels, for which this is true.
local settled = {
  { "deployments", "app in (frontend,catalog,cart,api,prometheus,grafana)", 6, function(d)
    return d.available_replicas == d.spec.replicas
  end },
  { "replicationcontrollers", "app=mailer", 1, complete },
  { "replicasets", "app=ledger-v3", 1, complete },
  { "daemonsets", "app=node-exporter", 1, function(ds)
    return ds.desired_number_scheduled > 0 and ds.number_ready == ds.desired_number_scheduled
  end },
  { "jobs", "app=price-import", 1, has("Complete") },
  { "pods", "app=recommender", 2, has("PodScheduled", "Unschedulable") },
  { "pods", "app in (worker,fraud-check)", 3, function(pod)
    return kube.get(pod, "status.containerStatuses[1].state.waiting") ~= nil
  end },
  { "pods", "app=backfill", 1, function(pod)
    return kube.get(pod, "status.phase") == kube.PodPhase.Failed
  end },
}

--- Takes the last node out of service, unless it is the only one, as an
--- administrator would before working on it.
local function maintain_a_node()
  local nodes = {}
  for node in cluster.nodes do
    table.insert(nodes, node)
  end
  local node = nodes[#nodes]
  if #nodes > 1 and not node.meta.labels:has("maintenance") then
    node.meta.labels:set("maintenance", "disks")
    cluster.proxy:patch(node.meta.link, { patch = { spec = { unschedulable = true } } })
  end
end

--- Waits until so many objects of a view pass a test.
---@param resource string
---@param labels string
---@param count integer
---@param test fun(item: Item): boolean
---@param deadline Time
local function wait(resource, labels, count, test, deadline)
  local passed = {}
  kube.with(cluster[resource]:filter({ labels = labels }):watch { initial = true }, function(watcher)
    while count > 0 do
      local event = watcher:next { timeout = math.max(deadline - kube.now(), 0) }
      if not event then
        error(string.format("%s with %s: %d more should have settled in %d seconds", resource, labels, count, patience), 0)
      end
      local uid = event.item.meta.uid
      if event.evtype ~= event.DELETED and test(event.item) and not passed[uid] then
        passed[uid], count = true, count - 1
      end
    end
  end)
end

for _, namespace in ipairs { "shop", "payments", "monitoring" } do
  ensure { apiVersion = "v1", kind = "Namespace", metadata = { name = namespace, labels = { team = namespace } } }
end
maintain_a_node()
for _, object in ipairs(objects) do
  ensure(object)
end
local deadline = kube.now() + patience
for _, row in ipairs(settled) do
  wait(row[1], row[2], row[3], row[4], deadline)
end
print(string.format("%d objects created, %d were there", created, 3 + #objects - created))
