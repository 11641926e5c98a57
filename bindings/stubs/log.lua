---@meta

--- A log, of one pod or several: a loop over it gets each line, and its pod.
---@class kube.Log: kube.Stream
---@overload fun(): string, kube.Pod
local Log = {}

--- Waits for the next line.
---
--- ```lua
--- local log = pod:logs { follow = true }
--- local line, why = log:next { timeout = "10s" }
--- print(line or why)
--- ```
---@param timeout? kube.Duration|kube.NextOptions At most so long; 0 only looks.
---@return string? line
---@return kube.Pod|kube.Ended pod # The pod, or why there is no line.
function Log:next(timeout) end
