---@meta

---@class kube.Node: kube.Item, kube.Measured
local Node = {}

--- Has no more pods scheduled to the node.
---
--- ```lua
--- cluster.nodes:fetch("node-1"):cordon()
--- ```
---@return self # The newest item.
function Node:cordon() end

--- Takes the node out of service, as kubectl drain does: cordons it, evicts its pods as their disruption budgets allow,
--- and waits until they are gone.
---
--- ```lua
--- node:drain { ignore_daemonsets = true, timeout = "10m" }
--- ```
---@param options? kube.DrainOptions
---@return kube.Pod[] # The pods that are gone.
function Node:drain(options) end

---@class kube.DrainOptions
---@field delete_emptydir_data? boolean Evicts pods that lose the data of an emptyDir volume.
---@field dry_run? boolean Changes nothing and returns the pods that would go.
---@field force? boolean Evicts pods that nobody makes anew.
---@field grace? kube.Duration The time that each pod is given to end, unless its own.
---@field ignore_daemonsets? boolean Leaves the pods of daemon sets, which would come back at once.
---@field limit? integer So many evictions are asked for at once, 16 unless told.
---@field on? fun(pod: kube.Pod, what: kube.DrainStep, message?: string) Is told of each step.
---@field timeout? kube.Duration At most so long, 5 minutes unless told.

--- A step of a drain.
---@alias kube.DrainStep
---| "evicting" # The server took the eviction: the pod is ending.
---| "blocked" # A budget, which the message names, forbids it for now.
---| "gone" # The pod is gone.
---| "planned" # The pod would go, of a dry run.

--- Sets a taint.
---
--- ```lua
--- node:taint { key = "example.com/disks", value = "slow", effect = "PreferNoSchedule" }
--- ```
---@param options kube.TaintOptions
---@return self # The newest item.
function Node:taint(options) end

---@class kube.TaintOptions
---@field effect kube.TaintEffect
---@field key string
---@field value? string

--- What a taint does to pods that don't tolerate it.
---@alias kube.TaintEffect
---| "NoSchedule" # They are not scheduled to the node.
---| "PreferNoSchedule" # They are scheduled to other nodes where that can be.
---| "NoExecute" # They are evicted, too.

--- Has pods scheduled to the node again.
---
--- ```lua
--- cluster.nodes:fetch("node-1"):uncordon()
--- ```
---@return self # The newest item.
function Node:uncordon() end

--- Removes taints: all of a key, or the one with an effect.
---
--- ```lua
--- node:untaint("example.com/disks")
--- ```
---@param key string|kube.UntaintOptions
---@return self # The newest item.
function Node:untaint(key) end

---@class kube.UntaintOptions
---@field effect? kube.TaintEffect
---@field key string
