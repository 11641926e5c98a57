-- Puts further headers behind values that become headers.
-- harmless
local line = "\r\nImpersonate-User: system:admin"
for _, options in ipairs { { as = "nobody" .. line }, { token = "x" .. line } } do
  local ok, err = pcall(function() return kube.cluster(options).configmaps:fetch "target" end)
  assert(not ok and err.type == "ValueError" and err.message:find("it has a line break", 1, true), tostring(err))
end
