-- Goes over what has no end.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local n = 0
local function one() n = n + 1 return n end
for _ in one do end
