---@meta ui

--- Questions, and how far a work is, for whoever sits at the terminal: on stderr, and nothing of it where that is no terminal.
---
--- ```lua
--- local ui = require "ui"
--- if ui.confirm("Delete them all?") then
---   for name in ui.track({ "a", "b" }, { label = "deleting" }) do
---     print(name)
---   end
--- end
--- ```
---@class uilib
local ui = {}

--- Asks for a line. Where nobody can be asked, the default is taken; without one that raises.
---
--- ```lua
--- local namespace = ui.ask("Which namespace?", { default = "shop" })
--- ```
---@param question string
---@param options? ui.AskOptions
---@return any
function ui.ask(question, options) end

---@class ui.AskOptions
---@field default? any

--- Asks for yes or no. Where nobody can be asked the answer is the default, which is no unless told.
---
--- ```lua
--- if not ui.confirm("Restart " .. #names .. " deployments?") then os.exit(1) end
--- ```
---@param question string
---@param options? ui.ConfirmOptions
---@return boolean
function ui.confirm(question, options) end

---@class ui.ConfirmOptions
---@field default? boolean

--- Shows how much is done.
---
--- ```lua
--- local bar = ui.progress { label = "pods", total = 40 }
--- bar:add()
--- bar:close()
--- ```
---@param options? ui.ProgressOptions
---@return ui.Progress
function ui.progress(options) end

---@class ui.ProgressOptions
---@field label? string
---@field total? integer How much there is to do, if it is known.

--- A bar that grows.
---
--- ```lua
--- local bar = ui.progress { label = "draining", total = 3 }
--- for _, name in ipairs(names) do
---   cluster.nodes:fetch(name):drain()
---   bar:add()
--- end
--- bar:close()
--- ```
---@class ui.Progress
local Progress = {}

--- So much more is done.
---@param count? number 1 unless told.
---@return ui.Progress # The same bar.
function Progress:add(count) end

--- Takes it away.
function Progress:close() end

--- So much is done.
---
--- ```lua
--- bar:set(deployment:rollout().updated)
--- ```
---@param count number
---@return ui.Progress # The same bar.
function Progress:set(count) end

--- Asks for one of several; the answer is its number or itself. Where nobody can be asked, the default is taken; without one
--- that raises.
---
--- ```lua
--- local context = ui.select("Which cluster?", { "staging", "production" }, { default = "staging" })
--- ```
---@param question string
---@param choices any[]
---@param options? ui.AskOptions
---@return any
function ui.select(question, choices, options) end

--- Calls a function and shows meanwhile that something goes on. Returns what it returns.
---
--- ```lua
--- ui.spinner("waiting for web", function() deployment:wait { ready = true } end)
--- ```
---@param label string
---@param call function
---@param ... any
---@return any
function ui.spinner(label, call, ...) end

--- Loops over something and shows how much of it is done.
---
--- ```lua
--- for pod in ui.track(cluster.pods, { label = "pods" }) do print(pod) end
--- ```
---@param over any A list, or what a loop could be over.
---@param options? ui.ProgressOptions
---@return fun(): any
function ui.track(over, options) end

return ui
