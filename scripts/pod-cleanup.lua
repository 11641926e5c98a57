#!/usr/bin/env kubelua
--- Deletes pods that have ended: evicted, failed and completed ones, some time
--- after. It shows which; only --apply deletes them.
---
--- usage: kubelua [-n NAMESPACE] pod-cleanup.lua [options]
---
--- Pods of jobs are left alone unless --jobs is given: their logs are often all
--- that tells how a job went, and job-retention.lua deletes them with it.
---
--- It looks at all namespaces unless one is given, and needs there, delete only
--- with --apply,
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list, delete]}

local args = require "args"
local changes = require "lib.changes"
local tabular = require "tabular"
local workload = require "lib.workload"

local opts = args.parse {
  about = "Deletes pods that have ended: evicted, failed and completed ones.",
  usage = "[-n NAMESPACE] pod-cleanup.lua [options]",
  { "--selector", "-l", type = "selector", help = "only pods with these labels" },
  { "--phase", choices = { "Failed", "Succeeded" }, help = "only pods of this phase" },
  { "--reason", value = "REASON", help = "only pods that ended for this reason, like Evicted" },
  { "--older-than", type = "duration", default = "1h", help = "only pods that ended so long ago" },
  { "--jobs", help = "pods of jobs, too" },
  { "--apply", help = "delete them" },
  examples = { "kubelua pod-cleanup.lua --reason Evicted", "kubelua -n shop pod-cleanup.lua --older-than 2d --apply" },
}

--- Tells when a pod ended: when its last container did, or, for a pod that was
--- evicted before any ran, when it was created.
---@param pod Pod
---@return Time
local function ended(pod)
  local latest = pod.meta.created
  for container in pod.containers do
    local finished = kube.get(container, "state.terminated.finishedAt")
    if finished and kube.time(finished) > latest then
      latest = kube.time(finished)
    end
  end
  return latest
end

--- The reason for which a pod or its first failed container ended.
---@param pod Pod
---@return string?
local function reason(pod)
  local why = kube.get(pod, "status.reason")
  for container in pod.containers do
    why = why or kube.get(container, "state.terminated.reason")
  end
  return why
end

local pods = {}
local report = tabular.new { "NAMESPACE", "POD", "PHASE", "REASON", ">ENDED" }
for _, phase in ipairs(opts.phase and { opts.phase } or { "Failed", "Succeeded" }) do
  for pod in cluster.pods:filter { labels = opts.selector, fields = "status.phase=" .. phase } do
    local of_job = workload.of(pod) == "Job"
    if ended(pod):age() >= opts.older_than.seconds
      and (opts.jobs or not of_job)
      and (not opts.reason or reason(pod) == opts.reason) then
      table.insert(pods, pod)
      report:add { pod.meta.namespace, pod.meta.name, phase, reason(pod), ended(pod):human_age() }
    end
  end
end
io.write(report:render("text"))
changes.make(pods, opts.apply, "deleted", function(pod)
  pod:delete()
end)
