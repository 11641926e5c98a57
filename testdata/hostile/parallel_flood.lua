-- Has task.parallel go over very much, and keep all results.
-- bounded: (--max-memory)
local list = {}
for i = 1, 1e5 do list[i] = i end
while true do
  kept = { task.parallel(list, function(i) return ("x"):rep(1000) .. i end), kept }
end
