-- Prints a Secret in every way but by reading its data.
-- harmless
local secret = cluster.secrets:fetch "login"
print(secret)
print(secret.raw)
print(cluster.secrets)
print(secret, secret.data, secret.raw, secret.meta, secret.meta.annotations, secret.raw.data)
print(tostring(secret.data), ("%s %s"):format(secret, secret.raw))
for s in cluster.secrets do print(s, s.raw) end
print(cluster.proxy:get("/api/v1/namespaces/" .. secret.meta.namespace .. "/secrets/login"))
print(cluster.proxy:get("/api/v1/namespaces/" .. secret.meta.namespace .. "/secrets"))
local event = cluster.secrets:watch({ initial = true }):next(10)
print(event, event.item, event.item.raw)
print(pcall(error, secret))
print(pcall(error, secret.raw))
print(pcall(function() return secret.data + 1 end))
print(pcall(function() return secret.raw.data.password.x end))
print(pcall(function() secret.data.password = "x" end))
print(debug.traceback(tostring(secret.raw)))
io.stderr:write(tostring(secret), tostring(secret.raw), "\n")
