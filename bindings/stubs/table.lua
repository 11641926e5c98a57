---@meta

--- A view as the server shows it to people. It prints as kubectl get does; a loop over it gets the rows.
---@class kube.ServerTable
---@field columns kube.Column[]
---@field more boolean Whether there are rows beyond the limit.
---@field rows kube.Row[]
---@field wide boolean Whether the columns of -o wide are shown.
---@overload fun(): kube.Row
local ServerTable = {}

--- A row of a table, with the cell of each column under the column's name.
---
--- ```lua
--- for row in cluster.services:table() do print(row.name, row["Port(s)"]) end
--- ```
---@class kube.Row
---@field cells any[]
---@field name string The name of the object.
---@field namespace? string
---@field uid? string
---@field [string] any The cell of a column.
local Row = {}

--- A column of a table.
---@class kube.Column
---@field description string
---@field format string
---@field name string
---@field priority integer 0 for one that is always shown.
---@field type string
local Column = {}
