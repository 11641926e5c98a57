#!/usr/bin/env kubelua
--- Deletes jobs, with their pods, some time after they have ended. It shows
--- which; only --apply deletes them.
---
--- usage: kubelua [-n NAMESPACE] job-retention.lua [options]
---
--- Jobs that a CronJob or anything else controls are left to that, as are jobs
--- that have a ttlSecondsAfterFinished: the cluster deletes them itself.
---
--- It looks at all namespaces unless one is given, and needs there, delete only
--- with --apply,
---
--- RBAC:
---   - {apiGroups: [batch], resources: [jobs], verbs: [list, delete]}

local args = require "args"
local changes = require "lib.changes"
local tabular = require "tabular"

local opts = args.parse {
  about = "Deletes jobs some time after they have ended.",
  usage = "[-n NAMESPACE] job-retention.lua [options]",
  { "--selector", "-l", type = "selector", help = "only jobs with these labels" },
  { "--complete", type = "duration", default = "1d", value = "AGE", help = "how long jobs are kept that went well" },
  { "--failed", type = "duration", default = "7d", value = "AGE", help = "how long jobs are kept that failed" },
  { "--apply", help = "delete them" },
  examples = { "kubelua job-retention.lua", "kubelua -n shop job-retention.lua --complete 1h --failed 2d --apply" },
}

--- Finds out how a job ended, and when; nil if it hasn't.
---@param job Item
---@return string? how "Complete" or "Failed"
---@return Time? at
local function ended(job)
  for _, how in ipairs { "Complete", "Failed" } do
    local c = job:condition(how)
    if c and c.status == "True" then
      return how, kube.time(c.lastTransitionTime)
    end
  end
end

--- Tells whether something else decides how long the job is kept.
---@param job Item
---@return boolean
local function kept_elsewhere(job)
  for _, owner in ipairs(kube.get(job, "metadata.ownerReferences", {})) do
    if owner.controller then
      return true
    end
  end
  return job.spec.ttlSecondsAfterFinished ~= nil
end

local keep = { Complete = opts.complete.seconds, Failed = opts.failed.seconds }
local view = cluster.jobs
if opts.selector then
  view = view:filter { labels = opts.selector }
end

local jobs = {}
local report = tabular.new { "NAMESPACE", "JOB", "RESULT", ">ENDED" }
for job in view do
  local how, at = ended(job)
  if how and at:age() >= keep[how] and not kept_elsewhere(job) then
    table.insert(jobs, job)
    report:add { job.meta.namespace, job.meta.name, how, at:human_age() }
  end
end
io.write(report:render("text"))
changes.make(jobs, opts.apply, "deleted", function(job)
  job:delete()
end)
