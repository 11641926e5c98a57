#!/usr/bin/env kubelua
--- Sets or deletes a label on every object of a view that a selector matches.
--- It shows what would change; only --apply changes it.
---
--- usage: kubelua [-n NAMESPACE] label-sweep.lua VIEW KEY=VALUE|KEY- [options]
---
---   VIEW       plural name of a resource: pods, nodes, cronjobs
---   KEY=VALUE  set the label
---   KEY-       delete the label
---
--- Objects whose label is already as wanted are left alone, so a sweep that was
--- stopped can be run again. An object that is deleted meanwhile is skipped.
---
--- It needs these verbs for VIEW, here deployments; patch only with --apply.
---
--- RBAC:
---   - {apiGroups: [apps], resources: [deployments], verbs: [list, patch]}

local args = require "args"
local changes = require "lib.changes"
local tabular = require "tabular"

local opts = args.parse {
  about = "Sets or deletes a label on every object of a view that a selector matches.\nIt shows what would change; only --apply changes it.",
  usage = "[-n NAMESPACE] label-sweep.lua VIEW KEY=VALUE|KEY- [options]",
  words = {
    { "VIEW", help = "plural name of a resource: pods, nodes, cronjobs" },
    { "CHANGE", help = "KEY=VALUE sets the label, KEY- deletes it" },
  },
  { "--selector", "-l", type = "selector", help = "only objects with these labels" },
  { "--field-selector", value = "FIELDS", help = "only objects with these fields, like spec.nodeName=node-1" },
  { "--all", help = "every object; without it a selector is needed" },
  { "--apply", help = "change the labels" },
  examples = {
    "kubelua -n shop label-sweep.lua deployments tier=front -l app=web",
    "kubelua label-sweep.lua pods debug- --all --apply",
  },
}

--- Reads KEY=VALUE or KEY-; the value of the latter is nil.
---@param change string
---@return string? key nil if it is neither
---@return string? value
local function parse(change)
  local key, value = change:match("^([^=]+)=(.*)$")
  if key then
    return key, value
  end
  return (change:match("^([^=]+)%-$"))
end

--- Shows the value of a label; an absent one stays nil.
---@param value? string
---@return string?
local function shown(value)
  return value == "" and '""' or value
end

local key, value = parse(opts.change)
if not key then
  args.fail(string.format("%q is neither KEY=VALUE nor KEY-", opts.change))
end
if not (opts.selector or opts.field_selector or opts.all) then
  args.fail("no selector, and no --all for every object")
end

--- Makes the view that the arguments describe.
---@return View
local function selected()
  local view = cluster:view(opts.view)
  -- A filter checks what it is given before anything is sent, so a key or value
  -- that no label can have ends the dry run too.
  view:filter { labels = { [key] = value or "" } }
  if opts.selector or opts.field_selector then
    view = view:filter { labels = opts.selector, fields = opts.field_selector }
  end
  return view
end

local items = {}
local report = tabular.new { "NAMESPACE", "NAME", "LABEL", "BEFORE", "AFTER" }
for item in args.check(selected) do
  local before = item.meta.labels:get(key)
  if before ~= value then
    table.insert(items, item)
    report:add { item.meta.namespace, item.meta.name, key, shown(before), shown(value) }
  end
end
io.write(report:render("text"))
changes.make(items, opts.apply, "changed", function(item)
  item.meta.labels:set { [key] = value or kube.null }
end)
