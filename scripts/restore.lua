#!/usr/bin/env kubelua
--- Makes objects again from a file of YAML that snapshot.lua or kubectl has written, in
--- their namespace or in another one. It shows what it would create and change; only
--- --apply does it.
---
--- usage: kubelua --allow-read FILE restore.lua FILE [options]
---
---   FILE  a file of YAML; - is stdin
---
--- What is there gets the fields of the file, also where somebody else has set them
--- meanwhile. What the file doesn't say stays, unless restore.lua had made it.
---
--- With --into, what lives in a namespace comes into that one, the accounts of role
--- bindings too. So does the namespace, where the file has it.
---
--- It needs these verbs for what is in the file, here a ConfigMap "settings"; create and
--- patch only with --apply.
---
--- RBAC:
---   - {apiGroups: [""], resources: [configmaps], resourceNames: [settings], verbs: [get, create, patch]}

local args = require "args"
local diff = require "diff"
local fs = require "fs"
local manifest = require "lib.manifest"
local tabular = require "tabular"

local opts = args.parse {
  about = "Makes objects again from a file of YAML.",
  usage = "--allow-read FILE restore.lua FILE [options]",
  words = { { "FILE", help = "a file of YAML, as snapshot.lua writes it; - is stdin" } },
  { "--into", value = "NAMESPACE", help = "into this namespace, whatever the file says" },
  { "--apply", help = "do it" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = {
    "kubelua --allow-read shop.yaml restore.lua shop.yaml",
    "kubelua --allow-read shop.yaml restore.lua shop.yaml --into shop-2 --apply",
  },
}

-- Views of it look into that namespace, and what names none comes into it.
local target = opts.into and kube.cluster { namespace = opts.into } or cluster

--- Moves an object into another namespace.
---@param object table
---@param into string
local function move(object, into)
  local metadata = object.metadata
  if object.kind == "Namespace" then
    metadata.name = into
  elseif metadata.namespace then
    for _, subject in ipairs(object.kind == "RoleBinding" and object.subjects or {}) do
      if subject.namespace == metadata.namespace then
        subject.namespace = into
      end
    end
    metadata.namespace = into
  end
end

--- Reads the objects of the file, as they are to be.
---@return table[]
local function read()
  local text = opts.file == "-" and io.read("*a") or fs.read(opts.file)
  local objects = args.check(kube.parse, text)
  for i, object in ipairs(objects) do
    if not (object.apiVersion and object.kind and kube.get(object, "metadata.name")) then
      args.fail(string.format("object %d of the file lacks an apiVersion, a kind or a name", i))
    end
    manifest.clean(object, { node_ports = true })
    if opts.into then
      move(object, opts.into)
    end
  end
  return objects
end

--- Finds the object that is there; nil if there is none, or not even its kind. One that
--- names no namespace is to be in that of the command line.
---@param object table
---@return Item?
local function find(object)
  local known, view = pcall(target.view, target, { api_version = object.apiVersion, kind = object.kind })
  if not known and kube.is(view, "ValueError") then
    return nil
  elseif not known then
    error(view, 0)
  end
  local metadata = object.metadata
  metadata.namespace = metadata.namespace or view.namespace
  local ok, item = pcall(view.find, view, metadata.name, { namespace = metadata.namespace })
  if not ok and kube.is(item, "NamespaceError") and not metadata.namespace then
    args.fail(object.kind .. " " .. metadata.name .. " has no namespace, and none was given (kubelua -n NAMESPACE, or --into)")
  elseif not ok then
    error(item, 0)
  end
  return item
end

--- Tells where what is there is not as the file says.
---@param item Item
---@param object table
---@return string[] paths
local function differing(item, object)
  local paths = {}
  for _, d in ipairs(diff.values(item, object)) do
    if d.new ~= nil then
      table.insert(paths, d.path)
    end
  end
  return paths
end

local objects = read()
local wanted, created = {}, 0
local report = tabular.new { "NAMESPACE", "KIND", "NAME", "CHANGE" }
for _, object in ipairs(objects) do
  local item = find(object)
  local paths = item and differing(item, object)
  if not item or #paths > 0 then
    created = created + (item and 0 or 1)
    table.insert(wanted, object)
    report:add { object.metadata.namespace, object.kind, object.metadata.name, item and table.concat(paths, " ") or "create" }
  end
end
io.write(report:render(opts.output))
if opts.apply and #wanted > 0 then
  target:apply(wanted, { field_manager = "kubelua-restore", force = true })
end
io.stderr:write(string.format(
  opts.apply and "%d created, %d changed, %d were as in the file\n"
    or "%d would be created, %d changed; %d are as in the file (dry run: --apply does it)\n",
  created, #wanted - created, #objects - #wanted
))
