-- Has JSON and YAML read that nest deeper than any stack.
-- refused: 1 is
local all = {}
for _, text in ipairs { ("["):rep(1e6), ("{\"a\":"):rep(1e6), ("- "):rep(1e6), ("? "):rep(1e6), ("{a: "):rep(1e5), ("["):rep(5000) .. ("]"):rep(5000), ("{\"a\":"):rep(5000) .. "1" .. ("}"):rep(5000) } do
  all[#all + 1] = function() return kube.parse(text) end
end
require "attempts" ({ "neither YAML nor JSON", "nested deeper than 1000 levels", "this YAML may take some" }, all)
