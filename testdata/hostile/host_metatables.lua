-- Asks for the metatables of the host's values, to change what their methods do.
-- harmless
local values = {
  cluster, cluster.pods, cluster.proxy, cluster.configmaps:fetch "target", cluster.configmaps:fetch("target").meta.labels,
  cluster.configmaps:fetch("target").raw, kube.null, kube.now(), kube.int64(1), kube.Kind, io.stdout, task.queue(1),
  coroutine.create(print), select(2, pcall(kube.time, "x")), cluster.configmaps:watch(),
}
for _, value in ipairs(values) do
  assert(type(getmetatable(value)) ~= "table", tostring(value))
  assert(not pcall(setmetatable, value, {}))
  assert(not pcall(rawset, value, "fetch", print))
  assert(not pcall(rawget, value, "__index"))
  assert(not pcall(function() value.__index = print end))
end
