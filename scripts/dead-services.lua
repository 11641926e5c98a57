#!/usr/bin/env kubelua
--- Lists the services that nothing answers for: no pod has the labels that they
--- select, or none of those pods is ready.
---
--- usage: kubelua [-n NAMESPACE] dead-services.lua [options]
---
--- Services without a selector, and those that are names of something outside of
--- the cluster, are left out.
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [services], verbs: [list]}
---   - {apiGroups: [discovery.k8s.io], resources: [endpointslices], verbs: [list]}

local args = require "args"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the services that nothing answers for.",
  usage = "[-n NAMESPACE] dead-services.lua [options]",
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua dead-services.lua", "kubelua -n shop dead-services.lua --exit-code" },
}

-- How many endpoints a service has, and how many are ready, by namespace/name.
local endpoints, ready = {}, {}
for slice in cluster.endpointslices do
  local service = slice.meta.labels["kubernetes.io/service-name"]
  if service then
    local key = slice.meta.namespace .. "/" .. service
    for _, endpoint in ipairs(kube.get(slice, "endpoints", {})) do
      endpoints[key] = (endpoints[key] or 0) + 1
      -- An endpoint that doesn't say so counts as ready.
      if kube.get(endpoint, "conditions.ready") ~= false then
        ready[key] = (ready[key] or 0) + 1
      end
    end
  end
end

--- A selector as text, its labels in order.
---@param selector table
---@return string
local function text(selector)
  local terms = {}
  for key, value in pairs(selector) do
    table.insert(terms, key .. "=" .. value)
  end
  table.sort(terms)
  return table.concat(terms, ",")
end

local report = tabular.new { "NAMESPACE", "SERVICE", "SELECTOR", ">PODS", "REASON" }
for service in cluster.services do
  local selector = text(service.spec.selector or {})
  local key = service.meta.namespace .. "/" .. service.meta.name
  if selector ~= "" and service.spec.type ~= "ExternalName" and not ready[key] then
    local pods = endpoints[key] or 0
    report:add { service.meta.namespace, service.meta.name, selector, pods, pods > 0 and "none is ready" or "no pod is selected" }
  end
end
io.write(report:render(opts.output))
if opts.exit_code and #report > 0 then
  os.exit(1)
end
