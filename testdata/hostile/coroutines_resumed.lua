-- Resumes coroutines that resume each other, and themselves.
-- under: --timeout 500ms
-- bounded: timed out after 500ms
local a, b
a = coroutine.create(function() while true do coroutine.resume(b) coroutine.yield() end end)
b = coroutine.create(function() while true do coroutine.resume(a) coroutine.resume(b) coroutine.yield() end end)
while true do coroutine.resume(a) coroutine.resume(b) end
