-- Fills a queue.
-- bounded: (--max-memory)
local queue = task.queue(2 ^ 20)
while true do queue:put { ("x"):rep(1000) } end
