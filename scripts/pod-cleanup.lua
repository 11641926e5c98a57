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

--- Tells when a pod ended, and for which reason: when its last container did, or, for a
--- pod that was evicted before any ran, when it was created; its own reason, or that of
--- its first container that failed, or that of any.
---@param pod Pod
---@return Time at
---@return string? reason
local function ended(pod)
  local latest, failed, other = pod.meta.created, nil, nil
  for _, containers in ipairs { pod.init_containers, pod.containers } do
    for container in containers do
      local state = kube.get(container, "state.terminated", {})
      local finished = kube.get(state, "finishedAt") -- null on the wire if nobody knows
      if finished and kube.time(finished) > latest then
        latest = kube.time(finished)
      end
      failed = failed or state.exitCode ~= 0 and state.reason or nil
      other = other or state.reason
    end
  end
  return latest, kube.get(pod, "status.reason") or failed or other
end

local pods = {}
local report = tabular.new { "NAMESPACE", "POD", "PHASE", "REASON", ">ENDED" }
for _, phase in ipairs(opts.phase and { opts.phase } or { "Failed", "Succeeded" }) do
  for pod in cluster.pods:filter { labels = opts.selector, fields = "status.phase=" .. phase } do
    local at, reason = ended(pod)
    if at:age() >= opts.older_than.seconds
      and (opts.jobs or workload.of(pod) ~= "Job")
      and (not opts.reason or reason == opts.reason) then
      table.insert(pods, pod)
      report:add { pod.meta.namespace, pod.meta.name, phase, reason, at:human_age() }
    end
  end
end
io.write(report:render("text"))
changes.make(pods, opts.apply, "deleted", function(pod)
  pod:delete()
end)
