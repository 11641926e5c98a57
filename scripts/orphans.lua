#!/usr/bin/env kubelua
--- Lists the ConfigMaps and Secrets that nothing refers to: no pod, no template of
--- a workload, no service account, no ingress. With --delete it deletes them: it
--- shows what it would do, and only --apply does it.
---
--- usage: kubelua [-n NAMESPACE] orphans.lua [options]
---
--- What is found in other ways than by its name looks like an orphan, too. Operators
--- find objects by their labels (leave those out by --selector) or have their names
--- from custom resources, drivers of volumes from volumes and storage classes (name
--- these by --also): look before you delete.
---
--- Left out is what belongs to another object or to the cluster: objects with an
--- owner, tokens of service accounts, releases of Helm, locks, root certificates,
--- and all of the namespaces kube-*.
---
--- It looks at all namespaces unless one is given, and needs there list for what
--- --also names, delete only with --apply, and
---
--- RBAC:
---   - {apiGroups: [""], resources: [configmaps, secrets], verbs: [list, delete]}
---   - {apiGroups: [""], resources: [pods, podtemplates, replicationcontrollers, serviceaccounts], verbs: [list]}
---   - {apiGroups: [apps], resources: [daemonsets, deployments, replicasets, statefulsets], verbs: [list]}
---   - {apiGroups: [batch], resources: [cronjobs, jobs], verbs: [list]}
---   - {apiGroups: [networking.k8s.io], resources: [ingresses], verbs: [list]}

local args = require "args"
local changes = require "lib.changes"
local provided = require "lib.provided"
local references = require "lib.references"
local set = require "set"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the ConfigMaps and Secrets that nothing refers to.",
  usage = "[-n NAMESPACE] orphans.lua [options]",
  { "--selector", "-l", type = "selector", help = "only objects with these labels" },
  { "--kind", choices = { "ConfigMap", "Secret" }, help = "only these" },
  { "--older-than", type = "duration", default = "7d", help = "only objects that are so old" },
  { "--also", value = "VIEW", many = true, help = "a resource that refers to them, too, anywhere but in its metadata" },
  { "--delete", help = "delete them" },
  { "--apply", help = "do it" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = {
    "kubelua orphans.lua --older-than 30d",
    "kubelua orphans.lua --kind Secret --also persistentvolumes --also certificates.cert-manager.io",
    "kubelua -n shop orphans.lua -l '!grafana_dashboard' --delete --apply",
  },
}
if opts.apply and not opts.delete then
  args.fail("--apply needs --delete")
end

local also = {}
for _, name in ipairs(opts.also or {}) do
  table.insert(also, args.check(cluster.view, cluster, name))
end

--- What is used, as kind/namespace/name; what --also names may use any text in it: that is
--- namespace/text, or /text of objects that live in no namespace.
local used = set.new()

--- Notes every text in a value.
---@param value any
---@param namespace string
local function note(value, namespace)
  if type(value) == "string" then
    used:add(namespace .. "/" .. value)
  elseif type(value) == "table" then
    for _, part in pairs(value) do
      note(part, namespace)
    end
  end
end

--- Tells whether something refers to an object.
---@param item Item
---@return boolean
local function referred(item)
  local name, namespace = item.meta.name, item.meta.namespace
  return used:contains(table.concat({ item.kind, namespace, name }, "/"))
    or used:contains(namespace .. "/" .. name)
    or used:contains("/" .. name)
end

--- Types of secrets that are found by what is in them.
local found_by_type = set.new { "bootstrap.kubernetes.io/token", "helm.sh/release.v1" }

--- Tells whether an object belongs to another one, or to the cluster.
---@param item Item
---@return boolean
local function kept_elsewhere(item)
  local meta = item.meta
  return provided.is(item)
    or #meta.owners > 0
    or meta.namespace:match("^kube%-") ~= nil
    or found_by_type:contains(kube.get(item, "type", ""))
    or meta.labels.owner == "helm" -- releases in ConfigMaps
    or meta.annotations:has("control-plane.alpha.kubernetes.io/leader")
    or kube.get(item, "data._holder") ~= nil -- what a kubelua schedule remembers
end

references.each(function(item, kind, name)
  used:add(table.concat({ kind, item.meta.namespace, name }, "/"))
end)
for _, view in ipairs(also) do
  for item in view do
    local object = kube.totable(item)
    object.metadata = nil
    note(object, item.meta.namespace or "")
  end
end

local views = { cluster.configmaps, cluster.secrets }
if opts.kind then
  views = { cluster:view(opts.kind) }
end
local orphans = {}
local report = tabular.new { "NAMESPACE", "KIND", "NAME", "TYPE", ">AGE" }
for _, view in ipairs(views) do
  if opts.selector then
    view = view:filter { labels = opts.selector }
  end
  for item in view do
    local created = item.meta.created
    if created:age() >= opts.older_than.seconds and not kept_elsewhere(item) and not referred(item) then
      report:add { item.meta.namespace, item.kind, item.meta.name, kube.get(item, "type"), created:human_age() }
      if opts.delete then
        table.insert(orphans, item)
      end
    end
  end
end
io.write(report:render(opts.output))
if opts.delete then
  changes.make(orphans, opts.apply, "deleted", function(item)
    item:delete()
  end)
end
