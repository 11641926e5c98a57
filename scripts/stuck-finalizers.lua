#!/usr/bin/env kubelua
--- Lists the objects that were deleted some time ago and are still there, with
--- the finalizers that they wait for. With --remove it takes a finalizer off them,
--- which can leave behind what it is to clean up: it shows what it would do, and
--- only --apply does it.
---
--- usage: kubelua [-n NAMESPACE] stuck-finalizers.lua VIEW... [options]
---
---   VIEW  plural name of a resource: namespaces, pods, persistentvolumeclaims
---
--- It needs these verbs for each VIEW, here configmaps; get and patch only with
--- --apply.
---
--- RBAC:
---   - {apiGroups: [""], resources: [configmaps], verbs: [get, list, patch]}

local args = require "args"
local changes = require "lib.changes"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists objects that were deleted and wait for finalizers.",
  usage = "[-n NAMESPACE] stuck-finalizers.lua VIEW... [options]",
  words = { { "VIEW", many = true, help = "plural name of a resource" } },
  { "--older-than", type = "duration", default = "10m", help = "only objects that were deleted so long ago" },
  { "--remove", value = "FINALIZER", help = "take this one off them" },
  { "--apply", help = "do it" },
  examples = {
    "kubelua stuck-finalizers.lua namespaces persistentvolumeclaims pods",
    "kubelua -n shop stuck-finalizers.lua pods --remove example.com/lock --apply",
  },
}
if opts.apply and not opts.remove then
  args.fail("--apply needs a finalizer to --remove")
end

local views = {}
for _, name in ipairs(opts.view) do
  table.insert(views, args.check(cluster.view, cluster, name))
end

--- Says what an object that was deleted waits for. Namespaces have their finalizer in the
--- spec, and say in their status what is left in them.
---@param item Item
---@return string
local function waits_for(item)
  local waits = kube.totable(kube.get(item, "metadata.finalizers", {}))
  for _, finalizer in ipairs(kube.get(item, "spec.finalizers", {})) do
    table.insert(waits, finalizer)
  end
  local text = table.concat(waits, " ")
  for _, c in ipairs(item.kind == "Namespace" and kube.get(item, "status.conditions") or {}) do
    if c.status == "True" then
      text = text .. "; " .. c.message
    end
  end
  return text
end

local stuck = {}
local report = tabular.new { "NAMESPACE", "KIND", "NAME", ">DELETED", "WAITS FOR" }
for _, view in ipairs(views) do
  for item in view do
    local deleted = kube.get(item, "metadata.deletionTimestamp")
    if deleted and kube.time(deleted):age() >= opts.older_than.seconds then
      report:add { item.meta.namespace, item.kind, item.meta.name, kube.time(deleted):human_age(), waits_for(item) }
      for _, finalizer in ipairs(kube.get(item, "metadata.finalizers", {})) do
        if finalizer == opts.remove then
          table.insert(stuck, item)
        end
      end
    end
  end
end
io.write(report:render("text"))
if opts.remove then
  changes.make(stuck, opts.apply, "without " .. opts.remove, function(item)
    item:edit(function(object)
      for i, finalizer in ipairs(object.metadata.finalizers or {}) do
        if finalizer == opts.remove then
          table.remove(object.metadata.finalizers, i)
          break
        end
      end
    end)
  end)
end
