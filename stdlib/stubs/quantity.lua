---@meta quantity

--- Amounts as Kubernetes writes them: "250m", "1.5", "1Gi". They are exact.
---
--- ```lua
--- local quantity = require "quantity"
--- print(quantity.parse("250m") * 4 + "500m")    --> 1500m
--- ```
---@class quantitylib
local quantity = {}

--- The quantity of a text or number.
---
--- ```lua
--- print(quantity.parse("1Gi") > quantity.parse("1000Mi"))    --> true
--- ```
---@param value string|number|quantity.Quantity
---@return quantity.Quantity
function quantity.parse(value) end

--- The sum of a list.
---
--- ```lua
--- print(quantity.sum { "100m", "0.9" })    --> 1
--- ```
---@param values any A list, or what a loop over quantities is over.
---@return quantity.Quantity
function quantity.sum(values) end

--- A quantity. Quantities add up and compare among themselves, are multiplied and divided by numbers, and one divided by
--- another is a number. A text or a number may stand in the place of the second one of + - / .
---@class quantity.Quantity
---@field value number The number, in cores or bytes.
local Quantity = {}

--- -1, 0 or 1, as it is less than, equal to or greater than another.
---
--- ```lua
--- print(quantity.parse("1"):compare("1000m"))    --> 0
--- ```
---@param other string|number|quantity.Quantity
---@return integer
function Quantity:compare(other) end

--- The quantity in a unit; without one as Kubernetes writes it.
---
--- ```lua
--- print(quantity.parse("1536Mi"):format("Gi", 1))    --> 1.5Gi
--- ```
---@param unit? string "m", "k", "M", "Mi", "Gi" and so on; "" is one.
---@param digits? integer Behind the point; as many as it takes unless told.
---@return string
function Quantity:format(unit, digits) end

--- The number of units.
---
--- ```lua
--- print(quantity.parse("1Gi"):to("Mi"))    --> 1024
--- ```
---@param unit string
---@return number
function Quantity:to(unit) end

return quantity
