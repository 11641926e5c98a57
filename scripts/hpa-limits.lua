#!/usr/bin/env kubelua
--- Lists the horizontal pod autoscalers that can't do their work: they are at
--- their limit and want more, or they don't get what they measure by.
---
--- usage: kubelua [-n NAMESPACE] hpa-limits.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [autoscaling], resources: [horizontalpodautoscalers], verbs: [list]}

local args = require "args"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the horizontal pod autoscalers that are at their limit or can't scale.",
  usage = "[-n NAMESPACE] hpa-limits.lua [options]",
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua hpa-limits.lua", "kubelua -n shop hpa-limits.lua --exit-code" },
}

--- What is wrong if a condition has this status.
local faults = { AbleToScale = "False", ScalingActive = "False", ScalingLimited = "True" }

--- Says what is wrong with an autoscaler, nil if nothing is. That it wants fewer
--- pods than it may have is none: then there is little to do.
---@param hpa Item
---@return string?
local function fault(hpa)
  for _, c in ipairs(kube.get(hpa, "status.conditions", {})) do
    -- It scales to zero where somebody has asked for that: it is switched off.
    if c.status == faults[c.type] and c.reason ~= "TooFewReplicas" and c.reason ~= "ScalingDisabled" then
      return ((c.reason .. ": " .. (c.message or "")):gsub("%s+", " "))
    end
  end
end

local report = tabular.new { "NAMESPACE", "NAME", "SCALES", ">NOW", ">MAX", "REASON" }
for hpa in cluster.horizontalpodautoscalers do
  local reason = fault(hpa)
  if reason then
    local target = hpa.spec.scaleTargetRef
    report:add {
      hpa.meta.namespace, hpa.meta.name, target.kind .. "/" .. target.name,
      kube.get(hpa, "status.currentReplicas", 0), hpa.spec.maxReplicas, reason,
    }
  end
end
io.write(report:render(opts.output))
if opts.exit_code and #report > 0 then
  os.exit(1)
end
