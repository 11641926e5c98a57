#!/usr/bin/env kubelua
--- Drains the nodes that match, some at a time, as kubectl drain does. A wave is over
--- when the workloads whose pods had to go are ready again elsewhere; then comes the
--- next. With --reboot or --until it waits for each node, and takes it into service
--- again. The first failure ends it. It shows what would go; only --apply does it.
---
--- usage: kubelua drain-wave.lua --selector SELECTOR [options]
---
--- Disruption budgets are respected: a pod that one holds is tried again until --timeout.
--- What was going on when a wave failed stays as it is: nodes of it are cordoned. Run it
--- again to go on; nodes that nothing has to leave are drained at once.
---
--- It needs, but for the lists and gets only with --apply, and events so as to be told
--- early of pods that can't start,
---
--- RBAC:
---   - {apiGroups: [""], resources: [events], verbs: [list, watch]}
---   - {apiGroups: [""], resources: [nodes], verbs: [get, list, patch]}
---   - {apiGroups: [""], resources: [pods], verbs: [list, watch]}
---   - {apiGroups: [""], resources: [pods/eviction], verbs: [create]}
---   - {apiGroups: [apps], resources: [daemonsets], verbs: [get]}
---   - {apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, watch]}

local args = require "args"
local set = require "set"
local tabular = require "tabular"
local ui = require "ui"
local workload = require "lib.workload"

local opts = args.parse {
  about = "Drains the nodes that match, some at a time, and waits until what was on them is ready elsewhere.",
  usage = "drain-wave.lua --selector SELECTOR [options]",
  { "--selector", "-l", type = "selector", required = true, help = "the nodes with these labels" },
  { "--at-once", type = "integer", min = 1, default = 1, help = "how many nodes a wave has" },
  { "--force", help = "also pods that nobody makes anew" },
  { "--delete-emptydir-data", help = "also pods that lose the data of an emptyDir volume" },
  { "--timeout", type = "duration", default = "15m", help = "how long each step may take: a drain, getting ready, --reboot, --until" },
  { "--reboot", help = "wait until the node has been started anew and is ready" },
  { "--until", value = "CONDITION", help = "wait until the node has this condition, like Patched or Patched=True" },
  { "--apply", help = "do it" },
  examples = {
    "kubelua drain-wave.lua -l pool=old --at-once 2 --apply",
    "kubelua drain-wave.lua -l kernel=old --reboot --timeout 30m --apply",
  },
}

if opts["until"] and not opts["until"]:match("^[%w./-]+$") and not opts["until"]:match("^[%w./-]+=%a+$") then
  args.fail(string.format("--until: %q is no condition, like Patched or Patched=True", opts["until"]))
end

--- The options of a drain.
---@param more table
---@return table
local function draining(more)
  more.ignore_daemonsets, more.force, more.delete_emptydir_data = true, opts.force, opts.delete_emptydir_data
  more.timeout = opts.timeout
  return more
end

--- Tells which pods have to leave a node, or why they can't.
---@param node Node
---@return integer? pods
---@return string? problem
local function leaving(node)
  local ok, pods = pcall(node.drain, node, draining { dry_run = true })
  if ok then
    return #pods
  elseif kube.is(pods, "StatusError") then
    return nil, pods.message
  end
  error(pods, 0)
end

--- Kinds that make their pods anew, by which they are found again.
local makers = set.new { "Deployment", "ReplicaSet", "ReplicationController", "StatefulSet" }

--- Tells whether a workload is ready.
---@param item Item
---@return boolean
local function ready(item)
  local ok, err = pcall(item.wait, item, { ready = true, timeout = 0 })
  if not ok and not kube.is(err, "TimeoutError") and not kube.is(err, "StatusError") then
    error(err, 0)
  end
  return ok
end

