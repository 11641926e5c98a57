#!/usr/bin/env kubelua
--- Lists what uses a Secret or a ConfigMap, and how: what has to be looked at, or
--- restarted, when it is to change or to go. What the pods of a workload use is listed
--- as the workload's, also where only older ones do.
---
--- usage: kubelua [-n NAMESPACE] secret-usage.lua [NAME] [options]
---
---   NAME  only what uses this one; else all that is used is listed
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods, podtemplates, replicationcontrollers, serviceaccounts], verbs: [list]}
---   - {apiGroups: [apps], resources: [daemonsets, deployments, replicasets, statefulsets], verbs: [list]}
---   - {apiGroups: [batch], resources: [cronjobs, jobs], verbs: [list]}
---   - {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [list]}

local args = require "args"
local references = require "lib.references"
local set = require "set"
local tabular = require "tabular"
local workload = require "lib.workload"

local opts = args.parse {
  about = "Lists what uses a Secret or a ConfigMap, and how.",
  usage = "[-n NAMESPACE] secret-usage.lua [NAME] [options]",
  words = { { "NAME", optional = true, help = "only what uses this one" } },
  { "--kind", choices = { "ConfigMap", "Secret" }, default = "Secret", help = "what is looked for" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua -n shop secret-usage.lua db-login", "kubelua secret-usage.lua --kind ConfigMap -o csv" },
}

local seen, rows = set.new(), {}
references.each(function(item, kind, name, how)
  local by, by_name = workload.of(item)
  -- Of a job's pod the job tells the same, under the name of its CronJob if it has one.
  if kind ~= opts.kind or opts.name and name ~= opts.name or item.kind == "Pod" and by == "Job" then
    return
  end
  local row = { item.meta.namespace, name, by, by_name, how }
  local key = table.concat(row, " ")
  if not seen:contains(key) then -- by another container, pod or replica set
    seen:add(key)
    table.insert(rows, row)
  end
end)
table.sort(rows, function(a, b)
  return table.concat(a, " ") < table.concat(b, " ")
end)
io.write(tabular.new({ "NAMESPACE", opts.kind:upper(), "USED BY", "NAME", "AS" }):add_all(rows):render(opts.output))
