---@meta

---@class kube.Deployment: kube.Item, kube.Rolling, kube.Scalable, kube.Workload
local Deployment = {}

--- Holds the rollout up.
---
--- ```lua
--- deployment:pause()
--- ```
---@return self # The newest item.
function Deployment:pause() end

--- Lets the rollout go on.
---
--- ```lua
--- deployment:resume():wait { ready = true }
--- ```
---@return self # The newest item.
function Deployment:resume() end

---@class kube.DaemonSet: kube.Item, kube.Rolling, kube.Workload
local DaemonSet = {}

---@class kube.ReplicaSet: kube.Item, kube.Scalable, kube.Workload
local ReplicaSet = {}

---@class kube.ReplicationController: kube.Item, kube.Scalable, kube.Workload
local ReplicationController = {}

---@class kube.StatefulSet: kube.Item, kube.Rolling, kube.Scalable, kube.Workload
local StatefulSet = {}

---@class kube.Service: kube.Item, kube.Web, kube.Workload
local Service = {}

--- What has a number of pods; custom resources with a scale have it too.
---@class kube.Scalable
local Scalable = {}

--- Sets the number of pods.
---
--- ```lua
--- deployment:scale(5, { wait = true })
--- ```
---@param replicas integer
---@param options? kube.SettleOptions
---@return self # The newest item.
function Scalable:scale(replicas, options) end

---@class kube.SettleOptions
---@field wait? boolean|kube.Duration Waits until it is ready: true for 5 minutes at most.

--- What rolls out its pods from a template.
---@class kube.Rolling
local Rolling = {}

--- Its revisions, the oldest first.
---
--- ```lua
--- for _, revision in ipairs(deployment:history()) do print(revision.revision, revision.change_cause) end
--- ```
---@return kube.Revision[]
function Rolling:history() end

--- A state of a workload that it can go back to.
---@class kube.Revision
---@field change_cause? string
---@field created time.Time
---@field current boolean
---@field item kube.Item What keeps it: a replica set or controller revision.
---@field revision integer

--- Has all pods made anew, as kubectl rollout restart does.
---
--- ```lua
--- deployment:restart { wait = "5m" }
--- ```
---@param options? kube.SettleOptions
---@return self # The newest item.
function Rolling:restart(options) end

--- How far the rollout is.
---
--- ```lua
--- local status = deployment:rollout()
--- print(status.done, status.message)             --> true 5 of 5 ready
--- ```
---@return kube.Rollout
function Rolling:rollout() end

--- How far a rollout is. The counts are of pods.
---@class kube.Rollout
---@field available integer
---@field done boolean
---@field failed? string Why it won't end well.
---@field message string
---@field paused boolean
---@field ready integer
---@field revision? string
---@field total integer
---@field updated integer
---@field wanted integer

--- Has the pod template of an earlier revision again.
---
--- ```lua
--- deployment:undo { revision = 3, wait = true }
--- ```
---@param options? kube.UndoOptions
---@return self # The newest item.
function Rolling:undo(options) end

---@class kube.UndoOptions: kube.SettleOptions
---@field revision? integer The one before unless told.
