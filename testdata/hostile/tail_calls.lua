-- Calls itself in tail position for ever.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local function again(...) return again(...) end
again(1, 2, 3)