--- Finds the workloads that are ready and have pods that leave a node. One that isn't
--- ready before needn't be afterwards.
---@param node Node
---@return Item[]
local function concerned(node)
  local items, seen = {}, set.new()
  for _, pod in ipairs(node:drain(draining { dry_run = true })) do
    local kind, name = workload.of(pod)
    local key = table.concat({ kind, pod.meta.namespace, name }, "/")
    if makers:contains(kind) and not seen:contains(key) then
      seen:add(key)
      local item = cluster:view(kind):find(name, { namespace = pod.meta.namespace })
      if item and ready(item) then
        table.insert(items, item)
      end
    end
  end
  return items
end

--- Tells whether a node is ready, and was started after it was like this.
---@param before Node
---@return fun(node: Node): boolean
local function rebooted(before)
  local boot = kube.get(before, "status.nodeInfo.bootID")
  return function(node)
    local ready = node:condition("Ready")
    return ready ~= nil and ready.status == "True" and kube.get(node, "status.nodeInfo.bootID") ~= boot
  end
end

--- Says what has become of a node.
---@param node Node
---@param what string
local function say(node, what)
  io.stderr:write(node.meta.name, ": ", what, "\n")
end

--- Drains a node, and says which pods have to wait for a budget.
---@param node Node
local function drain(node)
  local held = set.new()
  local pods = node:drain(draining {
    on = function(pod, what, message)
      if what == "blocked" and not held:contains(pod.meta.uid) then
        held:add(pod.meta.uid)
        say(node, string.format("%s/%s waits: %s", pod.meta.namespace, pod.meta.name, message))
      end
    end,
  })
  say(node, #pods .. " pods gone")
end

--- Waits until a workload is ready; one that is gone by now won't be.
---@param item Item
local function settle(item)
  local ok, err = pcall(item.wait, item, { ready = true, timeout = opts.timeout })
  if not ok and not kube.is(err, "LookupError") then
    error(err, 0)
  end
end

--- Takes a node into service again, once it is as it is waited for.
---@param node Node as it was before it was drained
local function resume(node)
  if opts.reboot then
    node:wait { fn = rebooted(node), timeout = opts.timeout }
  end
  if opts["until"] then
    node:wait { condition = opts["until"], timeout = opts.timeout }
  end
  if node.spec.unschedulable then
    say(node, "was cordoned before, and stays so")
  else
    node:uncordon()
    say(node, "in service again")
  end
end

local names = {}
local report = tabular.new { ">WAVE", "NODE", ">PODS", "PROBLEM" }
for node in cluster.nodes:filter { labels = opts.selector } do
  table.insert(names, node.meta.name)
  local pods, problem = leaving(node)
  report:add { math.ceil(#names / opts.at_once), node.meta.name, pods, problem }
end
io.write(report:render("text"))
if not opts.apply then
  io.stderr:write(string.format("%d would be drained (dry run: --apply does it)\n", #names))
  return
end

--- Finds the nodes of a wave as they are now: much may have happened since the first.
---@param first integer
---@return Node[]
local function wave_from(first)
  local wave = {}
  for i = first, math.min(first + opts.at_once - 1, #names) do
    local node = cluster.nodes:find(names[i])
    if node then
      table.insert(wave, node)
    else
      io.stderr:write(names[i], ": is gone\n")
    end
  end
  return wave
end

local drained = 0
local progress = ui.progress { label = "nodes", total = #names }
for first = 1, #names, opts.at_once do
  local wave = wave_from(first)
  local moved = task.parallel(wave, concerned)
  task.parallel(wave, drain, { limit = opts.at_once })
  for _, items in ipairs(moved) do
    for _, item in ipairs(items) do
      settle(item)
    end
  end
  if opts.reboot or opts["until"] then
    task.parallel(wave, resume, { limit = opts.at_once })
  end
  drained = drained + #wave
  progress:add(math.min(opts.at_once, #names - first + 1))
end
progress:close()
io.stderr:write(string.format("%d drained\n", drained))
