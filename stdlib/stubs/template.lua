---@meta template

--- Texts with places that values are put in.
---
--- ```lua
--- local template = require "template"
--- print(template.format("{name:<10} {count:>4}", { name = "shop", count = 12 }))
--- ```
---@class templatelib
local template = {}

--- A text with its fields filled in: {name}, {meta.name} or {1}. Behind a colon stands how: <, > or ^ for the side, a width, and
--- a conversion of string.format, as in {count:>8} and {ratio:.2f}. {{ and }} are single brackets.
---
--- ```lua
--- print(template.format("{name}: {count:03d}", { name = "shop", count = 7 }))    --> shop: 007
--- ```
---@param text string
---@param values any A table, or something that came from a cluster.
---@return string
function template.format(text, values) end

--- A text made by a template of Go's text/template, with the functions b64dec b64enc contains default hasPrefix hasSuffix indent
--- join lower nindent quote replace split toJson toYaml trim upper, as Helm's charts have them. What belongs to a Secret is
--- "***".
---
--- ```lua
--- print(template.render("{{ range .pods }}{{ . | upper }};{{ end }}", { pods = { "a", "b" } }))    --> A;B;
--- ```
---@param text string
---@param data? any A table, or something that came from a cluster. A name that it lacks is an error.
---@return string
function template.render(text, data) end

return template
