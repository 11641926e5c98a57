-- Keeps clusters, watches and items over runs.
-- under: --timeout 2s
-- runs: 2
-- bounded: timed out after 2s
if kept then
  pcall(kept.watch.next, kept.watch, 0)
  pcall(function() for _ in kept.watch do end end)
  assert(kept.item:fetch().raw.data.state == "before")
end
kept = { watch = cluster.configmaps:watch(), item = cluster.configmaps:fetch "target" }
task.sleep(1e9)
