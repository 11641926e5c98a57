-- Calls methods of the host's values with values of other kinds.
-- harmless
local item = cluster.configmaps:fetch "target"
local values = { cluster, cluster.pods, cluster.proxy, item, item.meta, item.raw, kube.null, kube.now(), io.stdout, task.queue(1), {}, "x", 1, print }
local methods = { cluster.create, cluster.pods.fetch, cluster.proxy.get, cluster.pods.watch, item.meta.labels.has, io.stdout.write, io.stdout.close, task.queue(1).put }
for _, method in ipairs(methods) do
  for _, value in ipairs(values) do
    local ok, err = pcall(method, value)
    assert(ok or not tostring(err):find("internal error", 1, true), tostring(err))
  end
end
assert(cluster.configmaps:fetch "target")
