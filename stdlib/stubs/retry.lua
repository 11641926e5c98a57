---@meta retry

--- Calls a function until it doesn't raise, with a longer pause each time, and returns what it returns. What it raises at
--- last is raised. A run that is cancelled waits no more.
---
--- ```lua
--- local retry = require "retry"
--- local pod = retry(function() return cluster.pods:fetch("web", { namespace = "shop" }) end, {
---   attempts = 3, on = function(err) return kube.is(err, "LookupError") end,
--- })
--- ```
---@class retrylib
---@overload fun(call: (fun(attempt: integer): any), options?: retry.Options): any
local retry = {}

---@class retry.Options
---@field attempts? integer How often it is called at most; 5 unless told.
---@field factor? number By how much each pause is longer than the one before; 2 unless told.
---@field first? kube.Duration The first pause; a second unless told.
---@field jitter? number By how much of it a pause is shorter by chance, from 0 to 1; 0.2 unless told.
---@field max? kube.Duration The longest pause; a minute unless told.
---@field on? fun(err: any, attempt: integer): boolean? Is told of each failure but the last; false ends it.

return retry
