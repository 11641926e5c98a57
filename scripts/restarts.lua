#!/usr/bin/env kubelua
--- Lists the containers that restart again and again, those with the most
--- restarts first: how the last run ended, and when. With --logs it also prints
--- the last lines that this run wrote.
---
--- usage: kubelua [-n NAMESPACE] restarts.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there, the logs only
--- with --logs,
---
--- RBAC:
---   - {apiGroups: [""], resources: [pods], verbs: [list]}
---   - {apiGroups: [""], resources: [pods/log], verbs: [get]}

local args = require "args"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the containers that restart again and again, and how their last runs ended.",
  usage = "[-n NAMESPACE] restarts.lua [options]",
  { "--selector", "-l", type = "selector", help = "only pods with these labels" },
  { "--min", type = "integer", default = 3, min = 1, help = "from how many restarts on" },
  { "--logs", type = "integer", min = 1, value = "LINES", help = "print the last lines of the run before" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua restarts.lua", "kubelua -n shop restarts.lua --min 1 --logs 20" },
}
if opts.logs and opts.output ~= "text" then
  args.fail("--logs is for people; it can't be printed as " .. opts.output)
end

local pods = cluster.pods
if opts.selector then
  pods = pods:filter { labels = opts.selector }
end

local found = {}
for pod in pods do
  for _, containers in ipairs { pod.init_containers, pod.containers } do
    for container in containers do
      if container.restart_count >= opts.min then
        table.insert(found, { pod = pod, container = container })
      end
    end
  end
end
table.sort(found, function(a, b)
  return a.container.restart_count > b.container.restart_count
end)

--- Makes the function of a column that shows a detail of the run before.
---@param path string
---@return fun(row: table): any
local function last(path)
  return function(row)
    return kube.get(row.container, "lastState.terminated." .. path)
  end
end

local report = tabular.new {
  { "NAMESPACE", value = function(row) return row.pod.meta.namespace end },
  { "POD", value = function(row) return row.pod.meta.name end },
  { "CONTAINER", value = function(row) return row.container.name end },
  { ">RESTARTS", value = function(row) return row.container.restart_count end },
  { ">EXIT", value = last "exitCode" },
  { "REASON", value = last "reason" },
  { "ENDED", value = last "finishedAt" },
}
io.write(report:add_all(found):render(opts.output))

if opts.logs then
  for _, row in ipairs(found) do
    print(string.format("\n==> %s/%s %s", row.pod.meta.namespace, row.pod.meta.name, row.container.name))
    local ok, err = pcall(function()
      for line in row.pod:logs { container = row.container.name, previous = true, tail = opts.logs } do
        print(line)
      end
    end)
    -- The node may have thrown the log away or not answer, or the pod may be gone.
    if not ok and kube.is(err, "APIError") and err.status_code and err.status_code ~= 403 then
      print("no log: " .. err.message)
    elseif not ok then
      error(err, 0)
    end
  end
end
