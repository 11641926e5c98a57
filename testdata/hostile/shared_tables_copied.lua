-- Has a small table with shared parts copied.
-- bounded: the script holds more than 16 MiB of memory (--max-memory)
local data = { "x" }
for i = 1, 60 do data = { data, data } end
kube.totable(data)
