-- Opens watches without an end.
-- under: --timeout 2s
-- bounded: timed out after 2s
local all = {}
while true do all[#all + 1] = cluster.configmaps:watch() end
