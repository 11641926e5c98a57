#!/usr/bin/env kubelua
--- Writes the objects of a namespace as YAML, from which restore.lua or kubectl makes
--- them again: without what the server fills in, in an order that doesn't change, so
--- that two snapshots can be compared.
---
--- usage: kubelua -n NAMESPACE snapshot.lua [VIEW...] [options]
---
---   VIEW  plural name of a resource: deployments, configmaps; else all that live in
---         the namespace, and the namespace itself
---
--- Left out is what is made anew by itself: objects that another one controls, what the
--- cluster puts into each namespace, events, leases, endpoints; jobs and pods that have
--- ended, which would run again; and Secrets, unless --secrets is given. Data on volumes
--- is no part of it.
---
--- A file is written whole or not at all, and needs kubelua's --allow-write.
---
--- It needs list for each VIEW, here configmaps, without one for all kinds, and get for
--- the namespace.
---
--- RBAC:
---   - {apiGroups: [""], resources: [configmaps], verbs: [list]}

local args = require "args"
local fs = require "fs"
local manifest = require "lib.manifest"
local provided = require "lib.provided"
local set = require "set"

local opts = args.parse {
  about = "Writes the objects of a namespace as YAML, from which they can be made again.",
  usage = "-n NAMESPACE snapshot.lua [VIEW...] [options]",
  words = { { "VIEW", many = true, optional = true, help = "plural name of a resource; else all of the namespace" } },
  { "--selector", "-l", type = "selector", help = "only objects with these labels" },
  { "--secrets", help = "Secrets, too, with all that is in them" },
  { "--node-ports", help = "keep the ports that services have on nodes" },
  { "--file", "-f", value = "FILE", help = "write there, and not to stdout" },
  examples = {
    "kubelua -n shop snapshot.lua > shop.yaml",
    "kubelua -n shop --allow-write backup snapshot.lua --secrets --file backup/shop.yaml",
    "kubelua snapshot.lua clusterroles storageclasses",
  },
}
local namespace = cluster.pods.namespace
if #opts.view == 0 and not namespace then
  args.fail("no namespace (kubelua -n NAMESPACE), and no VIEW")
end

--- Resources whose objects controllers make for themselves.
local passing = set.new { "controllerrevisions", "csistoragecapacities", "endpoints", "endpointslices", "events", "leases" }

--- Finds the views of what lives in a namespace and can be made again.
---@return View[]
local function views_of_namespace()
  local views = {}
  for kind in cluster:kinds() do
    local verbs = set.new(kind.verbs)
    if kind.namespaced and verbs:contains("list") and verbs:contains("create") and not passing:contains(kind.resource) then
      table.insert(views, cluster:view(kind))
    end
  end
  return views
end

--- Tells whether a job or pod has ended.
---@param item Item
---@return boolean
local function ended(item)
  if item.kind == "Pod" then
    return item.status.phase == "Succeeded" or item.status.phase == "Failed"
  end
  for _, how in ipairs { "Complete", "Failed" } do
    local c = item.kind == "Job" and item:condition(how)
    if c and c.status == "True" then
      return true
    end
  end
  return false
end

--- Tells whether an object is to be in the snapshot.
---@param item Item
---@return boolean
local function wanted(item)
  for _, owner in ipairs(item.meta.owners) do
    if owner.controller then
      return false
    end
  end
  return not provided.is(item) and not ended(item) and not kube.get(item, "metadata.deletionTimestamp")
end

local views = {}
for _, name in ipairs(opts.view) do
  table.insert(views, args.check(cluster.view, cluster, name))
end
if #views == 0 then
  views = views_of_namespace()
end
table.sort(views, function(a, b)
  return a.kind .. a.api_paths[1] < b.kind .. b.api_paths[1]
end)

local parts = {}
--- Writes a text, or keeps it for the file.
---@param text string
local function write(text)
  if opts.file then
    table.insert(parts, text)
  else
    io.write(text)
  end
end

local count = 0
--- Writes an object.
---@param item Item
local function save(item)
  write("---\n" .. kube.yaml(manifest.clean(kube.totable(item), opts)))
  count = count + 1
end

if #opts.view == 0 then
  save(cluster.namespaces:fetch(namespace))
end
for _, view in ipairs(views) do
  if opts.selector then
    view = view:filter { labels = opts.selector }
  end
  if view.kind ~= "SecretList" or opts.secrets then
    for item in view do
      if wanted(item) then
        save(item)
      end
    end
  end
end
if opts.file then
  fs.write(opts.file, table.concat(parts))
end
io.stderr:write(count, " objects\n")
