-- Waits for events that never come.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
while true do
  pcall(function() for _ in cluster.configmaps:filter({ labels = "no=such" }):watch() do end end)
end
