---@meta

--- What all objects have.
---@class kube.Metadata
---@field annotations kube.Annotations
---@field created? time.Time When the object was created.
---@field finalizers kube.Finalizers Who has to do something before the object is gone.
---@field labels kube.Labels
---@field link string The path of the object, for cluster.proxy.
---@field name string
---@field namespace? string
---@field owners kube.Owners The objects whose end is its end.
---@field uid? string What tells it from another of the same name.
---@field version? string The resource version of this snapshot.
local Metadata = {}

--- The labels of an object: a mapping that is read like a table.
---
--- ```lua
--- print(pod.meta.labels.app, #pod.meta.labels)
--- pod = pod.meta.labels:set("example.com/team", "web")
--- ```
---@class kube.Labels: kube.Entries
local Labels = {}

--- The annotations of an object: a mapping that is read like a table.
---@class kube.Annotations: kube.Entries
local Annotations = {}

--- Labels or annotations. An absent key is nil.
---@class kube.Entries
---@field [string] string?
local Entries = {}

--- Deletes keys of the object. It is no error if one isn't there.
---
--- ```lua
--- pod.meta.labels:delete("canary", "stage")
--- ```
---@param key string
---@param ... string More keys.
---@return kube.Item # The newest item.
function Entries:delete(key, ...) end

--- The value of a key, also of one that is named like a method.
---
--- ```lua
--- print(pod.meta.labels:get("app", "none"))
--- ```
---@param key string
---@param default? any What it is where there is none.
---@return string?
function Entries:get(key, default) end

--- Whether there is a key.
---
--- ```lua
--- print(pod.meta.annotations:has("example.com/until"))
--- ```
---@param key string
---@return boolean
function Entries:has(key) end

--- Sets a key of the object, or all keys of a table, where kube.null deletes one. Nothing else is sent.
---
--- ```lua
--- item.meta.labels:set { tier = "front", canary = kube.null }
--- ```
---@param key string|table<string, string|kube.Null>
---@param value? string|kube.Null
---@return kube.Item # The newest item.
function Entries:set(key, value) end

--- The finalizers of an object: a list of names.
---@class kube.Finalizers
---@field [integer] string
local Finalizers = {}

--- Removes finalizers.
---
--- ```lua
--- item.meta.finalizers:delete("example.com/backup")
--- ```
---@param name string
---@param ... string More of them.
---@return kube.Item # The newest item.
function Finalizers:delete(name, ...) end

--- Whether there is a finalizer.
---
--- ```lua
--- print(item.meta.finalizers:has("example.com/backup"))
--- ```
---@param name string
---@return boolean
function Finalizers:has(name) end

--- Adds finalizers.
---
--- ```lua
--- item.meta.finalizers:set("example.com/backup")
--- ```
---@param name string
---@param ... string More of them.
---@return kube.Item # The newest item.
function Finalizers:set(name, ...) end

--- The owners of an object: a list of references.
---@class kube.Owners
---@field [integer] kube.Mapping
local Owners = {}

--- Removes an owner.
---
--- ```lua
--- pod.meta.owners:delete(deployment)
--- ```
---@param owner kube.Item
---@return kube.Item # The newest item.
function Owners:delete(owner) end

--- Whether an object is an owner.
---
--- ```lua
--- print(pod.meta.owners:has(deployment))
--- ```
---@param owner kube.Item
---@return boolean
function Owners:has(owner) end

--- Adds an owner.
---
--- ```lua
--- pod.meta.owners:set(deployment, { controller = true })
--- ```
---@param owner kube.Item
---@param options? kube.OwnerOptions
---@return kube.Item # The newest item.
function Owners:set(owner, options) end

---@class kube.OwnerOptions
---@field block? boolean The owner's deletion in the foreground waits for this object.
---@field controller? boolean It is the one that manages the object.
