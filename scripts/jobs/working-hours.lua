--- Scales the deployments and stateful sets that are labelled night=off down to nothing for
--- nights and weekends, and in the morning back up to what they were, which it notes in an
--- annotation of each. What somebody scales up in the night isn't changed.
---
--- It decides by the time that a run is for, so one by hand does what is right now, and
--- one that was missed does what it should have done.
---
--- It goes over all namespaces but kube-*, or over that of -n, and needs there
---
--- RBAC:
---   - {apiGroups: [apps], resources: [deployments, statefulsets], verbs: [get, list, patch]}

--- The working hours: from when on, and until when.
local morning, evening = 7, 20

--- Where the number of pods is noted that a workload has by day, as night-scale.lua does.
local note = "scripts.kubelua/replicas-by-day"

--- Tells whether somebody works at a time.
---@param at Time
---@return boolean
local function working(at)
  return at.weekday ~= "Saturday" and at.weekday ~= "Sunday" and at.hour >= morning and at.hour < evening
end

--- Finds out how many pods a workload is to have, and what is to be noted; nil if it is as
--- it should be.
---@param object table
---@param day boolean
---@return integer? replicas
---@return string? noted
local function wanted(object, day)
  local now = kube.get(object, "spec.replicas", 1)
  local noted = kube.get(object, { "metadata", "annotations", note })
  if not day and now > 0 and not noted then
    return 0, tostring(now)
  elseif day and noted then
    return now > 0 and now or tonumber(noted), nil
  end
end

return job {
  name = "working-hours",
  schedule = { string.format("0 %d * * mon-fri", morning), string.format("0 %d * * mon-fri", evening) },
  timeout = "10m",
  retries = 1,
  backoff = { first = "5s" },
  policy = {
    maxMemory = "128Mi",
    maxWrites = 500,
    protectedNamespaces = { "kube-*" },
    allow = {
      { verbs = { "get", "list", "patch" }, resources = { "deployments.apps", "statefulsets.apps" } },
    },
  },
  run = function(ctx)
    local day, scaled = working(ctx.scheduled), 0
    for _, view in ipairs { cluster.deployments, cluster.statefulsets } do
      for item in view:filter { labels = "night=off" } do
        if wanted(item.raw, day) and not item.meta.namespace:match("^kube%-") then
          -- Both change at once, and from what the workload is at that moment.
          local ok, err = pcall(item.edit, item, function(object)
            local replicas, noted = wanted(object, day)
            if replicas then
              object.spec.replicas = replicas
              object.metadata.annotations = object.metadata.annotations or {}
              object.metadata.annotations[note] = noted
            end
          end)
          if not ok and not kube.is(err, "LookupError") then -- gone meanwhile
            error(err, 0)
          end
          scaled = scaled + (ok and 1 or 0)
        end
      end
    end
    ctx.log:info(day and "scaled up" or "scaled down", { workloads = scaled })
  end,
}
