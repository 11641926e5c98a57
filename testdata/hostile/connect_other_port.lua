-- Connects to another port and host than the granted ones.
-- under: --allow-net 127.0.0.1:1
-- denied: not allowed (--allow-net=
local all = {}
for _, url in ipairs { "http://127.0.0.1:2", "http://localhost:1", "http://127.0.0.1:1@127.0.0.2:1", "http://127.0.0.10:1", "http://127.0.0.1.example.com:1" } do
  all[url] = function() return kube.cluster { url = url } end
end
require "attempts" ({ "not allowed (--allow-net=", "is not the URL of an API server" }, all)
