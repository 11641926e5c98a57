---@meta

--- A command that runs in a pod: a loop over it gets pieces of output, and the name of their stream. It ends with its
--- task.
---@class kube.Process: kube.Stream
---@overload fun(): string, "stdout"|"stderr"
local Process = {}

--- Ends the input.
---
--- ```lua
--- local sort = pod:exec({ "sort" }, { stream = true })
--- sort:write("b\na\n")
--- sort:close_stdin()
--- for text in sort do io.write(text) end
--- ```
function Process:close_stdin() end

--- Waits for the next piece of output.
---
--- ```lua
--- local process = pod:exec({ "tail", "-f", "/var/log/app.log" }, { stream = true })
--- local text, stream = process:next { timeout = "10s" }
--- ```
---@param timeout? kube.Duration|kube.NextOptions At most so long; 0 only looks.
---@return string? text
---@return "stdout"|"stderr"|kube.Ended stream # The stream, or why there is no text.
function Process:next(timeout) end

--- Tells a terminal its size.
---
--- ```lua
--- local top = pod:exec({ "top" }, { stream = true, tty = true })
--- top:resize(120, 40)
--- ```
---@param cols integer
---@param rows integer
function Process:resize(cols, rows) end

--- Waits for the end and throws away what of the output nobody has read; TimeoutError where it takes longer.
---
--- ```lua
--- print(pod:exec({ "true" }, { stream = true }):wait { timeout = "10s" })
--- ```
---@param timeout? kube.Duration|kube.NextOptions
---@return integer code
function Process:wait(timeout) end

--- Writes to the input.
---
--- ```lua
--- local shell = pod:exec({ "sh" }, { stream = true })
--- shell:write("df -h\nexit\n")
--- for text in shell do io.write(text) end
--- ```
---@param text string
function Process:write(text) end

--- A port of this machine that leads to a pod, until it is closed. It prints as its address. A loop over it gets what
--- goes wrong with a connection.
---@class kube.PortForward: kube.Stream
---@field port integer The port of this machine.
---@overload fun(): kube.Error
local PortForward = {}

--- Waits for the next error of a connection.
---
--- ```lua
--- local forward = pod:port_forward(8080)
--- local err, why = forward:next { timeout = "1m" }
--- if err then print(err.message) end
--- ```
---@param timeout? kube.Duration|kube.NextOptions At most so long; 0 only looks.
---@return kube.Error?
---@return kube.Ended? why # Why there is none.
function PortForward:next(timeout) end
