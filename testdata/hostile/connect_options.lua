-- Names means of connecting that there are no options for.
-- refused: unknown option
local all = {}
for _, option in ipairs { "proxy_url", "server", "token_file", "tokenFile", "exec", "auth_provider", "headers", "username", "password", "as_group", "user_agent", "links", "guard" } do
  all[option] = function() return kube.cluster { [option] = "x" } end
end
require "attempts" ({ "unknown option" }, all)
