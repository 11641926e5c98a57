---@meta

-- What of the base library the engine adds.

--- The arguments of the script, from 1 on; arg[0] is its name.
---@type table<integer, string>
arg = {}

--- Calls a function in protection: true and what it returns, or false and what it raised. The end of the run goes through.
---
--- ```lua
--- local ok, err = pcall(cluster.pods.fetch, cluster.pods, "cart-0", { namespace = "shop" })
--- ```
---@param fn any
---@param ... any
---@return boolean
---@return any ...
function pcall(fn, ...) end

--- The value of a module, which is loaded once: a module of kubelua, or a file beside the script or in a folder of --path.
---
--- ```lua
--- local time = require "time"
--- ```
---@param name string
---@return any
function require(name) end

--- Like pcall, but what was raised goes through a function first, which sees the calls that led to it.
---
--- ```lua
--- local ok, trace = xpcall(function() error("no quorum") end, debug.traceback)
--- ```
---@param fn any
---@param handler fun(err: any): any
---@param ... any
---@return boolean
---@return any ...
function xpcall(fn, handler, ...) end

--- Where modules are found.
---@class packagelib
---@field loaded table<string, any> The values of the modules that are loaded.
---@field path string Where files are looked for.
---@field preload table<string, function> Functions that load modules.
package = {}
