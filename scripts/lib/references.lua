--- Finds what refers to ConfigMaps and Secrets.
local references = {}

--- The views whose objects have a pod's spec, and where.
local specs = {
  { "pods", "spec" },
  { "podtemplates", "template.spec" },
  { "replicationcontrollers", "spec.template.spec" },
  { "daemonsets", "spec.template.spec" },
  { "deployments", "spec.template.spec" },
  { "replicasets", "spec.template.spec" },
  { "statefulsets", "spec.template.spec" },
  { "jobs", "spec.template.spec" },
  { "cronjobs", "spec.jobTemplate.spec.template.spec" },
}

--- Calls refer if there is a name.
---@param refer fun(kind: string, name: string, how: string)
---@param kind string
---@param name? string
---@param how string
local function told(refer, kind, name, how)
  if name then
    refer(kind, name, how)
  end
end

--- Tells what the environment of a container refers to.
---@param container table
---@param refer fun(kind: string, name: string, how: string)
local function in_environment(container, refer)
  for _, from in ipairs(container.envFrom or {}) do
    told(refer, "ConfigMap", kube.get(from, "configMapRef.name"), "envFrom")
    told(refer, "Secret", kube.get(from, "secretRef.name"), "envFrom")
  end
  for _, variable in ipairs(container.env or {}) do
    told(refer, "ConfigMap", kube.get(variable, "valueFrom.configMapKeyRef.name"), "env " .. variable.name)
    told(refer, "Secret", kube.get(variable, "valueFrom.secretKeyRef.name"), "env " .. variable.name)
  end
end

--- Tells what a volume refers to.
---@param volume table
---@param refer fun(kind: string, name: string, how: string)
local function in_volume(volume, refer)
  local how = "volume " .. volume.name
  told(refer, "ConfigMap", kube.get(volume, "configMap.name"), how)
  for _, source in ipairs(kube.get(volume, "projected.sources", {})) do
    told(refer, "ConfigMap", kube.get(source, "configMap.name"), how)
    told(refer, "Secret", kube.get(source, "secret.name"), how)
  end
  -- Volumes of drivers log in with a secret, each under one of these.
  for _, key in ipairs { "secretName", "secretRef.name", "nodePublishSecretRef.name" } do
    for _, source in pairs(volume) do
      told(refer, "Secret", type(source) ~= "string" and kube.get(source, key) or nil, how)
    end
  end
end

--- Calls refer for each ConfigMap and Secret that a pod's spec names.
---@param spec table
---@param refer fun(kind: string, name: string, how: string)
function references.of(spec, refer)
  for _, list in ipairs { "initContainers", "containers", "ephemeralContainers" } do
    for _, container in ipairs(spec[list] or {}) do
      in_environment(container, refer)
    end
  end
  for _, volume in ipairs(spec.volumes or {}) do
    if not volume.name:match("^kube%-api%-access%-") then -- which every pod is given
      in_volume(volume, refer)
    end
  end
  for _, secret in ipairs(spec.imagePullSecrets or {}) do
    told(refer, "Secret", secret.name, "imagePullSecrets")
  end
end

--- Calls refer for each reference that pods, the templates of workloads, service
--- accounts and ingresses have.
---
---     references.each(function(item, kind, name, how) print(item, how, kind, name) end)
---
---@param refer fun(item: Item, kind: string, name: string, how: string)
function references.each(refer)
  for _, entry in ipairs(specs) do
    for item in cluster[entry[1]] do
      references.of(kube.get(item, entry[2], {}), function(kind, name, how)
        refer(item, kind, name, how)
      end)
    end
  end
  for account in cluster.serviceaccounts do
    for _, list in ipairs { "secrets", "imagePullSecrets" } do
      for _, secret in ipairs(account.raw[list] or {}) do
        refer(account, "Secret", secret.name, list)
      end
    end
  end
  for ingress in cluster.ingresses do
    for _, tls in ipairs(kube.get(ingress, "spec.tls", {})) do
      told(function(...) refer(ingress, ...) end, "Secret", tls.secretName, "tls")
    end
  end
end

return references
