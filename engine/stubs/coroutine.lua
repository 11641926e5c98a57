---@meta coroutine

--- Functions that stop and go on, as in Lua 5.4. They can yield wherever Lua code runs.
---
--- ```lua
--- local co = coroutine.create(function(first)
---   local more = coroutine.yield(first + 1)
---   return more * 2
--- end)
--- print(coroutine.resume(co, 1))              --> true 2
--- print(coroutine.status(co))                 --> suspended
--- print(coroutine.resume(co, 5))              --> true 10
--- print(coroutine.status(co))                 --> dead
--- ```
---@class coroutinelib
coroutine = {}

--- Ends a coroutine that is suspended or dead.
---
--- ```lua
--- local co = coroutine.create(function() coroutine.yield() end)
--- coroutine.resume(co)
--- print(coroutine.close(co), coroutine.status(co))           --> true dead
--- ```
---@param co thread
---@return boolean # False if it had ended by an error.
---@return any? err
function coroutine.close(co) end

--- Makes a coroutine of a function.
---@param fn fun(...: any): ...any
---@return thread
function coroutine.create(fn) end

--- Whether a coroutine runs.
---
--- ```lua
--- print(coroutine.wrap(function() return coroutine.isyieldable() end)())    --> true
--- ```
---@return boolean
function coroutine.isyieldable() end

--- Starts a coroutine or has it go on: true and what it yields or returns, or false and the error.
---@param co thread
---@param ... any What the function gets, or its yield returns.
---@return boolean
---@return any ...
function coroutine.resume(co, ...) end

--- The coroutine that runs, nil outside of coroutines.
---
--- ```lua
--- print(coroutine.running())                     --> nil
--- ```
---@return thread?
function coroutine.running() end

--- How a coroutine is.
---@param co thread
---@return "suspended"|"running"|"normal"|"dead"
function coroutine.status(co) end

--- Makes a coroutine of a function, as a function that has it go on.
---
--- ```lua
--- for n in coroutine.wrap(function() for i = 1, 3 do coroutine.yield(i) end end) do print(n) end
--- ```
---@param fn fun(...: any): ...any
---@return fun(...: any): ...any
function coroutine.wrap(fn) end

--- Stops here, and gives values to who resumed the coroutine.
---@param ... any
---@return any ... # What it is resumed with.
function coroutine.yield(...) end
