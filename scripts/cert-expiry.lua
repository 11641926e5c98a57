#!/usr/bin/env kubelua
--- Lists the certificates in TLS secrets that have expired or soon will, the most
--- urgent first. Of a chain, the certificate that ends first counts.
---
--- usage: kubelua [-n NAMESPACE] cert-expiry.lua [options]
---
--- It looks at all namespaces unless one is given, and needs there
---
--- RBAC:
---   - {apiGroups: [""], resources: [secrets], verbs: [list]}

local args = require "args"
local iter = require "iter"
local tabular = require "tabular"
local time = require "time"
local x509 = require "x509"

local opts = args.parse {
  about = "Lists the certificates in TLS secrets that have expired or soon will.",
  usage = "[-n NAMESPACE] cert-expiry.lua [options]",
  { "--selector", "-l", type = "selector", help = "only secrets with these labels" },
  { "--within", type = "duration", default = "30d", help = "only certificates that end until then" },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua cert-expiry.lua", "kubelua -n shop cert-expiry.lua --within 7d --exit-code" },
}

--- Finds the certificate of a secret that ends first. What can't be read is told
--- instead: nothing can be served with it.
---@param secret Secret
---@return x509.Certificate?
---@return string? problem
local function first_to_end(secret)
  local ok, chain = pcall(x509.parse, secret.data["tls.crt"] or "")
  if ok then
    return (iter(chain):min_by("not_after"))
  elseif kube.is(chain, "ValueError") then
    return nil, "unreadable"
  end
  error(chain, 0)
end

local now, found = time.now(), {}
for secret in cluster.secrets:filter { labels = opts.selector, fields = "type=kubernetes.io/tls" } do
  local certificate, problem = first_to_end(secret)
  local left = certificate and certificate.not_after - now or -math.huge
  if left < opts.within.seconds then
    table.insert(found, {
      namespace = secret.meta.namespace, secret = secret.meta.name, left = left,
      subject = certificate and certificate.subject, ends = certificate and tostring(certificate.not_after),
      state = problem or left <= 0 and "expired" or time.human(left) .. " left",
    })
  end
end
table.sort(found, function(a, b)
  return a.left < b.left
end)

io.write(tabular.new({ "NAMESPACE", "SECRET", "STATE", "ENDS", "SUBJECT" }):add_all(found):render(opts.output))
if opts.exit_code and #found > 0 then
  os.exit(1)
end
