---@meta kube

-- The module kube: require "kube", and a global.

--- A time span: a number of seconds, or a text like "90s", "5m", "1h30m".
---@alias kube.Duration number|string|time.Duration

--- An object: a table, YAML or JSON text, or something that came from a cluster.
---@alias kube.Data table|string|kube.Item|kube.Mapping

--- Labels or fields that must match: a table of what must be equal, or kubectl's notation.
---@alias kube.Selector string|table<string, string>|kube.Labels|kube.Mapping

--- The types of errors. All stand under KubeError, LookupError also under APIError.
---@alias kube.ErrorType
---| "KubeError" # Any error of kubelua.
---| "APIError" # The server refused, or couldn't be reached.
---| "LookupError" # The object isn't there (404).
---| "StatusError" # Something isn't in a state that was expected, or isn't reported yet.
---| "NamespaceError" # A namespace is missing, or given where none belongs.
---| "TimeoutError" # It took longer than it may.
---| "ValueError" # An argument is wrong; nothing was sent.
---| "DeniedError" # The host doesn't let the script do it; nothing was done.

--- Clusters, values and errors of Kubernetes.
---@class kubelib
---@field null kube.Null A null of JSON, which Lua's nil can't be in a table. In patches it deletes.
kube = {}

--- Marks a table as an array, which is written as [] even when it is empty.
---
--- ```lua
--- print(kube.json { names = kube.array {} })     --> {"names":[]}
--- ```
---@param list? table A new one unless given.
---@return table # The same table.
function kube.array(list) end

--- Connects to a further cluster. Nothing is sent before it is first used. What the options leave open is as for the
--- cluster of the flags.
---
--- ```lua
--- local staging = kube.cluster { context = "staging" }
--- ```
---@param options? kube.ClusterOptions
---@return kube.Cluster
function kube.cluster(options) end

---@class kube.ClusterOptions
---@field as? string The user to act as.
---@field certificate_authority? string The file of the certificates that the server is checked by.
---@field client_certificate? string The file of the certificate to log in with.
---@field client_key? string The file of its key.
---@field context? string The context of the kubeconfig.
---@field insecure_skip_tls_verify? boolean Takes any certificate of the server.
---@field kubeconfig? string The file of the kubeconfig.
---@field namespace? string Binds the views to a namespace.
---@field tls_server_name? string The name that the server's certificate has.
---@field token? string The token to log in with.
---@field url? string The server's address. No login is taken from a kubeconfig then.

--- What stands at a path into anything, without raising: the default where it is absent or null.
---
--- ```lua
--- kube.get(pod, "spec.containers[1].image")
--- kube.get(node, 'metadata.annotations["example.com/rack"]', "no rack")
--- ```
---@param value any An item, anything in its raw, or a table.
---@param path string|table Names joined by dots, [n] from 1, ["a.b/c"]; or a list of keys.
---@param default? any
---@return any
function kube.get(value, path, default) end

--- An integer of 64 bits, exact beyond 2^53 where numbers aren't.
---
--- ```lua
--- print(kube.int64("9007199254740993"))            --> 9007199254740993
--- ```
---@param value number|string|kube.Int64
---@return kube.Int64
function kube.int64(value) end

--- Whether an error is of a type, or of one below it. False for anything else that was raised.
---
--- ```lua
--- local ok, err = pcall(cluster.pods.fetch, cluster.pods, "card", { namespace = "shop" })
--- print(kube.is(err, "APIError"))                --> true
--- ```
---@param err any
---@param type kube.ErrorType
---@return boolean
function kube.is(err, type) end

--- Writes a value as JSON. Secrets are written with their data.
---
--- ```lua
--- print(kube.json({ kube.null, true }))            --> [null,true]
--- ```
---@param value any An item, anything in its raw, or a table.
---@param options? kube.JsonOptions
---@return string
function kube.json(value, options) end

---@class kube.JsonOptions
---@field indent? integer The blanks that each level is indented by, 0 to 16; one line unless given.

--- What is known of a built-in kind, or its list, without asking a server.
---
--- ```lua
--- print(kube.kindimpl("PodList").resource)         --> pods
--- ```
---@param kind string "Pod", "PodList"
---@return kube.KindImpl
function kube.kindimpl(kind) end

--- The logs of several pods, as one stream of lines with their pods.
---
--- ```lua
--- for line, pod in kube.logs(cluster.pods:filter { labels = "app=web" }, { tail = 2 }) do
---   print(pod.meta.name, line)
--- end
--- ```
---@param pods kube.View|kube.Item[] A view of pods, or a list of them.
---@param options? kube.LogOptions
---@return kube.Log
function kube.logs(pods, options) end

--- The time that it is now.
---
--- ```lua
--- print(kube.now() + 3600)
--- ```
---@return time.Time
function kube.now() end

--- The objects of a manifest, as tables to look at and change.
---
--- ```lua
--- for _, object in ipairs(kube.parse("{kind: ConfigMap, metadata: {name: a}}")) do print(object.metadata.name) end
--- ```
---@param text string YAML or JSON, of one or several documents.
---@return table[]
function kube.parse(text) end

--- A proxy of a cluster, or of any server that speaks JSON.
---
--- ```lua
--- print(kube.proxy { url = "http://localhost:8001" }:get("/version").gitVersion)
--- ```
---@param options? kube.ClusterOptions
---@return kube.Proxy
function kube.proxy(options) end

--- The time that a text says, in RFC 3339.
---
--- ```lua
--- print(kube.time "2026-03-01T12:00:00Z" + 90)   --> 2026-03-01T12:01:30Z
--- ```
---@param text string
---@return time.Time
function kube.time(text) end

--- A fresh table of anything that has fields or elements, all the way down; anything else as it is.
---
--- ```lua
--- local manifest = kube.totable(deployment)
--- manifest.status = nil
--- ```
---@param value any
---@return any
function kube.totable(value) end

--- Calls a function with something that has a method close, and closes it afterwards: also when the function raises or
--- the run is cancelled.
---
--- ```lua
--- kube.with(cluster.pods:watch(), function(watcher)
---   print(watcher:next { timeout = "10s" })
--- end)
--- ```
---@generic T
---@param value T A watcher, a cluster, a port forward ...
---@param fn fun(value: T): ...any
---@return any ... # What the function returned.
function kube.with(value, fn) end

--- Writes a value as YAML. Secrets are written with their data.
---
--- ```lua
--- io.write(kube.yaml(deployment))
--- ```
---@param value any An item, anything in its raw, or a table.
---@return string
function kube.yaml(value) end
