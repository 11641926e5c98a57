-- Loops for ever, under calls that catch errors.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
repeat
  pcall(function() while true do end end)
until false
