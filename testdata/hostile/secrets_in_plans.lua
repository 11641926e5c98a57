-- Changes Secrets in ways that a plan might show.
-- under: --dry-run
-- harmless
local value = "hunter" .. 2
local login = cluster.secrets:fetch "login"
login:patch { stringData = { other = value } }
login.meta.annotations:set("example.com/copy", value)
cluster:create { apiVersion = "v1", kind = "Secret", metadata = { name = "planned" }, stringData = { password = value } }
print(cluster.secrets:fetch "planned", cluster.secrets:fetch("login").raw)
login:delete()
