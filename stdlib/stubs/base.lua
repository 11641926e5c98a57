---@meta

-- Lua's basic functions.

--- All globals.
---@type table<string, any>
_G = {}

---@type string
_VERSION = ""

--- Raises an error if a value is false or nil; else returns all its arguments.
---
--- ```lua
--- local file = assert(io.open("nodes.txt"))
--- ```
---@param value any
---@param message? any What is raised, as it is.
---@param ... any
---@return any ...
function assert(value, message, ...) end

--- Of "count" the memory in use, in KiB. The collector runs by itself.
---
--- ```lua
--- print(("%.1f MiB"):format(collectgarbage("count") / 1024))
--- ```
---@param what? string
---@return number
function collectgarbage(what) end

--- Runs a file, and returns what it returns.
---
--- ```lua
--- local limits = dofile("limits.lua")
--- ```
---@param path string
---@return any ...
function dofile(path) end

--- Raises a value. A string gets the position in front.
---
--- ```lua
--- local ok, message = pcall(error, "no such tier", 0)
--- print(message)                                 --> no such tier
--- ```
---@param value any
---@param level? integer Whose position: 1 for the caller of error, 2 for the caller of that, 0 for none.
function error(value, level) end

--- The environment of a function, or of the one at a level of the stack.
---
--- ```lua
--- print(getfenv(1) == _G)                        --> true
--- ```
---@param of? function|integer
---@return table
function getfenv(of) end

--- The metatable of a table.
---
--- ```lua
--- print(getmetatable("").__index == string)      --> true
--- ```
---@param value any
---@return any
function getmetatable(value) end

--- For loops over a list: index and element, from 1 up to the first nil.
---
--- ```lua
--- for i, container in ipairs(pod.containers) do print(i, container.name) end
--- ```
---@param list any
---@return fun(list: any, i: integer): integer?, any
---@return any list
---@return integer i
function ipairs(list) end

--- Compiles code: a function, or nil and a message.
---
--- ```lua
--- local over = load("return restarts > 5", "rule", "t", { restarts = 7 })
--- print(over())                                  --> true
--- ```
---@param chunk string|fun(): string?
---@param name? string What messages call it.
---@param mode? string
---@param env? table Its globals.
---@return function?
---@return string? message
function load(chunk, name, mode, env) end

--- Compiles a file: a function, or nil and a message.
---
--- ```lua
--- local chunk, message = loadfile("rules.lua")
--- ```
---@param path string
---@return function?
---@return string? message
function loadfile(path) end

--- As load.
---
--- ```lua
--- print(loadstring("return 1 + 1")())            --> 2
--- ```
---@param chunk string|fun(): string?
---@param name? string
---@param mode? string
---@param env? table
---@return function?
---@return string? message
function loadstring(chunk, name, mode, env) end

--- The key after a key, with its value; nil at the end.
---
--- ```lua
--- print(next({}) == nil)                         --> true
--- ```
---@param value any
---@param key? any The first key unless given.
---@return any key
---@return any value
function next(value, key) end

--- For loops over all keys, with their values.
---
--- ```lua
--- for key, value in pairs(pod.meta.labels) do print(key, value) end
--- ```
---@param value any
---@return fun(value: any, key: any): any, any
---@return any value
---@return nil
function pairs(value) end

--- Writes values on a line of stdout, with tabs between them. A view printed alone is shown as a table.
---
--- ```lua
--- print("web", 3, nil)
--- ```
---@param ... any
function print(...) end

--- Whether two values are the same, without metamethods.
---
--- ```lua
--- local t = setmetatable({}, { __eq = function() return true end })
--- print(rawequal(t, {}))                         --> false
--- ```
---@param a any
---@param b any
---@return boolean
function rawequal(a, b) end

--- The value of a key, without metamethods.
---
--- ```lua
--- local t = setmetatable({}, { __index = function() return "default" end })
--- print(t.tier, rawget(t, "tier"))               --> default nil
--- ```
---@param t table
---@param key any
---@return any
function rawget(t, key) end

--- The length, without metamethods.
---
--- ```lua
--- print(rawlen { "a", "b" })                     --> 2
--- ```
---@param value table|string
---@return integer
function rawlen(value) end

--- Sets the value of a key, without metamethods.
---
--- ```lua
--- local t = setmetatable({}, { __newindex = function() error("read-only") end })
--- print(rawset(t, "tier", "front").tier)         --> front
--- ```
---@param t table
---@param key any
---@param value any
---@return table
function rawset(t, key, value) end

--- The arguments from a position on, or with "#" their number.
---
--- ```lua
--- print(select("#", "a", nil), select(2, "a", "b", "c"))    --> 2 b c
--- ```
---@param n integer|"#"
---@param ... any
---@return any ...
function select(n, ...) end

--- Changes the environment of a function, or of the one at a level of the stack.
---
--- ```lua
--- local fn = setfenv(function() return kube end, {})
--- print(fn())                                    --> nil
--- ```
---@param of function|integer
---@param env table
---@return function?
function setfenv(of, env) end

--- Sets the metatable of a table.
---
--- ```lua
--- local counts = setmetatable({}, { __index = function() return 0 end })
--- counts.shop = counts.shop + 1
--- print(counts.shop, counts.other)               --> 1 0
--- ```
---@param t table
---@param metatable table?
---@return table
function setmetatable(t, metatable) end

--- The number that a text says, nil where it says none.
---
--- ```lua
--- print(tonumber("0644", 8), tonumber("5m"))     --> 420 nil
--- ```
---@param value any
---@param base? integer 10 unless given.
---@return number?
function tonumber(value, base) end

--- The text of a value.
---
--- ```lua
--- print(tostring(1e3) .. "m")                    --> 1000m
--- ```
---@param value any
---@return string
function tostring(value) end

--- The type of a value: "table", "userdata" ...
---
--- ```lua
--- print(type {}, type("x"), type(nil))           --> table string nil
--- ```
---@param value any
---@return string
function type(value) end

--- As table.unpack.
---
--- ```lua
--- print(unpack { "a", "b" })                     --> a b
--- ```
---@param list any
---@param first? integer
---@param last? integer
---@return any ...
function unpack(list, first, last) end
