-- Writes from many tasks, coroutines and clusters at once, to get past a count.
-- under: --max-writes 3
-- denied: denied by --max-writes 3
local written, denied = 0, nil
local function write(c, name)
  local ok, err = pcall(c.create, c, { apiVersion = "v1", kind = "ConfigMap", metadata = { generateName = name } })
  if ok then written = written + 1 else denied = err end
end
local other = kube.cluster { namespace = cluster.configmaps.namespace }
task.parallel({ 1, 2, 3, 4, 5, 6, 7, 8 }, function()
  for _, c in ipairs { cluster, other } do
    write(c, "task-")
    coroutine.wrap(write)(c, "coroutine-")
  end
end)
assert(written == 3, written)
error(denied, 0)
