---@meta table

--- Lists. What reads takes sequences of a cluster, too.
---@class tablelib
table = {}

--- The texts of a list's elements, joined.
---
--- ```lua
--- print(table.concat({ "a", "b" }, ", "))        --> a, b
--- ```
---@param list any
---@param separator? string
---@param first? integer
---@param last? integer
---@return string
function table.concat(list, separator, first, last) end

--- The length of a list, as # has it.
---
--- ```lua
--- print(table.getn { "a", "b" })                 --> 2
--- ```
---@param list any
---@return integer
function table.getn(list) end

--- Puts a value into a list, at the end unless a position is given.
---
--- ```lua
--- local names = { "b" }
--- table.insert(names, 1, "a")
--- table.insert(names, "c")
--- print(table.concat(names, " "))                --> a b c
--- ```
---@param list table
---@param at integer
---@param value any
---@overload fun(list: table, value: any)
function table.insert(list, at, value) end

--- The largest number among the keys.
---
--- ```lua
--- print(table.maxn { [3] = "x", [10] = "y" })    --> 10
--- ```
---@param t table
---@return number
function table.maxn(t) end

--- A list of the arguments, with their number as n.
---
--- ```lua
--- print(table.pack("a", nil).n)                  --> 2
--- ```
---@param ... any
---@return table
function table.pack(...) end

--- Takes an element out of a list: the last, unless a position is given.
---
--- ```lua
--- local names = { "a", "b", "c" }
--- print(table.remove(names, 1), table.remove(names))         --> a c
--- ```
---@param list table
---@param at? integer
---@return any
function table.remove(list, at) end

--- Sorts a list.
---
--- ```lua
--- table.sort(pods, function(a, b) return a.meta.name < b.meta.name end)
--- ```
---@param list table
---@param less? fun(a: any, b: any): boolean Whether a comes before b; a < b unless given.
function table.sort(list, less) end

--- The elements of a list as values.
---
--- ```lua
--- print(table.unpack({ "a", "b", "c" }, 2))      --> b c
--- ```
---@param list any
---@param first? integer 1 unless given.
---@param last? integer #list unless given.
---@return any ...
function table.unpack(list, first, last) end
