-- Gives calls of the proxy headers and methods.
-- refused: unknown option
local p = cluster.proxy
assert(not pcall(function() return p.put end))
assert(not pcall(function() return p.DELETE end))
assert(not pcall(function() return p.request end))
local all = {}
for _, method in ipairs { "get", "post", "patch", "delete" } do
  for _, option in ipairs { "headers", "header", "method", "as", "token", "host" } do
    all[method .. option] = function() return p[method](p, "/api/v1/namespaces", { [option] = "x", patch = {} }) end
  end
end
require "attempts" ({ "unknown option" }, all)
