-- Loops by goto, and by a for loop that never gets to its end.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
for i = 1, math.huge, 0.1 do
  ::again::
  if i > 0 then goto again end
end
