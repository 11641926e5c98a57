---@meta job

--- Describes a job: something to be run, and when. A file that returns a job, or a list of several, is a job file:
--- kubelua schedule runs its jobs when their times come, and kubelua FILE runs them once, now.
---
--- ```lua
--- return job {
---   name = "restart-cart",
---   schedule = "0 3 * * *",
---   timezone = "Europe/Paris",
---   run = function(ctx)
---     cluster.deployments:fetch("cart", { namespace = "shop" }):restart()
---     ctx.log:info("restarted", { scheduled = ctx.scheduled })
---   end,
--- }
--- ```
---@param fields job.Fields
---@return job.Job
function job(fields) end

---@class job.Fields
---@field name string Lower case letters, digits and dashes, at most 52; no other job of the scheduler has it.
---@field run fun(ctx: job.Context) What to do.
---@field schedule? string|string[] Cron expressions ("0 3 * * mon-fri"), intervals ("@every 10m"), or both.
---@field timezone? string The zone of the schedule, as in "Europe/Paris"; else the one that the scheduler is told, or the machine's.
---@field on? job.Events What triggers it beside the schedule.
---@field timeout? kube.Duration Ends a run that takes longer; an hour unless told.
---@field overlap? job.Overlap What becomes of a time that comes while it still runs; skip unless told.
---@field missed? job.Missed What becomes of times that came while nothing was scheduled; once unless told.
---@field grace? kube.Duration How late a run may begin: what was missed for longer is passed over. No bound unless told, but a minute where missed is skip.
---@field jitter? kube.Duration Begins up to so much later than the time says, so that not all jobs begin at once.
---@field retries? integer How often to try again where a run fails; 0 unless told.
---@field backoff? job.Backoff How long to wait before that.
---@field policy? job.Policy What its runs may do, within what the flags of kubelua allow.

--- What becomes of a time that comes while the job still runs.
---@alias job.Overlap
---| "skip" # It is passed over.
---| "queue" # Its run begins when the one before has ended.
---| "replace" # Its run begins, and the one before is cancelled.

--- What becomes of times that came while nothing was scheduled.
---@alias job.Missed
---| "skip" # They are passed over.
---| "once" # The last one has its run.
---| "all" # Each has its run, one after another.

---@class job.Events
---@field watch kube.View A view of the global cluster: the objects whose events trigger the job.
---@field events? job.EventType|job.EventType[] Which events do, all unless told. What exists when scheduling begins is ADDED.
---@field debounce? kube.Duration Waits until an object had no event for so long; one run is for all of them.

---@alias job.EventType "ADDED"|"MODIFIED"|"DELETED"

---@class job.Backoff
---@field first? kube.Duration Before the second attempt, 10 seconds unless told.
---@field factor? number So many times longer before each further one, 2 unless told.
---@field max? kube.Duration At most, 10 minutes unless told.

--- What the runs of a job may do to clusters, by the keys of a policy file, and to the machine: with one of the keys
--- allow... its runs may do there just what these say, which must lie in what --allow-read and its like grant.
---@class job.Policy
---@field readOnly? boolean Change nothing.
---@field allow? table<string, string[]>[] Do nothing but what one of these rules is for.
---@field deny? table<string, string[]>[] Don't do what one of these rules is for.
---@field protectedNamespaces? string[] Change nothing in these, nor themselves.
---@field maxDeletes? integer Delete at most so many objects.
---@field maxWrites? integer Change objects at most so many times.
---@field production? "ask"|"refuse"|"allow" What becomes of changes of a production cluster.
---@field maxMemory? string|integer Ends a run that holds more: "64Mi", or bytes.
---@field allowRead? string|string[] Read these files, and folders with all below them. Relative ones start at the working directory.
---@field allowWrite? string|string[] Make, change and remove files there.
---@field allowEnv? string|string[] Read these variables of the environment, "CI_*" for all that start so.
---@field allowNet? string|string[] Connect to HOST[:PORT], or *.DOMAIN[:PORT].
---@field allowRun? string|string[] Run these programs, by name or path.

--- A job.
---@class job.Job
---@field name string
local Job = {}

--- Calls the job's function here, once, as the prompt does to try it. A job with a policy is run by its file alone.
---
--- ```lua
--- local night = job { name = "night", run = function(ctx) print(ctx.trigger) end }
--- night:run()
--- ```
function Job:run() end

--- What the function of a job gets.
---@class job.Context
---@field name string The job's name.
---@field scheduled time.Time The time that the run is for. By hand it is when it began, by an event when that came.
---@field attempt integer 1, or more where it is tried again.
---@field trigger "schedule"|"event"|"manual" What has it run.
---@field event? kube.Event The event that triggered it, the newest one of its object.
---@field item? kube.Item The object of the event.
---@field log job.Log
local Context = {}

--- Why the run is being cancelled, nil while it isn't: what closes and cleans up can ask.
---
--- ```lua
--- job { name = "sweep", run = function(ctx)
---   for pod in cluster.pods do
---     if ctx:cancelled() then break end
---   end
--- end }
--- ```
---@return string? why
function Context:cancelled() end

--- Logs for those who look after the scheduler, beside what print writes. Fields are data that goes with a message.
---
--- ```lua
--- job { name = "sweep", run = function(ctx)
---   ctx.log:debug("began", { attempt = ctx.attempt })
---   ctx.log:info("swept", { pods = 3 })
---   ctx.log:warn("left one", { pod = "web-0" })
---   ctx.log:error("failed", { pod = "web-1" })
--- end }
--- ```
---@class job.Log
local Log = {}

---@param message string
---@param fields? table<string, any>
function Log:debug(message, fields) end

---@param message string
---@param fields? table<string, any>
function Log:error(message, fields) end

---@param message string
---@param fields? table<string, any>
function Log:info(message, fields) end

---@param message string
---@param fields? table<string, any>
function Log:warn(message, fields) end
