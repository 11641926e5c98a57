-- Sorts by a comparator that never comes back.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
coroutine.wrap(function()
  table.sort({ 3, 2, 1 }, function() while true do coroutine.yield() end end)
end)()
table.sort({ 3, 2, 1 }, function() while true do end end)
