-- What was read can be sent again and is the same, whatever it is.

-- serverMade are the members of metadata that the server makes.
local serverMade = {"uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink", "ownerReferences", "deletionTimestamp", "deletionGracePeriodSeconds"}

-- madeByKind drops what the server makes in objects of a kind.
local madeByKind = {
  Job = function(o)
    o.spec.selector, o.spec.template.metadata.labels, o.metadata.labels = nil, nil, nil
  end,
  Namespace = function(o) o.metadata.labels["kubernetes.io/metadata.name"] = nil end,
  Node = function(o) o.spec.taints = nil end,
  Service = function(o) o.spec.clusterIP, o.spec.clusterIPs = nil, nil end,
}

-- own is an object as one would write it.
local function own(object)
  local copy = kube.totable(object)
  copy.status = nil
  for _, name in ipairs(serverMade) do
    copy.metadata[name] = nil
  end
  local more = madeByKind[copy.kind]
  if more then
    more(copy)
  end
  return copy
end

-- fixedNames are resources whose names are part of what they are.
local fixedNames = {apiservices = true, customresourcedefinitions = true, ipaddresses = true, certificatesigningrequests = true}

-- unique are names that no second object may come near.
local unique = {exempt = true, ["system-cluster-critical"] = true, ["system-node-critical"] = true}

local function populate(t)
  t.boxes()
  local template = {metadata = {labels = {app = "x"}, annotations = {["localcluster.kubelua/waiting"] = "ImagePullBackOff"}}, spec = {containers = {{name = "x", image = "x",
    env = {{name = "A", value = "1"}, {name = "B", valueFrom = {fieldRef = {fieldPath = "metadata.name"}}}},
    resources = {requests = {cpu = "250m", memory = "64Mi"}}, ports = {{containerPort = 80}}, volumeMounts = {{name = "tmp", mountPath = "/tmp"}}}},
    volumes = {{name = "tmp", emptyDir = {}}}}}
  local job = {metadata = template.metadata, spec = {restartPolicy = "Never", containers = template.spec.containers, volumes = template.spec.volumes}}
  local selected = {selector = {matchLabels = {app = "x"}}, template = template}
  local function make(version, kind, members)
    members.apiVersion, members.kind, members.metadata = version, kind, members.metadata or {name = "rt"}
    t:create(members)
  end
  make("apps/v1", "DaemonSet", {spec = selected})
  make("apps/v1", "Deployment", {spec = selected})
  make("apps/v1", "StatefulSet", {spec = {selector = selected.selector, template = template, serviceName = "x", replicas = 1}})
  make("v1", "ReplicationController", {spec = {selector = {app = "y"}, template = {metadata = {labels = {app = "y"}}, spec = template.spec}}})
  make("v1", "Pod", {spec = template.spec})
  make("v1", "Service", {spec = {selector = {app = "x"}, ports = {{port = 80, targetPort = "http"}}}})
  make("v1", "Secret", {data = {k = "AAEC"}})
  make("v1", "ConfigMap", {data = {empty = "", text = "a\nb"}, binaryData = {b = "/wA="}})
  make("v1", "ServiceAccount", {})
  make("v1", "PersistentVolumeClaim", {spec = {accessModes = {"ReadWriteOnce"}, storageClassName = "none", resources = {requests = {storage = "1Gi"}}}})
  make("v1", "LimitRange", {spec = {limits = {{type = "PersistentVolumeClaim", max = {storage = "1Ti"}}}}})
  make("v1", "ResourceQuota", {spec = {hard = {pods = "1000"}}})
  make("batch/v1", "Job", {spec = {template = job}})
  make("batch/v1", "CronJob", {spec = {schedule = "0 0 1 1 *", jobTemplate = {spec = {template = job}}}})
  make("autoscaling/v2", "HorizontalPodAutoscaler", {spec = {maxReplicas = 2, scaleTargetRef = {apiVersion = "apps/v1", kind = "Deployment", name = "rt"}}})
  make("networking.k8s.io/v1", "NetworkPolicy", {spec = {podSelector = {}, ingress = {{}}, policyTypes = {"Ingress"}}})
  make("networking.k8s.io/v1", "Ingress", {spec = {defaultBackend = {service = {name = "x", port = {number = 80}}}}})
  make("policy/v1", "PodDisruptionBudget", {spec = {minAvailable = "50%", selector = {}}})
  make("rbac.authorization.k8s.io/v1", "Role", {rules = {{apiGroups = {""}, resources = {"pods"}, verbs = {"get"}}}})
  make("rbac.authorization.k8s.io/v1", "RoleBinding", {roleRef = {apiGroup = "rbac.authorization.k8s.io", kind = "Role", name = "rt"}})
  make("coordination.k8s.io/v1", "Lease", {spec = {leaseDurationSeconds = 15, acquireTime = "2026-03-01T12:00:00.123456Z"}})
  make("suite.example.com/v1", "Box", {a = {}, b = kube.array{}, c = kube.null, d = {{}, kube.array{}}, e = 1.5, f = kube.int64("9007199254740993"), g = -0.25, h = "\226\130\172"})
end

-- resources lists the plural names of everything that can be listed and made, of custom
-- resources one: what the tests beside this one define comes and goes.
local function resources()
  local names, seen = {"boxes"}, {}
  local function add(list)
    for resource in list.resources do
      local verbs = {}
      for verb in resource.verbs do
        verbs[verb] = true
      end
      if verbs.list and verbs.create and not seen[resource.name] then
        seen[resource.name] = true
        names[#names + 1] = resource.name
      end
    end
  end
  add(cluster.proxy:get("api/v1"))
  for group in cluster.proxy:get("apis").groups do
    if not group.name:find("example.com", 1, true) then
      add(cluster.proxy:get("apis/" .. group.preferredVersion.groupVersion))
    end
  end
  return names
end

-- each calls fn with items of every kind that the cluster has: of this test's
-- namespace, and of the cluster.
local function each(t, fn)
  local kinds = 0
  for _, name in ipairs(resources()) do
    local view = cluster[name]
    local bound, narrower = pcall(view.namespaced, view, t.namespace)
    local n = 0
    for item in bound and narrower or view do
      fn(item)
      n = n + 1
      if n == 5 then
        break
      end
    end
    kinds = kinds + (n > 0 and 1 or 0)
  end
  t:ok(kinds >= 35, kinds .. " kinds have objects")
end

function test_tables_keep_everything(t)
  populate(t)
  each(t, function(item)
    local copy = kube.totable(item)
    local again = cluster:item(copy)
    if not t:same(kube.totable(again), copy) then
      print(item)
    end
    t:eq(again, item)
    t:same(kube.totable(cluster:item(item.raw)), copy)
    t:eq(tostring(cluster:item(item).raw), tostring(item.raw))
  end)
end

function test_what_was_read_can_be_created_again(t)
  populate(t)
  each(t, function(item)
    if fixedNames[item.resource] or unique[item.meta.name] then
      return
    end
    local want = own(item)
    want.metadata.name = want.metadata.name .. "-x"
    local collection = item.meta.link:gsub("/[^/]+$", "")
    local ok, made = pcall(cluster.proxy.post, cluster.proxy, collection, {json = want, params = {dryRun = "All"}})
    if not ok then
      -- What isn't in a namespace is shared with the tests beside this one.
      t:ok(made.reason == "AlreadyExists" and not item.meta.namespace, tostring(item) .. ": " .. made)
      return
    end
    made = own(made)
    if not t:same(made, want) then
      print(item)
    end
  end)
  t:eq(t.printed(), "")
end
