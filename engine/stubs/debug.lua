---@meta debug

--- What of Lua's debug library scripts have.
---@class debuglib
debug = {}

--- The environment of a function or coroutine.
---
--- ```lua
--- print(debug.getfenv(print) == _G)              --> true
--- ```
---@param of function|thread
---@return table?
function debug.getfenv(of) end

--- Where a function, or the call at a level of the stack, is.
---
--- ```lua
--- local here = debug.getinfo(1)
--- print(here.short_src, here.currentline)
--- ```
---@param of function|integer
---@return table?
function debug.getinfo(of) end

--- Changes the environment of a function or coroutine.
---
--- ```lua
--- local fn = debug.setfenv(function() return kube end, {})
--- print(fn())                                    --> nil
--- ```
---@param of function|thread
---@param env table
---@return function|thread
function debug.setfenv(of, env) end

--- The calls that led here, as a text.
---
--- ```lua
--- io.stderr:write(debug.traceback("how did we get here?"), "\n")
--- ```
---@param co? thread Of another coroutine.
---@param message? any What stands before.
---@param level? integer Where it begins, 1 unless given.
---@return any
---@overload fun(message?: any, level?: integer): any
function debug.traceback(co, message, level) end
