---@meta

--- A collection of objects of one kind. A loop over it gets the items page by page, each time from the server anew. The
--- view of all namespaces shows all, whatever the context says.
---
--- ```lua
--- for pod in cluster.pods:namespaced("shop") do print(pod) end
--- ```
---@class kube.View
---@field age? number How many seconds ago the server last told a cached view what is new.
---@field api_paths string[] The paths of the API that serve it, the newest version first.
---@field cluster kube.Cluster
---@field kind string The kind of the collection: "PodList".
---@field namespace? string The namespace that it is bound to.
---@field resource string The plural name: "pods".
---@overload fun(): kube.Item
local View = {}

--- The same view of all namespaces.
---
--- ```lua
--- print(cluster.pods:namespaced("shop"):all().namespace)    --> nil
--- ```
---@return self
function View:all() end

--- Has an object be as the data says: creates it or changes it, and leaves to others what the data doesn't say
--- (server-side apply).
---
--- ```lua
--- cluster.configmaps:namespaced("shop"):apply { metadata = { name = "limits" }, data = { cpu = "2" } }
--- ```
---@param data kube.Data Kind and namespace may be left out.
---@param options? kube.ApplyOptions
---@return kube.Item # The newest item.
function View:apply(data, options) end

--- A view of the same objects in memory, which a watch keeps as they are. It asks nothing of the server, has a length,
--- and ends by close.
---
--- ```lua
--- local nodes = cluster.nodes:cached()
--- for pod in cluster.pods do print(pod, nodes:find(pod.spec.nodeName or "none")) end
--- nodes:close()
--- ```
---@return self
function View:cached() end

--- Ends a cached view.
---
--- ```lua
--- local pods = cluster.pods:cached()
--- print(#pods)
--- pods:close()
--- ```
function View:close() end

--- Creates an object; AlreadyExists if it is there.
---
--- ```lua
--- cluster.configmaps:namespaced("shop"):create { metadata = { name = "notes" }, data = { color = "blue" } }
--- ```
---@param data kube.Data Kind and namespace may be left out.
---@param options? kube.CreateOptions
---@return kube.Item # The newest item.
function View:create(data, options) end

--- An iterator over the items, as a loop over the view itself makes it.
---
--- ```lua
--- for pod in cluster.pods:each() do print(pod) end
--- ```
---@return fun(): kube.Item?
function View:each() end

--- The object with a name; LookupError where there is none.
---
--- ```lua
--- cluster.deployments:fetch("cart", { namespace = "shop" })
--- ```
---@param name string
---@param options? kube.FetchOptions
---@return kube.Item
function View:fetch(name, options) end

---@class kube.FetchOptions
---@field namespace? string The namespace, where the view isn't bound to one.

--- The objects of the view that also match. Filters add up.
---
--- ```lua
--- cluster.pods:filter { labels = { app = "web" }, fields = "status.phase=Running" }
--- ```
---@param options kube.FilterOptions
---@return self
function View:filter(options) end

---@class kube.FilterOptions
---@field fields? kube.Selector What fields must be, such as "spec.nodeName=node-1". Servers take few; a cached view takes any.
---@field labels? kube.Selector What labels must be: { app = "web" }, "app in (web, api), !canary".

--- How many objects the view has. Of a view without selectors the server says so, in one
--- small request; else only their metadata is read.
---
--- ```lua
--- print(cluster.pods:filter { fields = "status.phase=Failed" }:count())
--- ```
---@return integer
function View:count() end

--- The object with a name, nil where there is none.
---
--- ```lua
--- local cart = cluster.deployments:find("cart", { namespace = "shop" })
--- if cart then print(cart.spec.replicas) end
--- ```
---@param name string
---@param options? kube.FetchOptions
---@return kube.Item?
function View:find(name, options) end

--- The logs of all pods of the view, as one stream of lines with their pods.
---
--- ```lua
--- for line, pod in cluster.pods:filter { labels = "app=cart" }:logs { tail = 2 } do print(pod.meta.name, line) end
--- ```
---@param options? kube.LogOptions
---@return kube.Log
function View:logs(options) end

--- The same view of one namespace.
---
--- ```lua
--- print(cluster.pods:namespaced("shop").namespace)      --> shop
--- ```
---@param namespace string
---@return self
function View:namespaced(namespace) end

--- A task that watches the view and calls the functions with item and event, one at a time.
---
--- ```lua
--- local handling = cluster.pods:on { added = function(pod) print(pod) end }
--- handling:cancel()
--- ```
---@param options kube.OnOptions
---@return task.Task
function View:on(options) end

---@class kube.OnOptions
---@field added? fun(item: kube.Item, event: kube.Event)
---@field deleted? fun(item: kube.Item, event: kube.Event)
---@field fields? kube.Selector As for filter.
---@field initial? boolean Delivers first what exists, as added.
---@field keep? boolean Remembers the objects whole, for deletions that were missed.
---@field labels? kube.Selector As for filter.
---@field modified? fun(item: kube.Item, event: kube.Event)
---@field namespace? string As for namespaced.
---@field resync? kube.Duration Lists anew at this interval and delivers everything.
---@field since? string Delivers what has changed after a resource version.
---@field sync? fun(event: kube.Event) Is called when everything is known.

--- The view as the table that the server makes for people, with the columns of kubectl get.
---
--- ```lua
--- print(cluster.pods:table { wide = true })
--- ```
---@param options? kube.TableOptions
---@return kube.ServerTable
function View:table(options) end

---@class kube.TableOptions
---@field limit? integer So many rows and no more.
---@field wide? boolean The columns of -o wide too.

--- What the pods or nodes of the view use now, by the metrics server.
---
--- ```lua
--- for _, usage in ipairs(cluster.nodes:top()) do print(usage.name, usage.cpu, usage.memory) end
--- ```
---@return kube.Usage[]
function View:top() end

--- Waits until an object that is named, or all objects of the view, are in a state. With a name it returns the item and
--- what it has reached; else the list of items, once there are any and all are there, or as many as count says.
---
--- ```lua
--- cluster.pods:wait { ready = true, labels = "app=web", namespace = "shop", count = 3 }
--- cluster.namespaces:wait { name = "shop" }
--- ```
---@param options? kube.ViewWaitOptions
---@return kube.Item[]|kube.Item
---@return any? reached # Of one object the state, or what fn returned.
function View:wait(options) end

---@class kube.ViewWaitOptions: kube.WaitOptions
---@field count? integer As many objects as that are enough.
---@field fields? kube.Selector As for filter.
---@field labels? kube.Selector As for filter.
---@field name? string One object, which need not exist yet.
---@field namespace? string As for namespaced.

--- A watch that delivers every change after this call, in order, until it is closed.
---
--- ```lua
--- local watcher = cluster.pods:watch { initial = true }
--- for event in watcher do print(event) end
--- ```
---@param options? kube.WatchOptions
---@return kube.Watcher
function View:watch(options) end

---@class kube.WatchOptions: kube.ItemWatchOptions
---@field fields? kube.Selector As for filter.
---@field labels? kube.Selector As for filter.
---@field namespace? string As for namespaced.
