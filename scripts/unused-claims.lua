#!/usr/bin/env kubelua
--- Lists the volume claims that no pod uses, with what they occupy. Their disks
--- are paid for.
---
--- usage: kubelua [-n NAMESPACE] unused-claims.lua [options]
---
--- A claim that belongs to a workload which is scaled down is unused, too: look
--- before you delete it.
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [persistentvolumeclaims, pods], verbs: [list]}

local args = require "args"
local set = require "set"
local tabular = require "tabular"

local opts = args.parse {
  about = "Lists the volume claims that no pod uses.",
  usage = "[-n NAMESPACE] unused-claims.lua [options]",
  { "--older-than", type = "duration", default = "1d", help = "only claims that are so old" },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua unused-claims.lua", "kubelua -n shop unused-claims.lua --older-than 30d -o csv" },
}

-- What pods use, as namespace/name.
local used = set.new()
for pod in cluster.pods do
  for _, volume in ipairs(pod.spec.volumes or {}) do
    local name = kube.get(volume, "persistentVolumeClaim.claimName")
    if not name and volume.ephemeral then
      name = pod.meta.name .. "-" .. volume.name -- the claim that is made for it
    end
    if name then
      used:add(pod.meta.namespace .. "/" .. name)
    end
  end
end

local report = tabular.new { "NAMESPACE", "CLAIM", "PHASE", "CLASS", ">SIZE", ">AGE" }
for claim in cluster.persistentvolumeclaims do
  local created = claim.meta.created
  if not used:contains(claim.meta.namespace .. "/" .. claim.meta.name) and created:age() >= opts.older_than.seconds then
    report:add {
      claim.meta.namespace, claim.meta.name, kube.get(claim, "status.phase"), claim.spec.storageClassName,
      kube.get(claim, "status.capacity.storage") or kube.get(claim, "spec.resources.requests.storage"), created:human_age(),
    }
  end
end
io.write(report:render(opts.output))
if opts.exit_code and #report > 0 then
  os.exit(1)
end
