#!/usr/bin/env kubelua
--- Shows who owns what: the tree of objects that an object belongs to, from what owns
--- it in the end down to all that exists because of that, with what is ready of it.
---
--- usage: kubelua [-n NAMESPACE] owners.lua KIND NAME [--kinds VIEW,...]
---
---   KIND  any name of a kind: deployment, Pod, certificates.cert-manager.io
---   NAME  the name of the object
---
--- Objects of every kind that the server has are looked at, in the namespace, or of an
--- owner that lives in none in all namespaces; --kinds says which instead.
---
--- It needs get for the object and its owners, here deployments, and list for every kind
--- that it looks at, here with --kinds replicasets,pods.
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list]}
---   - {apiGroups: [apps], resources: [deployments], resourceNames: [web], verbs: [get]}
---   - {apiGroups: [apps], resources: [replicasets], verbs: [list]}

local args = require "args"
local set = require "set"
local tabular = require "tabular"

local opts = args.parse {
  about = "Shows who owns what: the tree of objects that an object belongs to.",
  usage = "[-n NAMESPACE] owners.lua KIND NAME [--kinds VIEW,...]",
  words = {
    { "KIND", help = "any name of a kind: deployment, Pod, certificates.cert-manager.io" },
    { "NAME", help = "the name of the object" },
  },
  { "--kinds", type = "list", value = "VIEW,...", help = "look only for objects of these" },
  examples = { "kubelua -n shop owners.lua deployment cart", "kubelua -n shop owners.lua pod cart-5d99fc9475-2xl8k" },
}

--- Every kind that the server has, and by group and kind.
local kinds, served = cluster:kinds(), {}
for kind in kinds do
  served[kind.group .. "/" .. kind.kind] = kind
end

--- Finds what controls an object, or else its first owner; nil if that is gone.
---@param item Item
---@return Item?
local function owner_of(item)
  local owner = item.meta.owners[1]
  for _, reference in ipairs(item.meta.owners) do
    owner = reference.controller and reference or owner
  end
  local kind = owner and served[(owner.apiVersion:match("^(.*)/") or "") .. "/" .. owner.kind]
  if kind then
    local found = cluster:view(kind):all():find(owner.name, { namespace = kind.namespaced and item.meta.namespace or nil })
    return found and found.meta.uid == owner.uid and found or nil
  end
end

--- Tells what is ready of an object, and why not more is.
---@param item Item
---@return string? ready
---@return string? reason
local function readiness(item)
  local status = item.status
  if item.kind == "Pod" then
    local ready = 0
    for container in item.containers do
      ready = ready + (container.ready and 1 or 0)
    end
    return string.format("%d/%d", ready, #item.spec.containers), kube.get(status, "reason") or kube.get(status, "phase")
  end
  local wanted = kube.get(status, "desiredNumberScheduled") or kube.get(item, "spec.replicas")
  if wanted then
    return string.format("%d/%d", kube.get(status, "numberReady") or kube.get(status, "readyReplicas", 0), wanted)
  end
  for _, c in ipairs(kube.get(status, "conditions", {})) do
    if c.type == "Ready" or c.type == "Available" or c.type == "Complete" or c.type == "Failed" then
      return c.type == "Failed" and "False" or c.status, c.reason
    end
  end
end

--- What is shown of an object.
---@param item Item
---@return table
local function node(item)
  local ready, reason = readiness(item)
  return {
    uid = item.meta.uid, namespace = item.meta.namespace, name = item.kind .. "/" .. item.meta.name,
    ready = ready, reason = reason, age = item.meta.created:human_age(),
  }
end

--- Makes the views of what may be owned.
---@param namespace string? of the owner
---@return View[]
local function views_of(namespace)
  local views = {}
  local function add(name)
    local view = cluster:view(name)
    table.insert(views, namespace and view:namespaced(namespace) or view:all())
  end
  for _, name in ipairs(opts.kinds or {}) do
    args.check(add, name)
  end
  if opts.kinds then
    return views
  end
  for kind in kinds do
    local listed = set.new(kind.verbs):contains("list") and kind.resource ~= "events"
    if listed and (kind.namespaced or not namespace) then
      add(kind)
    end
  end
  return views
end

--- Finds what is owned: lists of nodes by the uid of the owner.
---@param namespace string?
---@return table<string, table[]>
local function owned(namespace)
  local children, seen = {}, set.new()
  task.parallel(views_of(namespace), function(view)
    for item in view do
      local shown
      for _, owner in ipairs(item.meta.owners) do
        -- A kind may be served in two groups.
        local key = owner.uid .. item.meta.uid
        if not seen:contains(key) then
          seen:add(key)
          shown = shown or node(item)
          children[owner.uid] = children[owner.uid] or {}
          table.insert(children[owner.uid], shown)
        end
      end
    end
  end, { limit = 8 })
  for _, list in pairs(children) do
    table.sort(list, function(a, b) return a.name < b.name end)
  end
  return children
end

local view = args.check(cluster.view, cluster, opts.kind)
local top = view:fetch(opts.name)
local owner, passed = owner_of(top), set.new { top.meta.uid }
while owner and not passed:contains(owner.meta.uid) do -- two may own each other
  passed:add(owner.meta.uid)
  top, owner = owner, owner_of(owner)
end
local children = owned(top.meta.namespace)

local report = tabular.new { "NAMESPACE", "NAME", "READY", "REASON", ">AGE" }
--- Adds a node and what is below it to the report.
---@param of table
---@param lead string what stands before its name
---@param below string what stands before the names below it
local function add(of, lead, below)
  report:add { of.namespace, lead .. of.name, of.ready, of.reason, of.age }
  local list = children[of.uid] or {}
  children[of.uid] = nil
  for i, child in ipairs(list) do
    local last = i == #list
    add(child, below .. (last and "└─" or "├─"), below .. (last and "  " or "│ "))
  end
end
add(node(top), "", "")
io.write(report:render("text"))
