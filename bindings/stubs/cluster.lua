---@meta

--- The cluster that the flags of kubelua name. It connects when it is first used.
---@type kube.Cluster
cluster = nil

--- A cluster. It has a view of every resource under its plural name: cluster.pods, cluster.cronjobs.
---@class kube.Cluster
---@field namespace? string The namespace of the context.
---@field proxy kube.Proxy Any other call of the API.
---@field url string The server's address.
---@field [string] kube.View The objects of a resource, under its plural name.
local Cluster = {}

--- Has an object be as the data says: creates it or changes it, and leaves to others what the data doesn't say
--- (server-side apply). A list, or a text of several documents, is applied in the order in which the objects need each
--- other.
---
--- ```lua
--- cluster:apply(io.read("*a"), { namespace = "shop" })
--- ```
---@param data kube.Data|table[]
---@param options? kube.ApplyOptions
---@return kube.Item # The newest item; a list of them where several objects were given.
---@overload fun(self: kube.Cluster, objects: table[], options?: kube.ApplyOptions): kube.Item[]
function Cluster:apply(data, options) end

---@class kube.ApplyOptions
---@field field_manager? string Who applies; kubelua unless told.
---@field force? boolean Takes over fields that somebody else has set to other values.
---@field namespace? string The namespace of data that names none.

--- Releases the cluster. What uses it afterwards raises.
---
--- ```lua
--- local staging = kube.cluster { context = "staging" }
--- for node in staging.nodes do print(node) end
--- staging:close()
--- ```
function Cluster:close() end

--- Creates an object; AlreadyExists if it is there. A list, or a text of several documents, is created in the order in
--- which the objects need each other.
---
--- ```lua
--- cluster:create({ apiVersion = "v1", kind = "ConfigMap", metadata = { name = "settings" } }, { namespace = "shop" })
--- ```
---@param data kube.Data|table[]
---@param options? kube.CreateOptions
---@return kube.Item # The newest item; a list of them where several objects were given.
---@overload fun(self: kube.Cluster, objects: table[], options?: kube.CreateOptions): kube.Item[]
function Cluster:create(data, options) end

---@class kube.CreateOptions
---@field field_manager? string Who creates; kubelua unless told.
---@field namespace? string The namespace of data that names none.

--- The item of an object's data. Nothing is sent but, for an unknown kind, the question what the server serves.
---
--- ```lua
--- local pod = cluster:item { apiVersion = "v1", kind = "Pod", metadata = { name = "cart-0", namespace = "shop" } }
--- pod:delete()
--- ```
---@param data kube.Data
---@return kube.Item
function Cluster:item(data) end

--- Every kind that the server serves now.
---
--- ```lua
--- for kind in cluster:kinds() do print(kind, kind.api_version) end
--- ```
---@return kube.ServedKind[]
function Cluster:kinds() end

--- The view of a kind by any of its names: plural or singular name, kind, short name; with group or version.
---
--- ```lua
--- cluster:view("deploy")
--- cluster:view("certificates.cert-manager.io")
--- cluster:view { api_version = "apps/v1", kind = "Deployment" }
--- ```
---@param kind string|table|kube.ServedKind|kube.Item|kube.Mapping
---@return kube.View
function Cluster:view(kind) end
