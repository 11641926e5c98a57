#!/usr/bin/env kubelua
--- Lists the objects that somebody writes in a version of the API which a coming release
--- of Kubernetes doesn't have, with who does and what to use instead: look before you
--- upgrade.
---
--- usage: kubelua [-n NAMESPACE] deprecated-apis.lua [options]
---
--- The server gives an object in every version that it has, whichever it was written in.
--- What tells is the annotation of kubectl apply, and the object's history of who has set
--- its fields (managedFields). --requested adds what the server has been asked for since
--- it started and calls deprecated, which tells of clients that only read.
---
--- It looks at all namespaces, and at what lives in none, unless a namespace is given. It
--- needs list for all kinds of which versions were removed, here with --kinds cronjobs;
--- and get for the path /metrics with --requested.
---
--- RBAC:
---   - {apiGroups: [batch], resources: [cronjobs], verbs: [list]}

local args = require "args"
local json = require "json"
local semver = require "semver"
local set = require "set"
local tabular = require "tabular"

--- What was removed or will be, by the release: from which version of an API, which kinds,
--- and the version to use instead, "" where there is none. From the deprecation guide of
--- Kubernetes and, for what is to come, the life cycles in its API's source (v1.36).
local removals = {
  ["1.16"] = {
    { "apps/v1beta1", "ControllerRevision Deployment StatefulSet", "apps/v1" },
    { "apps/v1beta2", "ControllerRevision DaemonSet Deployment ReplicaSet StatefulSet", "apps/v1" },
    { "extensions/v1beta1", "DaemonSet Deployment ReplicaSet", "apps/v1" },
    { "extensions/v1beta1", "NetworkPolicy", "networking.k8s.io/v1" },
    { "extensions/v1beta1", "PodSecurityPolicy", "policy/v1beta1" },
  },
  ["1.22"] = {
    { "admissionregistration.k8s.io/v1beta1", "MutatingWebhookConfiguration ValidatingWebhookConfiguration", "admissionregistration.k8s.io/v1" },
    { "apiextensions.k8s.io/v1beta1", "CustomResourceDefinition", "apiextensions.k8s.io/v1" },
    { "apiregistration.k8s.io/v1beta1", "APIService", "apiregistration.k8s.io/v1" },
    { "certificates.k8s.io/v1beta1", "CertificateSigningRequest", "certificates.k8s.io/v1" },
    { "coordination.k8s.io/v1beta1", "Lease", "coordination.k8s.io/v1" },
    { "extensions/v1beta1", "Ingress", "networking.k8s.io/v1" },
    { "networking.k8s.io/v1beta1", "Ingress IngressClass", "networking.k8s.io/v1" },
    { "rbac.authorization.k8s.io/v1beta1", "ClusterRole ClusterRoleBinding Role RoleBinding", "rbac.authorization.k8s.io/v1" },
    { "scheduling.k8s.io/v1beta1", "PriorityClass", "scheduling.k8s.io/v1" },
    { "storage.k8s.io/v1beta1", "CSIDriver CSINode StorageClass VolumeAttachment", "storage.k8s.io/v1" },
  },
  ["1.25"] = {
    { "autoscaling/v2beta1", "HorizontalPodAutoscaler", "autoscaling/v2" },
    { "batch/v1beta1", "CronJob", "batch/v1" },
    { "discovery.k8s.io/v1beta1", "EndpointSlice", "discovery.k8s.io/v1" },
    { "events.k8s.io/v1beta1", "Event", "events.k8s.io/v1" },
    { "node.k8s.io/v1beta1", "RuntimeClass", "node.k8s.io/v1" },
    { "policy/v1beta1", "PodDisruptionBudget", "policy/v1" },
    { "policy/v1beta1", "PodSecurityPolicy", "" },
  },
  ["1.26"] = {
    { "autoscaling/v2beta2", "HorizontalPodAutoscaler", "autoscaling/v2" },
    { "flowcontrol.apiserver.k8s.io/v1beta1", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1" },
  },
  ["1.27"] = {
    { "storage.k8s.io/v1beta1", "CSIStorageCapacity", "storage.k8s.io/v1" },
  },
  ["1.29"] = {
    { "flowcontrol.apiserver.k8s.io/v1beta2", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1" },
  },
  ["1.32"] = {
    { "flowcontrol.apiserver.k8s.io/v1beta3", "FlowSchema PriorityLevelConfiguration", "flowcontrol.apiserver.k8s.io/v1" },
  },
  ["1.34"] = {
    { "admissionregistration.k8s.io/v1beta1", "ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding", "admissionregistration.k8s.io/v1" },
  },
  ["1.37"] = {
    { "networking.k8s.io/v1beta1", "IPAddress ServiceCIDR", "networking.k8s.io/v1" },
    { "storage.k8s.io/v1beta1", "VolumeAttributesClass", "storage.k8s.io/v1" },
  },
  ["1.38"] = {
    { "resource.k8s.io/v1beta1", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice", "resource.k8s.io/v1" },
  },
  ["1.39"] = {
    { "resource.k8s.io/v1beta2", "DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice", "resource.k8s.io/v1" },
  },
  ["1.40"] = {
    { "admissionregistration.k8s.io/v1beta1", "MutatingAdmissionPolicy MutatingAdmissionPolicyBinding", "admissionregistration.k8s.io/v1" },
  },
}

local opts = args.parse {
  about = "Lists the objects that are written in versions of the API which a coming release doesn't have.",
  usage = "[-n NAMESPACE] deprecated-apis.lua [options]",
  { "--target", value = "VERSION", help = "the release that the cluster is to have, like 1.38; the next one unless given" },
  { "--kinds", type = "list", value = "VIEW,...", help = "look only at these" },
  { "--requested", help = "add what the server is asked for" },
  { "--exit-code", help = "exit with 1 if anything is listed, for CI jobs" },
  { "--output", "-o", choices = { "text", "csv", "json", "markdown" }, default = "text", help = "how to print the table" },
  examples = { "kubelua deprecated-apis.lua --target 1.38 --exit-code", "kubelua -n shop deprecated-apis.lua -o csv" },
}

--- The release that the cluster is to have.
---@return semver.Version
local function target()
  if opts.target then
    return args.check(semver.parse, opts.target)
  end
  return semver.parse(cluster.proxy:get("/version").gitVersion):bump("minor")
end

--- The group of an API version, "" of the core's.
---@param api_version string
---@return string
local function group_of(api_version)
  return api_version:match("^(.*)/") or ""
end

local release_wanted = target()
-- What that release doesn't have: by version and kind; and the kinds, with their groups
-- of then and now.
local removed, concerned = {}, set.new()
for release, rows in pairs(removals) do
  for _, row in ipairs(semver.parse(release) <= release_wanted and rows or {}) do
    for kind in row[2]:gmatch("%S+") do
      removed[row[1] .. " " .. kind] = { release = release, use = row[3] }
      concerned:add(group_of(row[1]) .. "/" .. kind, group_of(row[3]) .. "/" .. kind)
    end
  end
end

--- Makes the views to look at.
---@return View[]
local function views()
  local list = {}
  for _, name in ipairs(opts.kinds or {}) do
    table.insert(list, args.check(cluster.view, cluster, name))
  end
  if opts.kinds then
    return list
  end
  local namespace = cluster.pods.namespace
  for kind in cluster:kinds() do
    if concerned:contains(kind.group .. "/" .. kind.kind) and (kind.namespaced or not namespace) then
      table.insert(list, cluster:view(kind))
    end
  end
  return list
end

--- Finds who writes an object in which version: a list of both in turn.
---@param item Item
---@return string[][]
local function writers(item)
  local list = {}
  local ok, applied = pcall(json.decode, item.meta.annotations["kubectl.kubernetes.io/last-applied-configuration"] or "{}")
  if ok and type(applied) == "table" then
    table.insert(list, { applied.apiVersion, "kubectl apply" })
  end
  for _, entry in ipairs(kube.get(item, "metadata.managedFields", {})) do
    table.insert(list, { entry.apiVersion, entry.manager })
  end
  return list
end

local report = tabular.new { "NAMESPACE", "KIND", "NAME", "VERSION", "GONE IN", "USE", "BY" }
for _, view in ipairs(views()) do
  for item in view do
    local seen = set.new()
    for _, writer in ipairs(writers(item)) do
      local version, by = tostring(writer[1]), tostring(writer[2])
      local gone = removed[version .. " " .. item.kind]
      if gone and not seen:contains(version .. by) then
        seen:add(version .. by)
        report:add { item.meta.namespace, item.kind, item.meta.name, version, gone.release, gone.use, by }
      end
    end
  end
end

--- What the server counts of requests for deprecated versions, an own number for each.
local counted = "apiserver_requested_deprecated_apis(%b{})"

if opts.requested then
  for labels in cluster.proxy:get("/metrics"):gmatch(counted) do
    local function label(name)
      return labels:match("[{,]" .. name .. '="([^"]*)"')
    end
    local version = (label("group") ~= "" and label("group") .. "/" or "") .. label("version")
    local gone = label("removed_release")
    report:add { nil, label("resource"), nil, version, gone ~= "" and gone or nil, nil, "requests" }
  end
end
io.write(report:render(opts.output))
if opts.exit_code and #report > 0 then
  os.exit(1)
end
