-- Compiles code for ever.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local code = ("x = x + 1 "):rep(1000)
while true do pcall(load, code) end
