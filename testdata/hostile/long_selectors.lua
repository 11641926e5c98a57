-- Selects by selectors and paths of millions of parts.
-- under: --max-memory 64Mi
-- refused: longer than
require "attempts" ({ "longer than" }, {
  labels = function() return cluster.pods:filter { labels = ("a,"):rep(5e6) .. "b" } end,
  set = function() return cluster.pods:filter { labels = "a in (" .. ("x,"):rep(5e6) .. "y)" } end,
  fields = function() return cluster.pods:filter { fields = ("a=b,"):rep(5e6) .. "c=d" } end,
  path = function() return kube.get({}, ("a."):rep(5e6) .. "b") end,
})
