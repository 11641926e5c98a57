-- Resume a coroutine that yields at once.
local n, yields = tonumber(...), 0
local co = coroutine.create(function()
  while true do
    yields = yields + 1
    coroutine.yield()
  end
end)
for _ = 1, n do coroutine.resume(co) end
print(yields)
