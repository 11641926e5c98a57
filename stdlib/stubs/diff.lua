---@meta diff

--- What differs between texts, and between tables or objects.
---
--- ```lua
--- local diff = require "diff"
--- for _, d in ipairs(diff.values({ replicas = 2 }, { replicas = 3 })) do
---   print(d.path, d.old, d.new)    --> replicas 2 3
--- end
--- ```
---@class difflib
---@field noise string[] Paths in which objects differ that people call the same: resourceVersion, uid, status and the like.
local diff = {}

--- What differs between two texts as diff -u shows it, "" if nothing.
---
--- ```lua
--- print(diff.text("a\nb\n", "a\nc\n"))
--- ```
---@param old string
---@param new string
---@param options? diff.TextOptions
---@return string
function diff.text(old, new, options) end

---@class diff.TextOptions
---@field context? integer How many lines around; 3 unless told.
---@field new_name? string
---@field old_name? string

--- A place where two values differ.
---@class diff.Difference
---@field path string As kube.get reads it.
---@field old? any What it was; nil where it wasn't there. What belongs to a Secret is "***".
---@field new? any

--- Where two values differ, in order: tables, or what came from a cluster.
---
--- ```lua
--- for _, d in ipairs(diff.values(deployment, deployment:fetch(), { ignore = diff.noise })) do print(d.path, d.old, d.new) end
--- ```
---@param old any
---@param new any
---@param options? diff.ValuesOptions
---@return diff.Difference[]
function diff.values(old, new, options) end

---@class diff.ValuesOptions
---@field ignore? string[] Paths that are left out with all below them; a * stands for any name: diff.noise, or { "spec.containers[*].image" }.

return diff
