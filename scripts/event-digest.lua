#!/usr/bin/env kubelua
--- Sums up what the cluster complained about: events by reason and kind, with
--- how often each happened, to how many objects, and what was said last.
---
--- usage: kubelua [-n NAMESPACE] event-digest.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [events], verbs: [list]}

local args = require "args"
local set = require "set"
local tabular = require "tabular"

local opts = args.parse {
  about = "Sums up events by reason and kind of object, the most frequent first.",
  usage = "[-n NAMESPACE] event-digest.lua [options]",
  { "--since", type = "duration", default = "1h", help = "only events that happened since then" },
  { "--normal", help = "also events that are no warnings" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua event-digest.lua", "kubelua -n shop event-digest.lua --since 15m --normal" },
}

--- Tells how often an event happened, and when last. Events of today's API count
--- in a series, older ones by themselves; either leaves out what it has no use for.
---@param event Item
---@return integer count
---@return Time last
local function occurrence(event)
  local raw = event.raw
  local at = kube.get(raw, "series.lastObservedTime") or kube.get(raw, "lastTimestamp") or kube.get(raw, "eventTime")
  return kube.get(raw, "series.count") or kube.get(raw, "count") or 1, at and kube.time(at) or event.meta.created
end

local view = cluster.events
if not opts.normal then
  view = view:filter { fields = "type=Warning" }
end

local groups, by_key = {}, {}
for event in view do
  local count, last = occurrence(event)
  if last:age() <= opts.since.seconds then
    local about = event.raw.involvedObject
    local key = (event.raw.reason or "") .. " " .. (about.kind or "")
    local group = by_key[key]
    if not group then
      group = { key = key, reason = event.raw.reason, kind = about.kind, count = 0, objects = set.new(), last = last }
      by_key[key] = group
      table.insert(groups, group)
    end
    group.count = group.count + count
    group.objects:add((about.namespace or "") .. "/" .. (about.name or ""))
    if last >= group.last then
      group.last, group.message = last, kube.get(event.raw, "message", "")
    end
  end
end
table.sort(groups, function(a, b)
  return a.count > b.count or a.count == b.count and a.key < b.key
end)

local report = tabular.new { "REASON", "KIND", ">COUNT", ">OBJECTS", ">LAST", "MESSAGE" }
for _, group in ipairs(groups) do
  local message = group.message:gsub("%s+", " ")
  report:add { group.reason, group.kind, group.count, #group.objects, group.last:human_age(), message }
end
io.write(report:render(opts.output))
