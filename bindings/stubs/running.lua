---@meta

--- What runs in containers: a pod, or a workload or service by one of its pods, a ready one if there is any.
---@class kube.Running
local Running = {}

--- Runs a command. A code that isn't 0 is a result and no error. Options may stand in the command's table.
---
--- ```lua
--- print(pod:exec { "sh", "-c", "date" }.stdout)
--- pod:exec({ "tr", "a-z", "A-Z" }, { stdin = "loud" })
--- ```
---@param command string[]|kube.ExecOptions
---@param options? kube.ExecOptions
---@return kube.ExecResult # With stream = true a kube.Process.
---@overload fun(self: kube.Running, command: string[], options: kube.ExecOptions): kube.Process
function Running:exec(command, options) end

---@class kube.ExecOptions
---@field container? string
---@field limit? integer So many bytes of output at most, 64 MiB unless told; more is an error.
---@field protocol? "spdy"|"websocket" WebSocket unless told, or SPDY where a server knows only that.
---@field stdin? string|fun(): string? The input, or a function that returns it piece by piece.
---@field stream? boolean Returns a handle of the running command.
---@field timeout? kube.Duration Ends the stream with a TimeoutError.
---@field tty? boolean Gives it a terminal: stderr comes with stdout.

--- What a command has put out.
---@class kube.ExecResult
---@field code integer
---@field stderr string
---@field stdout string

--- Opens a port of this machine, on 127.0.0.1 only, that leads to the pod.
---
--- ```lua
--- kube.with(pod:port_forward(8080), function(forward)
---   print(kube.proxy { url = "http://" .. forward }:get("/healthz"))
--- end)
--- ```
---@param port integer
---@param options? kube.PortForwardOptions
---@return kube.PortForward
function Running:port_forward(port, options) end

---@class kube.PortForwardOptions
---@field local_port? integer Any free one unless given.

--- What has pods: workloads and services.
---@class kube.Workload: kube.Running
local Workload = {}

--- The logs of all its pods, as one stream of lines with their pods.
---
--- ```lua
--- for line, pod in deployment:logs { follow = true } do print(pod.meta.name, line) end
--- ```
---@param options? kube.LogOptions
---@return kube.Log
function Workload:logs(options) end

--- The view of its pods.
---
--- ```lua
--- for pod in deployment:pods() do print(pod, pod.phase) end
--- ```
---@return kube.PodView
function Workload:pods() end
