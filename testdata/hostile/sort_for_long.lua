-- Sorts a long list, in one call that runs no code of the script.
-- under: --timeout 500ms --max-memory 1Gi
-- bounded: timed out after 500ms
local list = {}
for i = 1, 1e6 do list[i] = ("x"):rep(200) .. i end
while true do pcall(table.sort, list) end
