#!/usr/bin/env kubelua
--- Scales deployments and stateful sets down to nothing for the night, and in the
--- morning back up to what they were, which it notes in an annotation of each. It
--- shows what it would do; only --apply does it.
---
--- usage: kubelua [-n NAMESPACE] night-scale.lua down|up [options]
---
--- Either way it can be run again: what is down already stays as it is noted, and
--- what somebody has scaled up meanwhile isn't changed.
---
--- It looks at all namespaces but kube-* unless one is given, and needs there, get and
--- patch only with --apply,
---
--- RBAC:
---   - {apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, patch]}

local args = require "args"
local changes = require "lib.changes"
local tabular = require "tabular"

local opts = args.parse {
  about = "Scales workloads down for the night, and back up to what they were.",
  usage = "[-n NAMESPACE] night-scale.lua down|up [options]",
  words = { { "DIRECTION", choices = { "down", "up" }, help = "down or up" } },
  { "--selector", "-l", type = "selector", help = "only workloads with these labels" },
  { "--all", help = "every workload; without it a selector is needed" },
  { "--apply", help = "do it" },
  examples = {
    "kubelua -n staging night-scale.lua down --all --apply",
    "kubelua night-scale.lua up -l night=off --apply",
  },
}
if not (opts.selector or opts.all) then
  args.fail("no selector, and no --all for every workload")
end

--- Where the number of pods is noted that a workload had by day.
local note = "scripts.kubelua/replicas-by-day"

--- Finds out how many pods a workload is to have, and what is to be noted; nil if
--- it is as it should be.
---@param object table
---@return integer? replicas
---@return string? noted
local function wanted(object)
  local now = kube.get(object, "spec.replicas", 1)
  local noted = kube.get(object, { "metadata", "annotations", note })
  if opts.direction == "down" and now > 0 then
    return 0, tostring(now)
  elseif opts.direction == "up" and noted then
    return now > 0 and now or tonumber(noted), nil
  end
end

--- Tells whether an object is the cluster's own, and nobody has named its namespace.
---@param item Item
---@return boolean
local function of_cluster(item)
  return not cluster.pods.namespace and item.meta.namespace:match("^kube%-") ~= nil
end

local items = {}
local report = tabular.new { "NAMESPACE", "KIND", "NAME", ">NOW", ">THEN" }
for _, view in ipairs { cluster.deployments, cluster.statefulsets } do
  if opts.selector then
    view = view:filter { labels = opts.selector }
  end
  for item in view do
    local replicas = wanted(item.raw)
    if replicas and not of_cluster(item) then
      table.insert(items, item)
      report:add { item.meta.namespace, item.kind, item.meta.name, kube.get(item, "spec.replicas", 1), replicas }
    end
  end
end
io.write(report:render("text"))
changes.make(items, opts.apply, "scaled " .. opts.direction, function(item)
  -- Both change at once, and from what the workload is at that moment.
  item:edit(function(object)
    local replicas, noted = wanted(object)
    if replicas then
      object.spec.replicas = replicas
      object.metadata.annotations = object.metadata.annotations or {}
      object.metadata.annotations[note] = noted
    end
  end)
end)
