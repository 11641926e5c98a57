#!/usr/bin/env kubelua
--- Shows how full the nodes are: what the pods on each have asked for and may
--- use, beside what the node has to give. Limits over 100% are overcommitted.
--- The last row is the sum.
---
--- usage: kubelua capacity.lua [options]
---
--- Pods that have ended don't count. It needs, in the whole cluster,
---
--- RBAC:
---   - {apiGroups: [""], resources: [nodes, pods], verbs: [list]}

local args = require "args"
local quantity = require "quantity"
local tabular = require "tabular"

local opts = args.parse {
  about = "Shows how full the nodes are: what their pods ask for and may use.",
  { "--selector", "-l", type = "selector", help = "only nodes with these labels" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua capacity.lua", "kubelua capacity.lua -l pool=batch -o csv" },
}

--- The amount of a resource that the containers of a pod ask for, or may use. Its init
--- containers run one after another and before the others, so the largest of them counts
--- if it takes more than all others together; sidecars, which are init containers that
--- always restart, go on and add up.
---@param pod Pod
---@param kind "requests"|"limits"
---@param resource string
---@return number
local function of_containers(pod, kind, resource)
  local function of(container)
    return quantity.parse(kube.get(container, { "resources", kind, resource }, 0)).value
  end
  local sum, first, sidecars = 0, 0, 0
  for _, container in ipairs(pod.spec.initContainers or {}) do
    if container.restartPolicy == "Always" then
      sidecars = sidecars + of(container)
      first = math.max(first, sidecars)
    else
      first = math.max(first, sidecars + of(container))
    end
  end
  for _, container in ipairs(pod.spec.containers) do
    sum = sum + of(container)
  end
  return math.max(sum + sidecars, first)
end

--- The amount that a pod asks for, or may use: what it says itself, or else its
--- containers do, and what its runtime takes besides. Without a limit that has none.
---@param pod Pod
---@param kind "requests"|"limits"
---@param resource string
---@return number
local function amount(pod, kind, resource)
  local own = kube.get(pod, { "spec", "resources", kind, resource })
  local sum = own and quantity.parse(own).value or of_containers(pod, kind, resource)
  if kind == "limits" and sum == 0 then
    return 0
  end
  return sum + quantity.parse(kube.get(pod, { "spec", "overhead", resource }, 0)).value
end

---@class Load what a node has, and what is asked of it, in cores and bytes
local function load(name)
  return { name = name, pods = 0, cpu = 0, memory = 0, requests = { cpu = 0, memory = 0 }, limits = { cpu = 0, memory = 0 } }
end

local nodes = cluster.nodes
if opts.selector then
  nodes = nodes:filter { labels = opts.selector }
end

local total = load "total"
local loads, by_name = {}, {}
for node in nodes do
  local one = load(node.meta.name)
  by_name[one.name] = one
  table.insert(loads, one)
  for _, resource in ipairs { "cpu", "memory" } do
    one[resource] = quantity.parse(kube.get(node, { "status", "allocatable", resource }, 0)).value
    total[resource] = total[resource] + one[resource]
  end
end
table.sort(loads, function(a, b) return a.name < b.name end)
table.insert(loads, total)

for pod in cluster.pods:filter { fields = "status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=" } do
  local one = by_name[pod.spec.nodeName]
  if one then
    for _, sum in ipairs { one, total } do
      sum.pods = sum.pods + 1
    end
    for _, kind in ipairs { "requests", "limits" } do
      for _, resource in ipairs { "cpu", "memory" } do
        local value = amount(pod, kind, resource)
        one[kind][resource] = one[kind][resource] + value
        total[kind][resource] = total[kind][resource] + value
      end
    end
  end
end

--- Makes the column of a resource: the sum, and how much of the node that is.
---@param title string
---@param kind "requests"|"limits"
---@param resource "cpu"|"memory"
---@return tabular.ColumnOptions
local function share(title, kind, resource)
  return { title, align = "right", value = function(row)
    local sum, all = row[kind][resource], row[resource]
    local text = quantity.parse(sum):format(resource == "cpu" and "m" or "Mi", 0)
    return string.format("%s (%s)", text, all > 0 and string.format("%.0f%%", 100 * sum / all) or "-")
  end }
end

local report = tabular.new {
  { "NODE", value = function(row) return row.name end },
  { ">PODS", value = function(row) return row.pods end },
  share("CPU REQUESTS", "requests", "cpu"),
  share("CPU LIMITS", "limits", "cpu"),
  share("MEMORY REQUESTS", "requests", "memory"),
  share("MEMORY LIMITS", "limits", "memory"),
}
io.write(report:add_all(loads):render(opts.output))
