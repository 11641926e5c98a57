---@meta

--- Any call of the API, over the connection and login of a cluster. A path comes whole or in parts. What is returned is
--- read-only; every status but 2xx raises.
---
--- ```lua
--- cluster.proxy:get("api/v1", "namespaces", "default")
--- print(cluster.proxy:get("/version").gitVersion)
--- ```
---@class kube.Proxy
local Proxy = {}

--- Closes a proxy that kube.proxy made.
---
--- ```lua
--- local api = kube.proxy { url = "http://localhost:8001" }
--- print(api:get("/version").gitVersion)
--- api:close()
--- ```
function Proxy:close() end

--- Sends a DELETE.
---
--- ```lua
--- cluster.proxy:delete("/api/v1/namespaces/shop/configmaps/notes")
--- ```
---@param ... string|kube.SendOptions The path, then the options.
---@return any
function Proxy:delete(...) end

--- Sends a GET.
---
--- ```lua
--- print(cluster.proxy:get("api/v1", "nodes", "node-0").metadata.name)
--- ```
---@param ... string|kube.GetOptions The path, then the options.
---@return any
function Proxy:get(...) end

---@class kube.GetOptions
---@field params? table<string, string|number|boolean> The query.

--- Sends a PATCH.
---
--- ```lua
--- cluster.proxy:patch("/api/v1/nodes/node-0", { patch = { metadata = { annotations = { rack = "r7" } } } })
--- ```
---@param ... string|kube.ProxyPatchOptions The path, then the options.
---@return any
function Proxy:patch(...) end

---@class kube.ProxyPatchOptions
---@field params? table<string, string|number|boolean> The query.
---@field patch any The changes; required.
---@field type? kube.PatchType Strategic unless told.

--- Sends a POST.
---
--- ```lua
--- cluster.proxy:post("/api/v1/namespaces", { json = { metadata = { name = "notes" } } })
--- ```
---@param ... string|kube.SendOptions The path, then the options.
---@return any
function Proxy:post(...) end

---@class kube.SendOptions
---@field json? any The body.
---@field params? table<string, string|number|boolean> The query.

--- The address of a path.
---
--- ```lua
--- print(cluster.proxy:urljoin("api/v1", "nodes"))
--- ```
---@param ... string
---@return string
function Proxy:urljoin(...) end

--- Watches a path: a collection, or one object.
---
--- ```lua
--- for event in cluster.proxy:watch("/api/v1/nodes") do print(event.type, event.object.metadata.name) end
--- ```
---@param ... string|kube.ProxyWatchOptions The path, then the options.
---@return kube.RawWatcher
function Proxy:watch(...) end

---@class kube.ProxyWatchOptions
---@field fields? table<string, string> What fields, by their paths, must be; that is decided here.
---@field version? string The resource version after which it starts; unless given, what exists comes first, as ADDED.
