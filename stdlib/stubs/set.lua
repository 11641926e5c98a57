---@meta set

--- Sets of strings, numbers and booleans.
---
--- ```lua
--- local set = require "set"
--- print(set.new { "a", "b" } - set.new { "b" })    --> {a}
--- ```
---@class setlib
local set = {}

--- A set of the elements of a list.
---
--- ```lua
--- print(set.new { "a", "b" } - set.new { "b" })      --> {a}
--- ```
---@param values? any A list, or what a loop over values is over.
---@return set.Set
function set.new(values) end

--- A set. a + b is the union, a * b the intersection, a - b the difference, #s the number of elements; a < b and a <= b
--- tell whether all elements of a are in b. A loop over it, and what it is written as, is in order.
---@class set.Set
---@overload fun(): any
local Set = {}

--- Adds elements.
---
--- ```lua
--- print(set.new { "a" }:add("b", "c"))           --> {a, b, c}
--- ```
---@param ... any
---@return set.Set # The same set.
function Set:add(...) end

--- Whether something is in it.
---
--- ```lua
--- print(set.new { "shop" }:contains("payments")) --> false
--- ```
---@param value any
---@return boolean
function Set:contains(value) end

--- The elements that another one lacks.
---
--- ```lua
--- print(set.new { "a", "b" }:difference { "b" })             --> {a}
--- ```
---@param other any A set, or a list.
---@return set.Set
function Set:difference(other) end

--- The elements that another one has, too.
---
--- ```lua
--- print(set.new { "a", "b" }:intersection { "b", "c" })      --> {b}
--- ```
---@param other any A set, or a list.
---@return set.Set
function Set:intersection(other) end

--- Whether another one has all its elements.
---
--- ```lua
--- print(set.new { "a" }:is_subset { "a", "b" })  --> true
--- ```
---@param other any A set, or a list.
---@return boolean
function Set:is_subset(other) end

--- Takes elements out.
---
--- ```lua
--- print(set.new { "a", "b" }:remove("b", "none"))            --> {a}
--- ```
---@param ... any
---@return set.Set # The same set.
function Set:remove(...) end

--- The elements that only one of both has.
---
--- ```lua
--- print(set.new { "a", "b" }:symmetric_difference { "b", "c" })    --> {a, c}
--- ```
---@param other any A set, or a list.
---@return set.Set
function Set:symmetric_difference(other) end

--- The elements of both.
---
--- ```lua
--- print(set.new { "a" }:union { "b" })           --> {a, b}
--- ```
---@param other any A set, or a list.
---@return set.Set
function Set:union(other) end

--- The elements in order: numbers, strings, booleans.
---
--- ```lua
--- print(table.concat(set.new { "b", "a" }:values(), " "))    --> a b
--- ```
---@return any[]
function Set:values() end

return set
