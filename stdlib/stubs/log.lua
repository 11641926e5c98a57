---@meta log

--- Messages on stderr, a line each, with fields. What is in a Secret is written as ***.
---
--- ```lua
--- local log = require "log"
--- log.debug("looked at", { pod = "web-0" })     -- not written before log.level("debug")
--- log.info("restarted", { deployment = "web", replicas = 3 })
--- log.warn("no limits", { pod = "web-0" })
--- log.error("rollout failed", { deployment = "web", reason = "ImagePullBackOff" })
--- ```
---@class loglib
local log = {}

--- A message for whoever looks for a fault; it is written where the level is debug.
---@param message any
---@param fields? table<string, any>
function log.debug(message, fields) end

--- A message that something has failed.
---@param message any
---@param fields? table<string, any>
function log.error(message, fields) end

--- What the lines are: text for people, or JSON for programs. Returns what it is now.
---
--- ```lua
--- log.format("json")
--- ```
---@param format? "text"|"json"
---@return string
function log.format(format) end

--- A message.
---@param message any
---@param fields? table<string, any>
function log.info(message, fields) end

--- From which level on messages are written; info unless told. Returns what it is now.
---
--- ```lua
--- log.level("debug")
--- ```
---@param level? "debug"|"info"|"warn"|"error"
---@return string
function log.level(level) end

--- A message that something isn't as it should be.
---@param message any
---@param fields? table<string, any>
function log.warn(message, fields) end

--- A logger whose messages all have some fields.
---
--- ```lua
--- local shop = log.with { namespace = "shop" }
--- shop:info("restarted", { deployment = "web" })
--- ```
---@param fields table<string, any>
---@return log.Logger
function log.with(fields) end

--- A logger with fields of its own.
---
--- ```lua
--- local shop = log.with { namespace = "shop" }
--- shop:debug("looked at", { pod = "web-0" })
--- shop:info("restarted", { deployment = "web" })
--- shop:warn("no limits", { pod = "web-0" })
--- shop:with({ deployment = "web" }):error("rollout failed")
--- ```
---@class log.Logger
local Logger = {}

--- A message for whoever looks for a fault.
---@param message any
---@param fields? table<string, any>
function Logger:debug(message, fields) end

--- A message that something has failed.
---@param message any
---@param fields? table<string, any>
function Logger:error(message, fields) end

--- A message.
---@param message any
---@param fields? table<string, any>
function Logger:info(message, fields) end

--- A message that something isn't as it should be.
---@param message any
---@param fields? table<string, any>
function Logger:warn(message, fields) end

--- A logger with more fields.
---@param fields table<string, any>
---@return log.Logger
function Logger:with(fields) end

return log
