---@meta json

--- JSON text and Lua values. null is json.null, which is kube.null; what came from an array is written as one, even when
--- it is empty; integers beyond 2^53 stay exact.
---
--- ```lua
--- local json = require "json"
--- print(json.decode('{"a": [1, 2]}').a[2])    --> 2
--- ```
---@class jsonlib
---@field null kube.Null A null, which Lua's nil can't be in a table.
local json = {}

--- Marks a table as an array, which is written as [] even when it is empty.
---
--- ```lua
--- print(json.encode { names = json.array() })    --> {"names":[]}
--- ```
---@param list? table A new one unless given.
---@return table # The same table.
function json.array(list) end

--- The value of a text. An error tells the line and the column.
---
--- ```lua
--- local replicas = json.decode('{"replicas": 3}').replicas
--- ```
---@param text string
---@return any
function json.decode(text) end

--- The values of lines of JSON, one after the other; empty lines are left out.
---
--- ```lua
--- for entry in json.decode_lines(pod:logs()) do
---   print(entry.level, entry.msg)
--- end
--- ```
---@param lines string|function|table A text, or what a loop over lines is over.
---@return fun(): any
function json.decode_lines(lines) end

--- A value as text: tables, and what came from a cluster, of a Secret all of it. The keys of tables are in order.
---
--- ```lua
--- print(json.encode({ b = { 1, 2 }, a = json.null }))    --> {"a":null,"b":[1,2]}
--- ```
---@param value any
---@param options? json.EncodeOptions
---@return string
function json.encode(value, options) end

---@class json.EncodeOptions
---@field indent? integer On several lines, each level indented by so many blanks.
---@field sort? boolean Puts the keys of what came from a cluster in order, too.

--- Values as text, a line each.
---
--- ```lua
--- io.write(json.encode_lines { { pod = "web" }, { pod = "cart" } })
--- ```
---@param values any A list, or what a loop over values is over.
---@return string
function json.encode_lines(values) end

return json
