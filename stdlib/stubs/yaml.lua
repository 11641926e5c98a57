---@meta yaml

--- YAML text and Lua values, as the module json has them. It is read as kubectl reads it: yes and on are true, too.
---
--- ```lua
--- local yaml = require "yaml"
--- io.write(yaml.encode { replicas = 3 })    --> replicas: 3
--- ```
---@class yamllib
local yaml = {}

--- The value of a text of one document; of JSON, too. An error tells the line.
---
--- ```lua
--- print(yaml.decode("spec: {replicas: 3}").spec.replicas)    --> 3
--- ```
---@param text string
---@return any
function yaml.decode(text) end

--- The values of all documents of a text; those without content are left out.
---
--- ```lua
--- for _, object in ipairs(yaml.decode_all("kind: A\n---\nkind: B\n")) do
---   print(object.kind)
--- end
--- ```
---@param text string
---@return any[]
function yaml.decode_all(text) end

--- A value as text in kubectl's form, which ends in a newline; of a Secret all of it. The keys of tables are in order,
--- those of what came from a cluster as they came.
---
--- ```lua
--- io.write(yaml.encode(deployment))
--- ```
---@param value any
---@return string
function yaml.encode(value) end

--- Values as text, a document each.
---
--- ```lua
--- fs.write("backup.yaml", yaml.encode_all { deployment, secret })
--- ```
---@param values any A list, or what a loop over values is over.
---@return string
function yaml.encode_all(values) end

return yaml
