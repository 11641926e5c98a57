#!/usr/bin/env kubelua
--- Lists who may do something, and by which role: users, groups and service
--- accounts that a binding of the cluster or of a namespace allows it.
---
--- usage: kubelua [-n NAMESPACE] who-can.lua VERB RESOURCE [options]
---
--- RESOURCE is pods, pods/log or deployments.apps; the group may be left out of what the
--- server has. Without -n bindings of all namespaces count. The groups that accounts are
--- in are not looked up, and other authorizers than RBAC not asked.
---
--- RBAC:
---   - {apiGroups: [rbac.authorization.k8s.io], resources: [clusterrolebindings, clusterroles, rolebindings, roles], verbs: [list]}

local args = require "args"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists who may do something, and by which role.",
  usage = "[-n NAMESPACE] who-can.lua VERB RESOURCE [options]",
  words = {
    { "VERB", help = "get, list, create, delete and so on" },
    { "RESOURCE", help = "any name of a resource: pods, pods/log, deployments.apps" },
  },
  { "--name", value = "NAME", help = "the object of this name; without it rules for single objects don't count" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua who-can.lua delete namespaces", "kubelua -n shop who-can.lua get secrets --name login" },
}

local full, subresource = opts.resource:match("^([^/]+)/?(.*)$")
if not full then
  args.fail(string.format("%q is no resource", opts.resource))
end

--- Finds out the plural name of a resource, and its group. Roles may name what the server
--- doesn't have, so that is taken as it is.
---@param name string
---@return string resource
---@return string group
local function resolve(name)
  local ok, view = pcall(cluster.view, cluster, name)
  if ok then
    return view.resource, view.api_paths[1]:match("^apis/(.+)/") or ""
  elseif not kube.is(view, "ValueError") then
    error(view, 0)
  end
  io.stderr:write(string.format("the server has no resource %q\n", name))
  return name:match("^([^.]+)%.?(.*)$")
end

local resource, group = resolve(full)
local asked = { verb = opts.verb, group = group, resource = subresource ~= "" and resource .. "/" .. subresource or resource }

--- Tells whether a list of a rule has a value, or all.
---@param list string[]?
---@param value string
---@return boolean
local function has(list, value)
  for _, v in ipairs(list or {}) do
    -- In resources, "*/scale" is the scale of all.
    if v == value or v == "*" or subresource ~= "" and v == "*/" .. subresource and value == asked.resource then
      return true
    end
  end
  return false
end

--- Tells whether a role allows what is asked.
---@param role Item
---@return boolean
local function allows(role)
  for _, rule in ipairs(kube.get(role, "rules", {})) do
    local names = kube.get(rule, "resourceNames", {})
    if has(rule.verbs, asked.verb) and has(rule.apiGroups, asked.group) and has(rule.resources, asked.resource)
      and (#names == 0 or opts.name and has(names, opts.name)) then
      return true
    end
  end
  return false
end

-- The roles that allow it, by the references that bindings have.
local allowed = {}
for role in cluster.clusterroles do
  allowed["ClusterRole " .. role.meta.name] = allows(role) or nil
end
for role in cluster.roles do
  allowed["Role " .. role.meta.namespace .. "/" .. role.meta.name] = allows(role) or nil
end

local rows = {}
for _, view in ipairs { cluster.clusterrolebindings, cluster.rolebindings } do
  for binding in view do
    local ref, namespace = binding.raw.roleRef, binding.meta.namespace
    local key = ref.kind == "Role" and "Role " .. namespace .. "/" .. ref.name or "ClusterRole " .. ref.name
    if allowed[key] then
      for _, subject in ipairs(kube.get(binding, "subjects", {})) do
        local name = subject.kind == "ServiceAccount" and (subject.namespace or namespace) .. "/" .. subject.name or subject.name
        table.insert(rows, { namespace or "(all)", subject.kind, name, ref.kind .. "/" .. ref.name })
      end
    end
  end
end
table.sort(rows, function(a, b) return table.concat(a, " ") < table.concat(b, " ") end)
io.write(tabular.new({ "NAMESPACE", "KIND", "SUBJECT", "ROLE" }):add_all(rows):render(opts.output))
