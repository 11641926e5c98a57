--- Tells which workload a pod belongs to.
local workload = {}

--- Returns the kind and the name of what controls a pod, of a Deployment's pod
--- those of the Deployment; of a pod that nothing controls its own. The pod tells
--- all of that, so nothing is sent. Any other object will do as well.
---
---     print(workload.of(pod))    --> Deployment  web
---
---@param pod Item
---@return string kind
---@return string name
function workload.of(pod)
  for _, owner in ipairs(kube.get(pod, "metadata.ownerReferences", {})) do
    if owner.controller then
      -- A Deployment names its replica sets after itself and the pods' template.
      local suffix = "-" .. pod.meta.labels:get("pod-template-hash", "")
      if owner.kind == "ReplicaSet" and #suffix > 1 and owner.name:sub(-#suffix) == suffix then
        return "Deployment", owner.name:sub(1, -#suffix - 1)
      end
      return owner.kind, owner.name
    end
  end
  return pod.kind, pod.meta.name
end

return workload
