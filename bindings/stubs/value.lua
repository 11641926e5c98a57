---@meta

-- What stands in a cluster's answers. It is read-only, and decoded when it is read.

--- An object of JSON, read like a table: what is absent is nil. Calling it makes a table.
---@class kube.Mapping
---@field [string] any
---@overload fun(self: kube.Mapping): table
local Mapping = {}

--- An array of JSON, read like a list: s[1], #s, for x in s do.
---@class kube.Sequence
---@field [integer] any
local Sequence = {}

--- A null of JSON.
---@class kube.Null
local Null = {}

--- An integer beyond 2^53, exact to print, write and compare among its like.
---@class kube.Int64
local Int64 = {}

--- A table of strings whose names are their values. A name that it lacks raises.
---@class kube.Enum
---@field [string] string
local Enum = {}
