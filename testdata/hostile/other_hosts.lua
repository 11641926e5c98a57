-- Has the proxy call other hosts, with the login of this one.
-- refused: path
local all = {}
for _, url in ipairs { "http://127.0.0.1:1/api", "https://example.com/x", "http:/127.0.0.1:1/x", "https:example.com", "x://y", "//example.com/x", "///example.com/x", "\\\\example.com\\x", "@example.com/x", "/@example.com/x", ":80/x" } do
  all[url] = function() return cluster.proxy:get(url) end
end
require "attempts" ({ "path", "get /" }, all)
