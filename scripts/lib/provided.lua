--- Tells what a cluster makes by itself in a namespace.
local set = require "set"

local provided = {}

--- ConfigMaps with certificates that every namespace is given.
local certificates = set.new { "kube-root-ca.crt", "openshift-service-ca.crt", "istio-ca-root-cert" }

--- Tells whether the cluster made the object, and makes it anew when it is gone: root
--- certificates, tokens of service accounts, the account "default" as it comes.
---
---     if not provided.is(item) then ... end
---
---@param item Item
---@return boolean
function provided.is(item)
  local name = item.meta.name
  if item.kind == "ConfigMap" then
    return certificates:contains(name)
  elseif item.kind == "Secret" then
    return item.type == "kubernetes.io/service-account-token"
  end
  return item.kind == "ServiceAccount" and name == "default"
    and not (item.raw.imagePullSecrets or item.raw.secrets) and #item.meta.labels + #item.meta.annotations == 0
end

return provided
