-- Nests tables under long names, which messages repeat.
-- refused: nested too deep
local data = {}
for i = 1, 1100 do data = { [("x"):rep(10000)] = data } end
kube.json(data)
