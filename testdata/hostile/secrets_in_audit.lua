-- Writes and reads Secrets in ways that an audit might write down.
-- under: --audit $WORK/audit.jsonl
-- harmless
local value = "hunter" .. 2
local created = cluster:create { apiVersion = "v1", kind = "Secret", metadata = { name = "audited" }, stringData = { password = value } }
created:patch { stringData = { other = value } }
created:delete()
pcall(cluster.proxy.get, cluster.proxy, "/api/v1/namespaces/" .. created.meta.namespace .. "/secrets", { params = { password = value } })
pcall(cluster.secrets.fetch, cluster.secrets, "audited")
