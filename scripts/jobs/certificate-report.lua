--- Reports certificates in TLS secrets that have expired or soon will: in the log, and as
--- an Event about the secret, which kubectl describe shows and alerts can be made of. The
--- Event is renewed each day for as long as that is so.
---
--- It looks at all namespaces, or at that of -n, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [events], verbs: [create, patch]}
---   - {apiGroups: [""], resources: [secrets], verbs: [list]}

local iter = require "iter"
local time = require "time"
local x509 = require "x509"

--- How many seconds before its end a certificate is reported.
local early = 21 * 24 * 3600

--- Says what is wrong with the certificates of a secret; nil if nothing is.
---@param secret Secret
---@param now Time
---@return string? problem
local function problem(secret, now)
  local ok, chain = pcall(x509.parse, secret.data["tls.crt"] or "")
  if not ok then
    return "tls.crt can't be read"
  end
  local first = iter(chain):min_by("not_after")
  local left = first.not_after - now
  if left <= 0 then
    return string.format("%s has expired at %s", first.subject, first.not_after)
  elseif left < early then
    return string.format("%s expires in %s, at %s", first.subject, time.human(left), first.not_after)
  end
end

--- Records a problem as an Event about the secret, the same one each time. In a namespace
--- that goes none can be made.
---@param secret Secret
---@param message string
---@param at Time
local function record(secret, message, at)
  local stamp = at:to_zone("UTC"):format("%Y-%m-%dT%H:%M:%SZ")
  local ok, err = pcall(cluster.apply, cluster, {
    apiVersion = "v1", kind = "Event", type = "Warning", reason = "CertificateExpiring", message = message, count = 1,
    metadata = { name = secret.meta.name .. ".certificate", namespace = secret.meta.namespace },
    involvedObject = {
      apiVersion = "v1", kind = "Secret", namespace = secret.meta.namespace, name = secret.meta.name, uid = secret.meta.uid,
    },
    firstTimestamp = stamp, lastTimestamp = stamp,
    source = { component = "kubelua" },
  })
  if not ok and not kube.is(err, "LookupError") and not tostring(err):find("being terminated", 1, true) then
    error(err, 0)
  end
end

return job {
  name = "certificate-report",
  schedule = "0 6 * * *",
  timeout = "10m",
  policy = {
    maxMemory = "128Mi",
    maxWrites = 500,
    allow = {
      { verbs = { "list" }, resources = { "secrets" } },
      { verbs = { "create", "patch" }, resources = { "events" } },
    },
  },
  run = function(ctx)
    local reported = 0
    for secret in cluster.secrets:filter { fields = "type=kubernetes.io/tls" } do
      local message = problem(secret, ctx.scheduled)
      if message then
        reported = reported + 1
        ctx.log:warn(message, { namespace = secret.meta.namespace, secret = secret.meta.name })
        record(secret, message, ctx.scheduled)
      end
    end
    ctx.log:info("looked", { reported = reported })
  end,
}
