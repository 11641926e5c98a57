---@meta task

-- The module task: require "task", and a global.

--- Does several things at once. A call that waits lets the other tasks run; between two such calls a task has the
--- script's data to itself.
---@class tasklib
task = {}

--- Calls a function for each element of a list, several at once, and waits for all.
---
--- ```lua
--- local replicas = task.parallel({ "cart", "search" }, function(name)
---   return cluster.deployments:fetch(name, { namespace = "shop" }).spec.replicas
--- end)
--- ```
---@param list any A table, or whatever a loop takes.
---@param fn fun(...: any): any Gets what the loop's variables would get; of a table the element and its index.
---@param options? task.ParallelOptions
---@return table results # The first results, in order.
---@return table<integer, any> errors # What was raised, by index.
function task.parallel(list, fn, options) end

---@class task.ParallelOptions
---@field limit? integer So many calls at once, 16 unless told.
---@field on_error? task.OnError Stop unless told.
---@field progress? boolean|string Shows on a terminal how much is done, and what.

--- What an error does to the other calls.
---@alias task.OnError
---| "stop" # They are cancelled, and the error is raised.
---| "collect" # They go on.

--- A queue that hands values from task to task.
---
--- ```lua
--- local names = task.queue(10)
--- task.spawn(function()
---   for pod in cluster.pods do names:put(pod.meta.name) end
---   names:close()
--- end)
--- for name in names do print(name) end
--- ```
---@param size? integer How many it holds, 1 unless given.
---@return task.Queue
function task.queue(size) end

--- Waits for the first of several: watches, logs, processes, queues, timers, tasks.
---
--- ```lua
--- local key, event = task.select { change = watcher, tick = ticker, timeout = "10s" }
--- ```
---@param sources table<any, any> What to wait for, by a key of your own; timeout is a time.
---@return any key # The key of what came first, nil where the time is up.
---@return any ... # What its own next, get or wait returns; "timeout" where the time is up.
function task.select(sources) end

--- Waits; 0 lets the other tasks have a turn.
---
--- ```lua
--- task.sleep("500ms")
--- ```
---@param time kube.Duration
function task.sleep(time) end

--- Starts a task: a call that goes on beside the script. It takes its first step when this task waits.
---
--- ```lua
--- local count = task.spawn(function()
---   local n = 0
---   for _ in cluster.pods do n = n + 1 end
---   return n
--- end)
--- print(count:wait())
--- ```
---@param fn fun(...: any): ...any
---@param ... any What the function gets.
---@return task.Task
function task.spawn(fn, ...) end

--- A timer that fires again and again.
---
--- ```lua
--- for n in task.ticker("10s") do print(n, kube.now()) end
--- ```
---@param time kube.Duration The time between two ticks.
---@return task.Timer
function task.ticker(time) end

--- Calls a function here and returns what it returns. When it takes longer, it is cancelled with all that it has started,
--- and TimeoutError is raised.
---
--- ```lua
--- local ok, err = pcall(task.timeout, "10s", function() return deployment:wait { ready = true } end)
--- ```
---@param time kube.Duration
---@param fn fun(...: any): ...any
---@param ... any What the function gets.
---@return any ...
function task.timeout(time, fn, ...) end

--- A timer that fires once.
---
--- ```lua
--- local key = task.select { change = watcher, late = task.timer("1m") }
--- ```
---@param time kube.Duration
---@return task.Timer
function task.timer(time) end

--- A call that goes on beside the script.
---@class task.Task
local Task = {}

--- Ends the task, and everything that it has started.
---
--- ```lua
--- local handling = cluster.pods:on { added = print }
--- handling:cancel()
--- ```
function Task:cancel() end

--- How it is.
---
--- ```lua
--- print(task.spawn(function() end):status())        --> running
--- ```
---@return task.Status
function Task:status() end

---@alias task.Status "running"|"done"|"failed"|"cancelled"

--- Waits for the task: what its function returned. What that raised is raised, and TimeoutError where it takes longer.
---
--- ```lua
--- local count = task.spawn(function() return 1 end)
--- print(count:wait { timeout = "5s" })              --> 1
--- ```
---@param timeout? kube.Duration|task.WaitOptions
---@return any ...
function Task:wait(timeout) end

---@class task.WaitOptions
---@field timeout? kube.Duration At most so long; 0 only looks.

--- A queue of values, bounded: who puts faster than others get waits. A loop over it gets values until it is closed.
---@class task.Queue
---@overload fun(): any
local Queue = {}

--- Ends the queue: what it holds can still be got.
---
--- ```lua
--- local queue = task.queue(2)
--- queue:put("a")
--- queue:close()
--- print(queue:get(), select(2, queue:get()))     --> a closed
--- ```
function Queue:close() end

--- The next value, when there is one.
---
--- ```lua
--- local value, why = task.queue():get { timeout = 0 }
--- print(value, why)                                 --> nil timeout
--- ```
---@param timeout? kube.Duration|task.WaitOptions
---@return any value
---@return kube.Ended? why # Why there is none.
function Queue:get(timeout) end

--- Puts a value, when there is room.
---
--- ```lua
--- local queue = task.queue(1)
--- print(queue:put("a"), queue:put("b", 0))       --> true nil timeout
--- ```
---@param value any Anything but nil.
---@param timeout? kube.Duration|task.WaitOptions
---@return true?
---@return "timeout"? why # Why it wasn't put.
function Queue:put(value, timeout) end

--- What fires once or again and again: a loop over it gets the number of the tick.
---
--- ```lua
--- local ticks = task.ticker("10ms")
--- print(ticks:next(), ticks:next())              --> 1 2
--- ticks:close()
--- ```
---@class task.Timer
---@overload fun(): integer
local Timer = {}

--- Ends the timer.
function Timer:close() end

--- Waits until it fires.
---@param timeout? kube.Duration|task.WaitOptions
---@return integer? n # The number of the tick.
---@return kube.Ended? why # Why there is none.
function Timer:next(timeout) end
