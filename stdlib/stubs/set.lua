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
---@param ... any
---@return set.Set # The same set.
function Set:add(...) end

--- Whether something is in it.
---@param value any
---@return boolean
function Set:contains(value) end

--- The elements that another one lacks.
---@param other any A set, or a list.
---@return set.Set
function Set:difference(other) end

--- The elements that another one has, too.
---@param other any A set, or a list.
---@return set.Set
function Set:intersection(other) end

--- Whether another one has all its elements.
---@param other any A set, or a list.
---@return boolean
function Set:is_subset(other) end

--- Takes elements out.
---@param ... any
---@return set.Set # The same set.
function Set:remove(...) end

--- The elements that only one of both has.
---@param other any A set, or a list.
---@return set.Set
function Set:symmetric_difference(other) end

--- The elements of both.
---@param other any A set, or a list.
---@return set.Set
function Set:union(other) end

--- The elements in order: numbers, strings, booleans.
---@return any[]
function Set:values() end

return set
