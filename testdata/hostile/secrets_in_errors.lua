-- Has the server and kubelua refuse Secrets, and prints what they say.
-- harmless
local value = "hunter" .. 2
local function secret(name, data, more)
  local object = { apiVersion = "v1", kind = "Secret", metadata = { name = name }, data = data }
  for k, v in pairs(more or {}) do object[k] = v end
  return object
end
local login = cluster.secrets:fetch "login"
for _, attempt in ipairs {
  function() return cluster:create(secret("bad", { password = value .. "!" })) end,
  function() return cluster:create(secret("Bad Name", nil, { stringData = { password = value } })) end,
  function() return cluster:create(secret("bad", nil, { stringData = { password = { value } } })) end,
  function() return cluster:create(secret("bad", nil, { type = "kubernetes.io/tls", stringData = { password = value } })) end,
  function() return cluster:create(secret("bad", nil, { type = "kubernetes.io/dockerconfigjson", stringData = { [".dockerconfigjson"] = value } })) end,
  function() return cluster:create(secret("login", nil, { stringData = { password = value } })) end,
  function() return cluster:apply(secret("login", nil, { stringData = { password = value } }), { field_manager = "other" }) end,
  function() return login:patch { type = "other", stringData = { password = value } } end,
  function() return login:patch { metadata = { resourceVersion = "1" }, stringData = { password = value } } end,
  function() return login:edit(function(object) object.type, object.stringData = "other", { password = value } end) end,
  function() return login:update(secret("login", { password = value }, { type = "other" })) end,
  function() return cluster.proxy:post("/api/v1/namespaces/nowhere/secrets", { json = secret("bad", nil, { stringData = { password = value } }) }) end,
} do
  local ok, err = pcall(attempt)
  print(ok, err)
  if not ok then print(err.message, err.reason, err.where) end
end
