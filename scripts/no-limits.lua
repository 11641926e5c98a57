#!/usr/bin/env kubelua
--- Lists the containers that don't say which resources they need or may use,
--- once for each workload: the scheduler can't place their pods well, and one of
--- them can take a node down.
---
--- usage: kubelua [-n NAMESPACE] no-limits.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list]}

local args = require "args"
local tabular = require "tabular"
local workload = require "lib.workload"

local opts = args.parse {
  about = "Lists the containers that don't say which resources they need or may use.",
  usage = "[-n NAMESPACE] no-limits.lua [options]",
  { "--selector", "-l", type = "selector", help = "only pods with these labels" },
  {
    "--want", type = "list", default = { "requests.cpu", "requests.memory", "limits.memory" },
    help = "what each container should have; limits.cpu is left\nto choice (default requests.cpu,requests.memory,limits.memory)",
  },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua no-limits.lua", "kubelua -n shop no-limits.lua --want limits.memory --exit-code" },
}
for _, path in ipairs(opts.want) do
  if not (path:find("^requests%.%S+$") or path:find("^limits%.%S+$")) then
    args.fail(string.format("--want: %q is neither requests.RESOURCE nor limits.RESOURCE", path))
  end
end

--- Finds what a container lacks, and its pod as a whole doesn't say. A limit stands for
--- a request that is absent: the server has it so.
---@param container table as in the pod's spec
---@param pod Pod
---@return string[]
local function lacking(container, pod)
  local lacks = {}
  for _, path in ipairs(opts.want) do
    local kind, resource = path:match("^(%a+)%.(.+)$")
    local said = { "resources", kind, resource }
    if not (kube.get(container, said) or kube.get(pod.spec, said)) then
      table.insert(lacks, path)
    end
  end
  return lacks
end

local pods = cluster.pods
if opts.selector then
  pods = pods:filter { labels = opts.selector }
end

local rows, by_key = {}, {}

--- Counts a container in.
---@param container table
---@param pod Pod
local function count(container, pod)
  local lacks = lacking(container, pod)
  if #lacks == 0 then
    return
  end
  local kind, name = workload.of(pod)
  local key = table.concat({ pod.meta.namespace, kind, name, container.name }, " ")
  if not by_key[key] then
    by_key[key] = { key = key, namespace = pod.meta.namespace, kind = kind, name = name,
      container = container.name, pods = 0, lacks = table.concat(lacks, " ") }
    table.insert(rows, by_key[key])
  end
  by_key[key].pods = by_key[key].pods + 1
end

for pod in pods do
  for _, list in ipairs { "initContainers", "containers" } do
    for _, container in ipairs(pod.spec[list] or {}) do
      count(container, pod)
    end
  end
end
table.sort(rows, function(a, b) return a.key < b.key end)

local report = tabular.new { "NAMESPACE", "KIND", "NAME", "CONTAINER", ">PODS", "LACKS" }
io.write(report:add_all(rows):render(opts.output))
if opts.exit_code and #rows > 0 then
  os.exit(1)
end
