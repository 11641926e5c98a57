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
local selector = require "lib.selector"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the services that nothing answers for.",
  usage = "[-n NAMESPACE] dead-services.lua [options]",
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua dead-services.lua", "kubelua -n shop dead-services.lua --exit-code" },
}

-- How many endpoints a service has, and how many are ready, by namespace/name and the
-- kind of address: a pod that has both has an endpoint of each.
local endpoints, ready = {}, {}
for slice in cluster.endpointslices do
  local service = slice.meta.labels["kubernetes.io/service-name"]
  if service then
    local key = table.concat({ slice.meta.namespace, service, slice.raw.addressType }, "/")
    for _, endpoint in ipairs(kube.get(slice, "endpoints", {})) do
      endpoints[key] = (endpoints[key] or 0) + 1
      -- An endpoint that doesn't say so counts as ready.
      if kube.get(endpoint, "conditions.ready") ~= false then
        ready[key] = (ready[key] or 0) + 1
      end
    end
  end
end

--- Counts the pods behind a service, and those that are ready.
---@param service Service
---@return integer pods
---@return integer ready
local function count(service)
  local all, able = 0, 0
  for _, family in ipairs(service.spec.ipFamilies or {}) do
    local key = table.concat({ service.meta.namespace, service.meta.name, family }, "/")
    all, able = math.max(all, endpoints[key] or 0), math.max(able, ready[key] or 0)
  end
  return all, able
end

local report = tabular.new { "NAMESPACE", "SERVICE", "SELECTOR", ">PODS", "REASON" }
for service in cluster.services do
  local labels = selector.text(service.spec.selector)
  local pods, able = count(service)
  if labels and service.spec.type ~= "ExternalName" and able == 0 then
    report:add { service.meta.namespace, service.meta.name, labels, pods, pods > 0 and "none is ready" or "no pod is selected" }
  end
end
io.write(report:render(opts.output))
if opts.exit_code and #report > 0 then
  os.exit(1)
end
