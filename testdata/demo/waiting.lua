-- waiting.lua: which containers wait, and for what?
for pod in cluster.pods do
  for container in pod.containers do
    local state = container.state
    if state.waiting then
      print(pod.meta.namespace, pod.meta.labels.app, state.reason, container.restart_count .. " restarts")
    end
  end
end
