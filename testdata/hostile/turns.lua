-- Keeps other tasks from their turns.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
for i = 1, 100 do task.spawn(function() while true do task.sleep(0) end end) end
while true do end
