#!/usr/bin/env kubelua
--- Lists what of the resource quotas is used up, the fullest first.
---
--- usage: kubelua [-n NAMESPACE] quotas.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [resourcequotas], verbs: [list]}

local args = require "args"
local quantity = require "quantity"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists what of the resource quotas is used up, the fullest first.",
  usage = "[-n NAMESPACE] quotas.lua [options]",
  { "--over", type = "number", default = 80, min = 0, value = "PERCENT", help = "from how much on" },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua quotas.lua", "kubelua -n shop quotas.lua --over 0", "kubelua quotas.lua --over 95 --exit-code" },
}

--- How much of a quota is used, in percent. One of nothing is full.
---@param used string
---@param hard string
---@return number
local function percent(used, hard)
  local all = quantity.parse(hard)
  return all.value > 0 and quantity.parse(used) / all * 100 or 100
end

local rows = {}
for quota in cluster.resourcequotas do
  local used = kube.get(quota, "status.used", {})
  for resource, hard in pairs(kube.get(quota, "status.hard", {})) do
    local full = percent(used[resource] or "0", hard)
    if full >= opts.over then
      table.insert(rows, {
        namespace = quota.meta.namespace, quota = quota.meta.name, resource = resource,
        used = used[resource] or "0", hard = hard, full = full,
      })
    end
  end
end
table.sort(rows, function(a, b)
  if a.full ~= b.full then
    return a.full > b.full
  end
  return a.namespace .. " " .. a.quota .. " " .. a.resource < b.namespace .. " " .. b.quota .. " " .. b.resource
end)

local report = tabular.new {
  "NAMESPACE", "QUOTA", "RESOURCE", ">USED", ">HARD",
  { "FULL", align = "right", value = function(row) return string.format("%.0f%%", row.full) end },
}
io.write(report:add_all(rows):render(opts.output))
if opts.exit_code and #rows > 0 then
  os.exit(1)
end
