#!/usr/bin/env kubelua
--- Lists the workloads that are not ready, each with the reason: what keeps a
--- pod from being scheduled, what its containers wait for, how they ended, or
--- why there are no pods at all.
---
--- usage: kubelua [-n NAMESPACE] unready.lua [options]
---
--- It looks at deployments, stateful sets, daemon sets, replica sets,
--- replication controllers, jobs and pods; where one of these controls another,
--- only at the former.
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods, replicationcontrollers], verbs: [list]}
---   - {apiGroups: [apps], resources: [daemonsets, deployments, replicasets, statefulsets], verbs: [list]}
---   - {apiGroups: [batch], resources: [jobs], verbs: [list]}

local args = require "args"
local selector = require "lib.selector"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the workloads that are not ready, each with the reason.",
  usage = "[-n NAMESPACE] unready.lua [options]",
  { "--selector", "-l", type = "selector", help = "only workloads with these labels, like team=shop" },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua unready.lua", "kubelua -n shop unready.lua -l team=shop --exit-code" },
}

--- Reasons for which a container waits while all goes well.
local starting = { ContainerCreating = true, PodInitializing = true }

--- Joins the reason and the message of a condition or state on one line.
---@param from table
---@return string?
local function reason_of(from)
  local reason, message = kube.get(from, "reason", ""), kube.get(from, "message", "")
  local both = reason ~= "" and message ~= "" and reason .. ": " .. message or reason .. message
  return both ~= "" and (both:gsub("%s+", " ")) or nil
end

--- Finds the condition of the given type, if it has the given status.
---@param item Item
---@param kind string
---@param status string
---@return table?
local function condition(item, kind, status)
  local c = item:condition(kind)
  return c and c.status == status and c or nil
end

--- Says what is wrong with a container, nil if nothing is.
---@param container Container
---@return string?
local function container_reason(container)
  local state, last = kube.get(container, "state", {}), kube.get(container, "lastState.terminated")
  local exit_code = kube.get(state, "terminated.exitCode", 0)
  if state.waiting and not starting[state.waiting.reason] then
    local reason = reason_of(state.waiting) or "waiting"
    if last then
      reason = string.format("%s (%d restarts, last exit code %d)", reason, container.restart_count, last.exitCode)
    end
    return reason
  elseif exit_code ~= 0 then
    return string.format("%s: exit code %d", kube.get(state, "terminated.reason", "Error"), exit_code)
  end
end

--- Says why a pod is not ready, nil if it is or has done its work.
---@param pod Pod
---@return string?
local function pod_reason(pod)
  local phase = kube.get(pod, "status.phase", "Unknown")
  if phase == kube.PodPhase.Succeeded or phase == kube.PodPhase.Running and condition(pod, "Ready", "True") then
    return nil
  end
  for _, containers in ipairs { pod.init_containers, pod.containers } do
    for container in containers do
      local reason = container_reason(container)
      if reason then
        return reason
      end
    end
  end
  return reason_of(condition(pod, "PodScheduled", "False"))
    or reason_of(pod.status)
    or reason_of(condition(pod, "Ready", "False"))
    or phase
end

--- Asks the pods of a workload why they are not ready, and returns what most
--- of them say.
---@param workload Item
---@return string?
local function reason_of_pods(workload)
  local labels = selector.text(workload.spec.selector)
  if not labels then
    return nil
  end
  local said, most = {}, nil
  for pod in cluster.pods:namespaced(workload.meta.namespace):filter { labels = labels } do
    local reason = pod_reason(pod)
    if reason then
      said[reason] = (said[reason] or 0) + 1
      if not most or said[reason] > said[most] then
        most = reason
      end
    end
  end
  return most
end

--- Says why a workload with too few ready pods has them.
---@param workload Item
---@return string
local function workload_reason(workload)
  return reason_of(condition(workload, "ReplicaFailure", "True"))
    or reason_of_pods(workload)
    or reason_of(condition(workload, "Progressing", "False"))
    or reason_of(condition(workload, "Available", "False"))
    or "no reason is reported"
end

--- Makes the check of a workload that has replicas: wanted and ready ones, and
--- those of the newest template if a path of them is given.
---@param wanted string path of the number wanted; 1 where it is absent
---@param ready string path
---@param updated? string path
---@return fun(item: Item): integer, integer, string?
local function replicas(wanted, ready, updated)
  return function(item)
    local want, have = kube.get(item, wanted, 1), kube.get(item, ready, 0)
    local new = updated and kube.get(item, updated, 0) or want
    local observed = kube.get(item, "status.observedGeneration", 0)
    if have < want then
      return want, have, workload_reason(item)
    elseif observed < kube.get(item, "metadata.generation", 0) then
      return want, have, "the controller has not seen the newest spec yet"
    elseif new < want then
      return want, have, string.format("rollout under way: %d of %d updated", new, want)
    end
    return want, have
  end
end

--- Checks a job: that it goes on is no fault, that its pods can't is one.
---@param job Item
---@return integer, integer, string?
local function check_job(job)
  local reason = reason_of(condition(job, "Failed", "True"))
  if not reason and not condition(job, "Complete", "True") then
    reason = reason_of_pods(job)
  end
  return kube.get(job, "spec.completions", 1), kube.get(job, "status.succeeded", 0), reason
end

--- Checks a pod.
---@param pod Pod
---@return integer, integer, string?
local function check_pod(pod)
  local ready = 0
  for container in pod.containers do
    ready = ready + (container.ready and 1 or 0)
  end
  return #pod.spec.containers, ready, pod_reason(pod)
end

--- What is looked at: the kind, its view, and the check, which returns how many
--- are wanted and ready, and the reason if that is not as it should be.
local workloads = {
  Deployment = { "deployments", replicas("spec.replicas", "status.availableReplicas", "status.updatedReplicas") },
  StatefulSet = { "statefulsets", replicas("spec.replicas", "status.readyReplicas") },
  DaemonSet = { "daemonsets", replicas("status.desiredNumberScheduled", "status.numberReady") },
  ReplicaSet = { "replicasets", replicas("spec.replicas", "status.readyReplicas") },
  ReplicationController = { "replicationcontrollers", replicas("spec.replicas", "status.readyReplicas") },
  Job = { "jobs", check_job },
  Pod = { "pods", check_pod },
}

--- Tells whether something controls the object that is looked at itself. A node
--- is not, which controls its static pods, nor is an operator's resource.
---@param item Item
---@return boolean
local function controlled(item)
  for _, owner in ipairs(kube.get(item, "metadata.ownerReferences", {})) do
    if owner.controller and workloads[owner.kind] then
      return true
    end
  end
  return false
end

local rows = {}
for _, workload in pairs(workloads) do
  local view, check = cluster[workload[1]], workload[2]
  if opts.selector then
    view = view:filter { labels = opts.selector }
  end
  for item in view do
    if not controlled(item) then
      local want, have, reason = check(item)
      if reason then
        table.insert(rows, { item.meta.namespace, item.kind, item.meta.name, have .. "/" .. want, reason })
      end
    end
  end
end
table.sort(rows, function(a, b)
  return table.concat(a, " ", 1, 3) < table.concat(b, " ", 1, 3)
end)
io.write(tabular.new({ "NAMESPACE", "KIND", "NAME", ">READY", "REASON" }):add_all(rows):render(opts.output))
if opts.exit_code and #rows > 0 then
  os.exit(1)
end
