---@meta debug

--- What of Lua's debug library scripts have.
---@class debuglib
debug = {}

--- The environment of a function or coroutine.
---@param of function|thread
---@return table?
function debug.getfenv(of) end

--- Where a function, or the call at a level of the stack, is.
---@param of function|integer
---@return table?
function debug.getinfo(of) end

--- Changes the environment of a function or coroutine.
---@param of function|thread
---@param env table
---@return function|thread
function debug.setfenv(of, env) end

--- The calls that led here, as a text.
---@param co? thread Of another coroutine.
---@param message? any What stands before.
---@param level? integer Where it begins, 1 unless given.
---@return any
---@overload fun(message?: any, level?: integer): any
function debug.traceback(co, message, level) end
