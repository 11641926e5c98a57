---@meta

--- A watch: a loop over it gets events until it is closed. It goes on through broken connections, and delivers what was
--- missed meanwhile.
---@class kube.Watcher: kube.Stream
---@overload fun(): kube.Event
local Watcher = {}

--- Waits for the next event.
---
--- ```lua
--- local event, why = watcher:next { timeout = "5s" }
--- ```
---@param timeout? kube.Duration|kube.NextOptions At most so long; 0 only looks.
---@return kube.Event?
---@return kube.Ended? why # Why there is none.
function Watcher:next(timeout) end

--- What brings something again and again. task.select can wait for it.
---@class kube.Stream
---@field pending integer How many are there to be taken.
local Stream = {}

--- Ends it.
---
--- ```lua
--- local watcher = cluster.pods:watch()
--- task.spawn(function() task.sleep("1m"); watcher:close() end)
--- for event in watcher do print(event) end
--- ```
function Stream:close() end

---@class kube.NextOptions
---@field timeout? kube.Duration At most so long; 0 only looks.

--- Why a stream has brought nothing.
---@alias kube.Ended
---| "timeout" # Nothing came in time.
---| "closed" # Nothing will come any more.

--- A change that a watch has seen.
---@class kube.Event
---@field evtype string What happened: "ADDED", "MODIFIED", "DELETED", "SYNC".
---@field item? kube.Item The object, none of SYNC.
---@field synthetic boolean A deletion that was missed: of the item only kind, names, uid and version are known.
---@field ADDED "ADDED"
---@field DELETED "DELETED"
---@field ERROR "ERROR"
---@field MODIFIED "MODIFIED"
---@field SYNC "SYNC"
local Event = {}

--- A watch of a path of the API. It goes on through broken connections, but a version that the server no longer keeps
--- ends it with an error.
---@class kube.RawWatcher: kube.Stream
---@overload fun(): kube.RawEvent
local RawWatcher = {}

--- Waits for the next event.
---
--- ```lua
--- local event, why = cluster.proxy:watch("/api/v1/nodes"):next { timeout = "5s" }
--- print(event and event.type or why)
--- ```
---@param timeout? kube.Duration|kube.NextOptions At most so long; 0 only looks.
---@return kube.RawEvent?
---@return kube.Ended? why # Why there is none.
function RawWatcher:next(timeout) end

--- An event as the server sends it.
---@class kube.RawEvent
---@field object kube.Mapping
---@field type string
