--- Deletes what has ended long enough ago: jobs, with their pods, and pods of nobody.
--- Jobs that a CronJob or anything else controls are left to that, as are those with a
--- ttlSecondsAfterFinished.
---
--- It goes over all namespaces but kube-*, or over that of -n, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list, delete]}
---   - {apiGroups: [batch], resources: [jobs], verbs: [list, delete]}

--- How long, in seconds, jobs and pods are kept, by how they ended.
local day = 24 * 3600
local keep = { Complete = day, Failed = 7 * day, Succeeded = day }

--- When a job ended, and how; nil while it goes on.
---@param job Item
---@return string? how
---@return Time? at
local function job_ended(job)
  for _, how in ipairs { "Complete", "Failed" } do
    local c = job:condition(how)
    if c and c.status == "True" then
      return how, kube.time(c.lastTransitionTime)
    end
  end
end

--- When the last container of a pod ended, or, of one that none ran in, when it was made.
---@param pod Pod
---@return Time
local function pod_ended(pod)
  local latest
  for container in pod.containers do
    local finished = kube.get(container, "state.terminated.finishedAt")
    if finished and (not latest or kube.time(finished) > latest) then
      latest = kube.time(finished)
    end
  end
  return latest or pod.meta.created
end

return job {
  name = "nightly-cleanup",
  schedule = "30 3 * * *",
  timeout = "30m",
  policy = {
    maxMemory = "128Mi",
    maxDeletes = 1000,
    protectedNamespaces = { "kube-*" },
    allow = {
      { verbs = { "list" }, resources = { "pods", "jobs.batch" } },
      { verbs = { "delete" }, resources = { "pods", "jobs.batch" } },
    },
  },
  run = function(ctx)
    local deleted = 0
    --- Deletes an object that ended so; what is gone meanwhile doesn't count.
    local function delete(item, how, at)
      if ctx.scheduled - at < keep[how] or #item.meta.owners > 0 or item.meta.namespace:match("^kube%-") then
        return
      end
      local ok, err = pcall(item.delete, item)
      if not ok and not kube.is(err, "LookupError") then
        error(err, 0)
      end
      deleted = deleted + (ok and 1 or 0)
      ctx.log:debug("deleted", { kind = item.kind, namespace = item.meta.namespace, name = item.meta.name })
    end

    for item in cluster.jobs do
      local how, at = job_ended(item)
      if how and not item.spec.ttlSecondsAfterFinished then
        delete(item, how, at)
      end
    end
    for _, phase in ipairs { "Succeeded", "Failed" } do
      for pod in cluster.pods:filter { fields = "status.phase=" .. phase } do
        delete(pod, phase, pod_ended(pod))
      end
    end
    ctx.log:info("ended", { deleted = deleted })
  end,
}
