-- Closes what never gets closed.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local closer = { close = function() while true do end end }
kube.with(closer, function()
  kube.with(closer, function() while true do end end)
end)
