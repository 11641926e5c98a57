-- Connects to servers of its own.
-- denied: not allowed (--allow-net=
local all = {}
for _, url in ipairs { "http://127.0.0.1:1", "https://example.com", "127.0.0.1:1", "http://[::1]:1/", "https://user@example.com", "http://127.1:1", "http://2130706433:1" } do
  all[url] = function() return kube.cluster { url = url } end
  all["proxy " .. url] = function() return kube.proxy { url = url } end
end
require "attempts" ({ "not allowed (--allow-net=", "is not the URL of an API server" }, all)
