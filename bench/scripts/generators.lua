-- Abandon generators after their first value.
local sum = 0
for _ = 1, tonumber(...) do
  local next = coroutine.wrap(function()
    for value = 1, 3 do coroutine.yield(value) end
  end)
  sum = sum + next()
end
print(sum)
