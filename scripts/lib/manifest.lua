--- Makes a manifest of an object as the server has it: what somebody wanted, without
--- what the server and its controllers have filled in.
local base64 = require "base64"

local manifest = {}

--- Annotations that controllers keep for themselves, as patterns.
local annotations = {
  "^kubectl%.kubernetes%.io/last%-applied%-configuration$",
  "^deployment%.kubernetes%.io/", "^deprecated%.daemonset%.template%.generation$",
  "^pv%.kubernetes%.io/", "^volume%.kubernetes%.io/", "^volume%.beta%.kubernetes%.io/",
  "^autoscaling%.alpha%.kubernetes%.io/", "^endpoints%.kubernetes%.io/",
  "^control%-plane%.alpha%.kubernetes%.io/", "^batch%.kubernetes%.io/",
}

--- What the server sets in a pod's spec, and in a container, that doesn't say it.
local pod_defaults = {
  dnsPolicy = "ClusterFirst", restartPolicy = "Always", schedulerName = "default-scheduler", terminationGracePeriodSeconds = 30,
  enableServiceLinks = true, preemptionPolicy = "PreemptLowerPriority",
}
local container_defaults = { terminationMessagePath = "/dev/termination-log", terminationMessagePolicy = "File" }

--- Takes members off a table that have these values, and tables that are empty.
---@param from table
---@param defaults table<string, any>
local function without(from, defaults)
  for key, value in pairs(defaults) do
    if from[key] == value then
      from[key] = nil
    end
  end
  for _, key in ipairs { "resources", "securityContext" } do
    if from[key] and next(from[key]) == nil then
      from[key] = nil
    end
  end
end

--- Takes the elements off a list for which drop is true; the list goes with the last.
---@param from table
---@param key string
---@param drop fun(element: table): boolean
local function prune(from, key, drop)
  local kept = {}
  for _, element in ipairs(from[key] or {}) do
    if not drop(element) then
      table.insert(kept, element)
    end
  end
  from[key] = #kept > 0 and kept or nil
end

--- Cleans a pod's spec.
---@param spec table
local function clean_pod(spec)
  without(spec, pod_defaults)
  spec.serviceAccount = nil -- the old name of serviceAccountName
  for _, list in ipairs { "containers", "initContainers" } do
    for _, container in ipairs(spec[list] or {}) do
      without(container, container_defaults)
    end
  end
end

--- Cleans the spec of a pod that nothing controls, into which the server has also
--- put where it runs and how it logs in.
---@param spec table
local function clean_bare_pod(spec)
  clean_pod(spec)
  local function of_server(element)
    return element.name:match("^kube%-api%-access%-") ~= nil
  end
  prune(spec, "volumes", of_server)
  for _, list in ipairs { "containers", "initContainers" } do
    for _, container in ipairs(spec[list] or {}) do
      prune(container, "volumeMounts", of_server)
    end
  end
  prune(spec, "tolerations", function(t)
    return t.effect == "NoExecute" and (t.key == "node.kubernetes.io/not-ready" or t.key == "node.kubernetes.io/unreachable")
  end)
  spec.nodeName, spec.priority, spec.ephemeralContainers = nil, nil, nil
  if spec.serviceAccountName == "default" then
    spec.serviceAccountName = nil
  end
end

--- Cleans the template of a pod.
---@param template table
local function clean_template(template)
  clean_pod(template.spec)
  if template.metadata then
    template.metadata.creationTimestamp = nil
  end
end

--- Cleans a job of the labels by which it finds its pods, unless somebody chose them.
---@param job table
local function clean_job(job)
  clean_template(job.spec.template)
  if job.spec.manualSelector then
    return
  end
  job.spec.selector = nil
  for _, of in ipairs { job, job.spec.template } do
    for _, name in ipairs { "controller-uid", "job-name" } do
      local labels = kube.get(of, "metadata.labels", {})
      labels[name], labels["batch.kubernetes.io/" .. name] = nil, nil
    end
  end
end

--- Writes the texts of a secret as the server keeps them: encoded.
---@param secret table
local function clean_secret(secret)
  for key, text in pairs(secret.stringData or {}) do
    secret.data = secret.data or {}
    secret.data[key] = base64.encode(text)
  end
  secret.stringData = nil
end

--- Cleans the spec of a service: addresses and ports that the server chose.
---@param spec table
---@param options table
local function clean_service(spec, options)
  if spec.clusterIP ~= "None" then
    spec.clusterIP, spec.clusterIPs = nil, nil
  end
  if spec.ipFamilyPolicy == "SingleStack" then
    spec.ipFamilyPolicy, spec.ipFamilies = nil, nil
  end
  if not options.node_ports then
    spec.healthCheckNodePort = nil
    for _, port in ipairs(spec.ports or {}) do
      port.nodePort = nil
    end
  end
end

--- What else the server fills in, by kind and group.
---@type table<string, fun(object: table, options: table)>
local cleaners = {
  ["CronJob.batch"] = function(object) clean_template(object.spec.jobTemplate.spec.template) end,
  ["DaemonSet.apps"] = function(object) clean_template(object.spec.template) end,
  ["Deployment.apps"] = function(object) clean_template(object.spec.template) end,
  ["Job.batch"] = clean_job,
  Namespace = function(object)
    object.spec = nil
    object.metadata.labels["kubernetes.io/metadata.name"] = nil
  end,
  PersistentVolumeClaim = function(object) object.spec.volumeName = nil end,
  Pod = function(object) clean_bare_pod(object.spec) end,
  PodTemplate = function(object) clean_template(object.template) end,
  ["ReplicaSet.apps"] = function(object) clean_template(object.spec.template) end,
  ReplicationController = function(object) clean_template(object.spec.template) end,
  Secret = clean_secret,
  Service = function(object, options) clean_service(object.spec, options) end,
  ServiceAccount = function(object) object.secrets = nil end,
  ["StatefulSet.apps"] = function(object)
    clean_template(object.spec.template)
    for _, claim in ipairs(object.spec.volumeClaimTemplates or {}) do
      claim.status, claim.metadata.creationTimestamp = nil, nil
    end
  end,
}

--- Cleans an object, and returns it. With node_ports the ports of services on nodes stay
--- as they are.
---
---     io.write(kube.yaml(manifest.clean(kube.totable(item))))
---
---@param object table as kube.totable or kube.parse gives it
---@param options? table node_ports
---@return table
function manifest.clean(object, options)
  local given = object.metadata
  local metadata = {
    name = given.name, namespace = given.namespace, labels = given.labels or {}, annotations = given.annotations or {},
  }
  for key in pairs(kube.totable(metadata.annotations)) do
    for _, pattern in ipairs(annotations) do
      if key:match(pattern) then
        metadata.annotations[key] = nil
      end
    end
  end
  object.metadata, object.status = metadata, nil
  local group = object.apiVersion:match("^(.*)/")
  local cleaner = cleaners[group and object.kind .. "." .. group or object.kind]
  if cleaner then
    cleaner(object, options or {})
  end
  for _, key in ipairs { "labels", "annotations" } do
    if next(metadata[key]) == nil then
      metadata[key] = nil
    end
  end
  return object
end

return manifest
