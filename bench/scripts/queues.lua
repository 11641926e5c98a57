-- Have two tasks play ping-pong over two queues.
local n = tonumber(...)
local ping, pong = task.queue(), task.queue()
local other = task.spawn(function()
  for ball in ping do pong:put(ball) end
end)
local ball = 0
for _ = 1, n / 2 do
  ping:put(ball + 2)
  ball = pong:get()
end
ping:close()
other:wait()
print(ball)
