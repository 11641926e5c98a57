---@meta

--- A container of a pod, as its status tells it.
---@class kube.Container
---@field id string
---@field image string
---@field image_id string
---@field last_state kube.ContainerState The state of the run before; StatusError where there was none.
---@field name string
---@field pod kube.Pod
---@field raw kube.Mapping Its status.
---@field ready boolean
---@field restart_count integer
---@field state kube.ContainerState
local Container = {}

--- The state of a container. What its state doesn't have raises StatusError.
---@class kube.ContainerState
---@field container_id string
---@field exit_code integer
---@field finished_at time.Time
---@field message string
---@field raw kube.Mapping
---@field reason string Why, in one CamelCase word: "CrashLoopBackOff".
---@field running boolean
---@field signal integer
---@field started_at time.Time
---@field state string "running", "waiting" or "terminated".
---@field terminated boolean
---@field waiting boolean
local ContainerState = {}

--- An address of a node.
---@class kube.Address
---@field addr string
---@field type string In kube.AddressType or not.
local Address = {}
