---@meta

---@class kube.CronJob: kube.Item, kube.Suspendable
local CronJob = {}

--- Starts a Job now, as kubectl create job --from does.
---
--- ```lua
--- local job = cluster.cronjobs:fetch("report", { namespace = "shop" }):trigger { name = "report-now" }
--- job:wait { any = { "Complete", "Failed" } }
--- ```
---@param options? kube.TriggerOptions
---@return kube.Job
function CronJob:trigger(options) end

---@class kube.TriggerOptions
---@field name? string What the Job is called; a new name unless told.

---@class kube.Job: kube.Item, kube.Suspendable, kube.Workload
local Job = {}

--- What can be held up: jobs, which start no more pods, and cron jobs, which start no more jobs.
---@class kube.Suspendable
local Suspendable = {}

--- Lets it go on.
---
--- ```lua
--- cluster.cronjobs:fetch("report", { namespace = "shop" }):resume()
--- ```
---@return self # The newest item.
function Suspendable:resume() end

--- Holds it up.
---
--- ```lua
--- cluster.cronjobs:fetch("report", { namespace = "shop" }):suspend()
--- ```
---@return self # The newest item.
function Suspendable:suspend() end
