#!/usr/bin/env kubelua
--- Counts the pods by namespace and phase, with the restarts of their
--- containers and the age of the oldest pod. The last row is the sum.
---
--- usage: kubelua [-n NAMESPACE] pod-census.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list]}

local args = require "args"
local tabular = require "tabular"

local opts = args.parse {
  about = "Counts the pods by namespace and phase, with their restarts and the oldest age.",
  usage = "[-n NAMESPACE] pod-census.lua [options]",
  { "--selector", "-l", type = "selector", help = "only pods with these labels, like app=web,tier!=db" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua pod-census.lua", "kubelua -n shop pod-census.lua -l app=web,tier!=db -o csv" },
}

---@class Tally
---@field namespace string
---@field phase string
---@field pods integer
---@field restarts integer
---@field oldest? Time

--- Counts a pod in.
---@param tally Tally
---@param pod Pod
local function count(tally, pod)
  tally.pods = tally.pods + 1
  for container in pod.containers do
    tally.restarts = tally.restarts + container.restart_count
  end
  local created = pod.meta.created
  if not tally.oldest or created < tally.oldest then
    tally.oldest = created
  end
end

--- The cells of a tally.
---@param tally Tally
---@return any[]
local function row(tally)
  return {
    tally.namespace, tally.phase, tally.pods, tally.restarts,
    tally.oldest and tally.oldest:human_age(),
  }
end

local pods = cluster.pods
if opts.selector then
  pods = pods:filter { labels = opts.selector }
end

local tallies, by_key = {}, {}
local total = { namespace = "total", phase = "", pods = 0, restarts = 0 }
for pod in pods do
  local namespace, phase = pod.meta.namespace, kube.get(pod, "status.phase", "Unknown")
  local key = namespace .. "/" .. phase
  if not by_key[key] then
    by_key[key] = { namespace = namespace, phase = phase, pods = 0, restarts = 0 }
    table.insert(tallies, by_key[key])
  end
  count(by_key[key], pod)
  count(total, pod)
end
table.sort(tallies, function(a, b)
  return a.namespace .. "/" .. a.phase < b.namespace .. "/" .. b.phase
end)

local report = tabular.new { "NAMESPACE", "PHASE", ">PODS", ">RESTARTS", ">OLDEST" }
for _, tally in ipairs(tallies) do
  report:add(row(tally))
end
io.write(report:add(row(total)):render(opts.output))
