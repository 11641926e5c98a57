-- Writes little that nests deep with much indentation.
-- bounded: resulting string too large (the most is 16 MiB)
local data = {}
for i = 1, 20000 do data[i] = 1 end
for i = 1, 900 do data = { data } end
require "attempts" ({ "resulting string too large" }, {
  json = function() return kube.json(data, { indent = 16 }) end,
  yaml = function()
    local deep = {}
    for i = 1, 50000 do deep[i] = 1 end
    for i = 1, 900 do deep = { deep } end
    return kube.yaml(deep)
  end,
})
