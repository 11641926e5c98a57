---@meta tabular

--- Tables for people and for other programs, from one definition.
---
--- ```lua
--- local tabular = require "tabular"
--- tabular.print({ "NAME", ">PODS" }, { { "shop", 12 }, { "payments", 3 } })
--- ```
---@class tabularlib
local tabular = {}

--- A column: its title, where a > before it aligns to the right, or a table of what there is to say of it.
---@alias tabular.Column string|tabular.ColumnOptions

---@class tabular.ColumnOptions
---@field [1] string The title.
---@field align? "left"|"right"
---@field key? string The field of its cells in rows, and of objects of JSON; the title in lower case unless told.
---@field value? fun(row: any): any Makes the cell of a row.

--- A table without rows.
---
--- ```lua
--- local t = tabular.new { "NAME", { "AGE", align = "right", value = function(pod) return pod.meta.created:human_age() end } }
--- ```
---@param columns tabular.Column[]
---@return tabular.Table
function tabular.new(columns) end

--- Prints rows as kubectl prints tables.
---@param columns tabular.Column[]
---@param rows any A list of rows, or what a loop over rows is over.
function tabular.print(columns, rows) end

--- How many columns of a terminal a text takes: wide characters take two, colours none.
---
--- ```lua
--- print(tabular.width("größe"), tabular.width("日本"))        --> 5 4
--- ```
---@param text string
---@return integer
function tabular.width(text) end

--- A table of rows. It prints as kubectl prints tables, and #t is the number of rows.
---@class tabular.Table
local Table = {}

--- Adds a row: a list of cells, a table of them by their keys, or what the columns' functions make cells of. A cell is shown
--- as tostring has it; an absent one is - for people, empty in CSV and TSV, null in JSON.
---
--- ```lua
--- tabular.new({ "NAME", ">PODS" }):add { "shop", 12 }
--- ```
---@param row any
---@return tabular.Table # The same table.
function Table:add(row) end

--- Adds rows.
---
--- ```lua
--- print(tabular.new({ "NAME", ">PODS" }):add_all { { "shop", 12 }, { "payments", 3 } }:render("csv"))
--- ```
---@param rows any A list of rows, or what a loop over rows is over.
---@return tabular.Table # The same table.
function Table:add_all(rows) end

--- The table as text, which ends in a newline.
---
--- ```lua
--- io.write(report:render("markdown"))
--- ```
---@param form "text"|"markdown"|"csv"|"tsv"|"json" As kubectl prints it; for documents; for other programs. JSON is a list of objects.
---@param options? tabular.RenderOptions
---@return string
function Table:render(form, options) end

---@class tabular.RenderOptions
---@field header? boolean Without the titles if false.

return tabular
