-- Connects by a kubeconfig that it may not read, and by certificates.
-- denied: not allowed (--allow-read=
local work = arg[1]
require "attempts" ({ "not allowed (--allow-read=" }, {
  kubeconfig = function() return kube.cluster { kubeconfig = work .. "/kubeconfig.yaml" } end,
  proxy = function() return kube.proxy { kubeconfig = work .. "/kubeconfig.yaml" } end,
  certificate = function() return kube.cluster { client_certificate = work .. "/secret.txt", client_key = work .. "/secret.txt" } end,
  authority = function() return kube.cluster { certificate_authority = work .. "/secret.txt" } end,
})
