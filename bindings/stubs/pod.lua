---@meta

---@class kube.Pod: kube.Item, kube.Running, kube.Web, kube.Measured
local Pod = {}

--- Reads a file, or all files below a directory, into a table of contents by path. The image needs tar.
---
--- ```lua
--- for path, content in pairs(pod:copy_from("/etc/app")) do print(path, #content) end
--- ```
---@param path string
---@param options? kube.CopyFromOptions
---@return table<string, string>
function Pod:copy_from(path, options) end

---@class kube.CopyFromOptions: kube.CopyOptions
---@field limit? integer So many bytes at most, 64 MiB unless told.

--- Writes files. The image needs tar.
---
--- ```lua
--- pod:copy_to { ["demo/greet.sh"] = { content = "echo hello", mode = "755" }, ["demo/name"] = "ada" }
--- pod:copy_to("greeting.txt", "/tmp/greeting.txt")
--- ```
---@param files table<string, string|kube.FileContent>|string Contents by path, or a file of this machine.
---@param path? string|kube.CopyOptions Where that file goes.
---@param options? kube.CopyOptions
function Pod:copy_to(files, path, options) end

---@class kube.CopyOptions
---@field container? string
---@field timeout? kube.Duration

--- A file that is written.
---@class kube.FileContent
---@field content string
---@field mode? string Its permissions, octal: "755".

--- Evicts the pod; an error of status 429 names the disruption budget that forbids it.
---
--- ```lua
--- pod:evict { grace = 5 }
--- ```
---@param options? kube.EvictOptions
function Pod:evict(options) end

---@class kube.EvictOptions
---@field grace? kube.Duration The time that it is given to end, unless its own.

--- The log, line by line. A connection that breaks is taken up again after the last line.
---
--- ```lua
--- for line in pod:logs { follow = true, since = "10m" } do print(line) end
--- ```
---@param options? kube.LogOptions
---@return kube.Log
function Pod:logs(options) end

---@class kube.LogOptions
---@field container? string
---@field follow? boolean Goes on with what comes.
---@field previous? boolean The run of the container before this one.
---@field since? time.Time|kube.Duration Nothing older: a time, or how long ago.
---@field tail? integer No more than the last lines of what exists.
---@field timestamps? boolean Each line begins with its time.

--- What answers requests: pods and services.
---@class kube.Web
local Web = {}

--- Makes a request through the API server. Whatever the status, it is a result.
---
--- ```lua
--- print(pod:http("GET", "/healthz", { port = 8080 }).status_code)
--- ```
---@param method string
---@param path string
---@param options? kube.HttpOptions
---@return kube.Response
function Web:http(method, path, options) end

---@class kube.HttpOptions
---@field body? any A string, or a table that goes as JSON.
---@field headers? table<string, string>
---@field https? boolean
---@field params? table<string, string|number|boolean> The query.
---@field port? integer|string A number or name; the first that is declared unless given.

--- What a metrics server measures: pods and nodes.
---@class kube.Measured
local Measured = {}

--- What it uses now. A new one is known only after a while.
---
--- ```lua
--- local usage = pod:top()
--- print(usage.cpu, usage.memory)
--- ```
---@return kube.Usage
function Measured:top() end

--- What a node, pod or container uses.
---@class kube.Usage
---@field containers? kube.Usage[] Of a pod.
---@field cpu number Cores.
---@field memory number Bytes.
---@field name string
---@field namespace? string
---@field time time.Time The end of the time that was measured.
---@field window number How many seconds that was.
