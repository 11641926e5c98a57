---@meta

--- A snapshot of an object. What changes the object returns its newest item; this one stays as it is.
---@class kube.Item
---@field api_paths string[] The paths of the API that serve the kind, the newest version first.
---@field cluster kube.Cluster
---@field kind string
---@field meta kube.Metadata Name, namespace, labels and what else all objects have.
---@field raw kube.Mapping The whole object.
---@field resource string The plural name of the kind: "pods".
---@field spec kube.Mapping What the object shall be; item:spec() is a table of it.
---@field status kube.Mapping What the object is; item:status() is a table of it.
local Item = {}

--- Has the object have these fields, and leaves the others to others (server-side apply).
---
--- ```lua
--- item:apply { metadata = { labels = { tier = "front" } } }
--- ```
---@param data kube.Data Kind, name and namespace may be left out.
---@param options? kube.ItemApplyOptions
---@return self # The newest item.
function Item:apply(data, options) end

---@class kube.ItemApplyOptions
---@field field_manager? string Who applies; kubelua unless told.
---@field force? boolean Takes over fields that somebody else has set to other values.

--- Deletes the object, and never another that has its name by now. LookupError where it is gone already.
---
--- ```lua
--- job:delete { propagation = "Foreground", wait = "2m" }
--- ```
---@param options? kube.DeleteOptions
function Item:delete(options) end

---@class kube.DeleteOptions
---@field grace? kube.Duration The time that it is given to end.
---@field propagation? kube.Propagation Background unless told.
---@field wait? boolean|kube.Duration Waits until it is gone: true for 5 minutes at most.

--- What becomes of the objects that an object owns.
---@alias kube.Propagation
---| "Background" # They are deleted afterwards.
---| "Foreground" # They are deleted before.
---| "Orphan" # They stay.

--- Changes what the function changes in a table of the newest state. It is called again when somebody else was faster, so
--- it should do nothing else. A field that is set to nil or kube.null is deleted.
---
--- ```lua
--- deployment:edit(function(object) object.spec.replicas = object.spec.replicas + 1 end)
--- ```
---@param fn fun(object: table): table? Changes the table, or returns another.
---@param options? kube.EditOptions
---@return self # The newest item.
function Item:edit(fn, options) end

---@class kube.EditOptions
---@field field_manager? string Who writes; kubelua unless told.
---@field subresource? string "status" for a change of the status.

--- The condition of a type, as the object had it when it was read; nil where it has none.
---
--- ```lua
--- local available = deployment:condition("Available")
--- if available and available.status ~= "True" then print(available.reason, available.message) end
--- ```
---@param type string In whatever case.
---@return kube.Condition?
function Item:condition(type) end

--- What an object says of itself (API conventions, "Typical status properties").
---@class kube.Condition
---@field type string
---@field status "True"|"False"|"Unknown"
---@field reason? string A word for programs.
---@field message? string For people.
---@field lastTransitionTime? string When the status last changed, see kube.time.
---@field observedGeneration? integer The generation of the spec that it is about.

--- The Events about the object, the oldest first. They print as in kubectl describe.
---
--- ```lua
--- for event in deployment:events() do print(event.raw.reason, event.raw.message) end
--- ```
---@return kube.Item[]
function Item:events() end

--- The object as it is now; LookupError where it is gone.
---
--- ```lua
--- print(deployment:fetch().spec.replicas)
--- ```
---@return self
function Item:fetch() end

--- Changes what the patch says, in whatever state the object is.
---
--- ```lua
--- item:patch { spec = { replicas = 3 } }
--- item:patch({ { op = "remove", path = "/spec/paused" } }, { type = "json" })
--- ```
---@param patch kube.Data|table[]
---@param options? kube.PatchOptions
---@return self # The newest item.
function Item:patch(patch, options) end

---@class kube.PatchOptions
---@field field_manager? string Who writes; kubelua unless told.
---@field force? boolean Of an apply patch: takes over fields of others.
---@field subresource? string "status" or "scale".
---@field type? kube.PatchType Merge unless told.

--- How a patch is read.
---@alias kube.PatchType
---| "merge" # Tables are merged, lists replaced, kube.null deletes (RFC 7386).
---| "strategic" # Lists are merged by their keys; for built-in kinds.
---| "json" # A list of operations (RFC 6902).
---| "apply" # As item:apply.

--- Replaces the object, as long as it is in the version that the data was read in.
---
--- ```lua
--- local data = kube.totable(item)
--- data.spec.paused = true
--- item:update(data)
--- ```
---@param data kube.Data
---@param options? kube.EditOptions
---@return self # The newest item.
function Item:update(data, options) end

--- Waits until the object is in a state. It raises early where that won't come.
---
--- ```lua
--- deployment:wait { ready = true, timeout = "10m" }
--- local job, what = job:wait { any = { "Complete", "Failed" } }
--- ```
---@param options kube.WaitOptions
---@return self? # The newest item; nil of one that is gone.
---@return any? reached # The state, or what fn returned.
function Item:wait(options) end

--- What is waited for, which is one of any, condition, deleted, fn, path and ready.
---@class kube.WaitOptions
---@field any? string[] The first of several conditions, "ready" and "deleted".
---@field condition? string A condition: "Available", "Available=False".
---@field deleted? true Until it is gone.
---@field fn? fun(item: kube.Item): any Until it returns something true. It may wait.
---@field path? string Until there is something at a path, or what value says.
---@field patient? boolean Goes on where it would fail early.
---@field ready? true Until it does its work, which each kind knows.
---@field timeout? kube.Duration At most so long, 5 minutes unless told; 0 only looks, math.huge waits without end.
---@field value? any What stands at path.

--- A watch of the object, from the state of the item on. It ends after the object was deleted.
---
--- ```lua
--- for event in deployment:watch() do print(event.evtype, event.item.status.readyReplicas) end
--- ```
---@param options? kube.ItemWatchOptions
---@return kube.Watcher
function Item:watch(options) end

---@class kube.ItemWatchOptions
---@field initial? boolean Delivers first what exists, as ADDED.
---@field keep? boolean Remembers the objects whole, for deletions that were missed.
---@field resync? kube.Duration Lists anew at this interval and delivers everything.
---@field since? string Delivers what has changed after a resource version.
---@field sync? boolean Delivers a SYNC event when everything is known.
