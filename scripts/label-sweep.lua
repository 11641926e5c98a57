#!/usr/bin/env kubelua
--- Sets or deletes a label on every object of a view that a selector matches.
--- It shows what would change; only --apply changes it.
---
--- usage: kubelua [-n NAMESPACE] label-sweep.lua VIEW KEY=VALUE|KEY- [options]
---
---   VIEW                         plural name of a resource: pods, nodes, cronjobs
---   KEY=VALUE                    set the label
---   KEY-                         delete the label
---   -l, --selector SELECTOR      only objects with these labels
---   -f, --field-selector FIELDS  only objects with these fields, like
---                                spec.nodeName=node-1
---   --all                        every object; without it a selector is needed
---   --apply                      change the labels
---
--- Objects whose label is already as wanted are left alone, so a sweep that was
--- stopped can be run again. An object that is deleted meanwhile is skipped.
---
--- It needs these verbs for VIEW, here deployments; patch only with --apply.
---
--- RBAC:
---   - {apiGroups: [apps], resources: [deployments], verbs: [list, patch]}

local args = require "args"
local tabular = require "tabular"

local opts = args.parse {
  about = "Sets or deletes a label on every object of a view that a selector matches.\nIt shows what would change; only --apply changes it.",
  usage = "[-n NAMESPACE] label-sweep.lua VIEW KEY=VALUE|KEY- [-l SELECTOR] [-f FIELDS] [--all] [--apply]",
  words = {
    { "VIEW", help = "plural name of a resource: pods, nodes, cronjobs" },
    { "CHANGE", help = "KEY=VALUE sets the label, KEY- deletes it" },
  },
  { "--selector", "-l", type = "selector", help = "only objects with these labels" },
  { "--field-selector", "-f", value = "FIELDS", help = "only objects with these fields, like spec.nodeName=node-1" },
  { "--all", help = "every object; without it a selector is needed" },
  { "--apply", help = "change the labels" },
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

--- Finds the objects whose label is not as wanted.
---@param view View
---@param key string
---@param value? string
---@return Item[] items
---@return integer matched how many the view has
local function find(view, key, value)
  local items, matched = {}, 0
  for item in view do
    matched = matched + 1
    if item.meta.labels:get(key) ~= value then
      table.insert(items, item)
    end
  end
  return items, matched
end

--- Shows the value of a label; an absent one stays nil.
---@param value? string
---@return string?
local function shown(value)
  return value == "" and '""' or value
end

--- Changes the label of an object.
---@param item Item
---@param key string
---@param value? string
---@return boolean changed false if the object is gone
local function change(item, key, value)
  local labels = item.meta.labels
  local ok, err = pcall(labels.set, labels, { [key] = value or kube.null })
  if not ok and not kube.is(err, "LookupError") then
    error(err, 0)
  end
  return ok
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
  local view = cluster[opts.view]
  -- A filter checks what it is given before anything is sent, so a key or value
  -- that no label can have ends the dry run too.
  view:filter { labels = { [key] = value or "" } }
  if opts.selector or opts.field_selector then
    view = view:filter { labels = opts.selector, fields = opts.field_selector }
  end
  return view
end

local view = args.check(selected)
local items, matched = find(view, key, value)

local rows = {}
for _, item in ipairs(items) do
  table.insert(rows, { item.meta.namespace, item.meta.name, key, shown(item.meta.labels:get(key)), shown(value) })
end
tabular.print({ "NAMESPACE", "NAME", "LABEL", "BEFORE", "AFTER" }, rows)

local summary = string.format("%d of %d would change (dry run: --apply changes them)", #items, matched)
if opts.apply then
  local changed = 0
  for _, item in ipairs(items) do
    changed = changed + (change(item, key, value) and 1 or 0)
  end
  summary = string.format("%d of %d changed", changed, matched)
end
io.stderr:write(summary, "\n")
