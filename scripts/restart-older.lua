#!/usr/bin/env kubelua
--- Restarts the workloads that have pods which have run for too long, one after
--- another: the next begins when the pods of the one before are ready. The first
--- that doesn't get ready ends it. It shows which; only --apply restarts them.
---
--- Pods that have ended don't count. Left out are deployments that are paused, and what
--- replaces its pods only when somebody deletes them.
---
--- usage: kubelua [-n NAMESPACE] restart-older.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there, get and patch only
--- with --apply; watch to wait for the workloads, and the pods' and events so as to be told
--- early of pods that can't start,
---
--- RBAC:
---   - {apiGroups: [""], resources: [events, pods], verbs: [list, watch]}
---   - {apiGroups: [apps], resources: [daemonsets, deployments, statefulsets], verbs: [get, list, watch, patch]}

local args = require "args"
local tabular = require "tabular"
local workload = require "lib.workload"

local opts = args.parse {
  about = "Restarts the workloads whose pods have run for too long, one after another.",
  usage = "[-n NAMESPACE] restart-older.lua [options]",
  { "--selector", "-l", type = "selector", help = "only workloads whose pods have these labels" },
  { "--older-than", type = "duration", default = "30d", help = "how old the oldest pod must be" },
  { "--wait", default = true, help = "don't wait for each" },
  { "--timeout", type = "duration", default = "10m", help = "how long to wait for one" },
  { "--apply", help = "restart them" },
  examples = { "kubelua restart-older.lua", "kubelua -n shop restart-older.lua --older-than 7d --apply" },
}

local pods = cluster.pods
if opts.selector then
  pods = pods:filter { labels = opts.selector }
end
pods = pods:filter { fields = "status.phase!=Succeeded,status.phase!=Failed" }

-- When the oldest pod of each workload was made.
local since = {}
for pod in pods do
  local kind, name = workload.of(pod)
  local key = table.concat({ pod.meta.namespace, kind, name }, " ")
  local created = pod.meta.created
  if created:age() >= opts.older_than.seconds and (not since[key] or created < since[key]) then
    since[key] = created
  end
end

--- Tells whether a workload that is restarted replaces its pods.
---@param item Item
---@return boolean
local function restartable(item)
  return not item.spec.paused and kube.get(item, "spec.updateStrategy.type") ~= "OnDelete"
end

local old = {}
for _, view in ipairs { cluster.daemonsets, cluster.deployments, cluster.statefulsets } do
  for item in view do
    local oldest = since[table.concat({ item.meta.namespace, item.kind, item.meta.name }, " ")]
    if oldest and restartable(item) then
      table.insert(old, { item = item, namespace = item.meta.namespace, kind = item.kind, name = item.meta.name, since = oldest })
    end
  end
end
table.sort(old, function(a, b) return a.since < b.since end)

local report = tabular.new {
  "NAMESPACE", "KIND", "NAME", { "OLDEST", align = "right", value = function(row) return row.since:human_age() end },
}
io.write(report:add_all(old):render("text"))
if not opts.apply then
  io.stderr:write(string.format("%d would be restarted (dry run: --apply does it)\n", #old))
  return
end
for i, found in ipairs(old) do
  local ok, err = pcall(found.item.restart, found.item, { wait = opts.wait and opts.timeout or nil })
  if not ok and not kube.is(err, "LookupError") then
    error(err, 0)
  end
  io.stderr:write(string.format("%d of %d %s: %s/%s\n", i, #old, ok and "restarted" or "gone", found.namespace, found.name))
end
