-- Has a long manifest of short documents read.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local text = ("---\na: b\n"):rep(1e6)
while true do pcall(kube.parse, text) end
