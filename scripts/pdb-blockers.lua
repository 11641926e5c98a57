#!/usr/bin/env kubelua
--- Lists the disruption budgets that allow no eviction now, with the reason and the nodes
--- that can't be drained because of them. A budget that can never allow one is a mistake:
--- it holds up every drain.
---
--- usage: kubelua [-n NAMESPACE] pdb-blockers.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list]}
---   - {apiGroups: [policy], resources: [poddisruptionbudgets], verbs: [list]}

local args = require "args"
local selector = require "lib.selector"
local set = require "set"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the disruption budgets that allow no eviction now, and the nodes that can't be drained.",
  usage = "[-n NAMESPACE] pdb-blockers.lua [options]",
  { "--selector", "-l", type = "selector", help = "only budgets with these labels" },
  { "--never", help = "only those that can't allow one, however healthy the pods are" },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua pdb-blockers.lua", "kubelua pdb-blockers.lua --never --exit-code" },
}

--- Says why a budget allows no eviction, nil if it does or has no pods.
---@param budget Item
---@return string? reason
---@return boolean? never
local function reason(budget)
  local status = budget.status
  local pods, desired, healthy = status.expectedPods or 0, status.desiredHealthy or 0, status.currentHealthy or 0
  if pods == 0 or (status.disruptionsAllowed or 0) > 0 then
    return nil
  elseif desired >= pods then
    local spec = budget.spec
    local rule = spec.maxUnavailable ~= nil and "maxUnavailable " .. spec.maxUnavailable or "minAvailable " .. tostring(spec.minAvailable)
    return string.format("never: %s of %d", rule, pods), true
  end
  return string.format("%d of %d healthy, more than %d have to be", healthy, pods, desired), false
end

--- Names the nodes on which the pods of a budget run.
---@param budget Item
---@return string
local function nodes(budget)
  local names = set.new()
  for pod in cluster.pods:namespaced(budget.meta.namespace):filter {
    labels = selector.text(budget.spec.selector), fields = "status.phase!=Succeeded,status.phase!=Failed,spec.nodeName!=",
  } do
    names:add(pod.spec.nodeName)
  end
  return table.concat(names:values(), " ")
end

local budgets = cluster.poddisruptionbudgets
if opts.selector then
  budgets = budgets:filter { labels = opts.selector }
end
local report = tabular.new { "NAMESPACE", "BUDGET", "REASON", "NODES" }
for budget in budgets do
  local why, never = reason(budget)
  if why and (never or not opts.never) then
    report:add { budget.meta.namespace, budget.meta.name, why, nodes(budget) }
  end
end
io.write(report:render(opts.output))
if opts.exit_code and #report > 0 then
  os.exit(1)
end
