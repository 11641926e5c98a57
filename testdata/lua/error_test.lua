-- Errors: one kind of value, what it tells, and how it travels.

local nowhere = function() return kube.cluster{url = "http://127.0.0.1:1/"} end

-- caught is what fn raises.
local function caught(fn, ...)
  local ok, err = pcall(fn, ...)
  assert(not ok, "no error")
  return err
end

local function missing() return cluster.namespaces:fetch("no-such-namespace") end

-- login makes a service account and returns a cluster that is logged in with
-- its token.
local function login(t, name)
  t:create{apiVersion = "v1", kind = "ServiceAccount", metadata = {name = name}}
  local token = cluster.proxy:post("api/v1", "namespaces", t.namespace, "serviceaccounts", name, "token",
    {json = {apiVersion = "authentication.k8s.io/v1", kind = "TokenRequest", spec = {}}}).status.token
  return kube.cluster{kubeconfig = t.kubeconfig, token = token}
end

local function allow(t, name, rule)
  rule.apiGroups = rule.apiGroups or {""}
  t:create{apiVersion = "rbac.authorization.k8s.io/v1", kind = "Role", metadata = {name = name}, rules = {rule}}
  t:create{apiVersion = "rbac.authorization.k8s.io/v1", kind = "RoleBinding", metadata = {name = name},
    roleRef = {apiGroup = "rbac.authorization.k8s.io", kind = "Role", name = name},
    subjects = {{kind = "ServiceAccount", name = name, namespace = t.namespace}}}
end

function test_attributes(t)
  local err = caught(missing)
  t:eq(type(err), "userdata")
  t:eq(err.type, "LookupError")
  t:eq(err.message, "fetch namespaces no-such-namespace: not found")
  t:eq(err.status_code, 404)
  t:eq(err.reason, "NotFound")
  t:match(err.where, "^testdata/lua/error_test.lua:%d+$")
  t:eq(tostring(err), err.message)
  t:eq(err .. "!", err.message .. "!")
  t:eq("! " .. err, "! " .. err.message)
  t:eq(err .. err, err.message .. err.message)
  local _ = err.mesage --> error: "(did you mean "message""
  err.message = "x" --> error: "can't set "message" of error"
end

function test_response(t)
  local response = caught(missing).response
  t:eq(response.status_code, 404)
  t:eq(response.json.kind, "Status")
  t:eq(response.json.reason, "NotFound")
  t:eq(response.json.details.kind, "namespaces")
  t:match(response.text, '"reason":"NotFound"')
  t:eq(response.headers["Content-Type"], "application/json")
  t:ok(response.headers["Audit-Id"])
  local _ = response.body --> error: "has no "body""
  -- Without an answer there is none; an answer that isn't JSON has no json.
  t:eq(caught(kube.time, "x").response, nil)
  local proxy = cluster.proxy
  local plain = caught(proxy.get, proxy, "no/such/path").response
  t:eq(plain.json, nil)
  t:match(plain.text, "404")
end

function test_kinds(t)
  local pods = cluster.pods
  local pod = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}
  local closed = kube.cluster{}
  closed:close()
  local errors = {
    LookupError = caught(missing),
    NamespaceError = caught(pods.fetch, pods, "p"),
    ValueError = caught(pods.filter, pods, {}),
    StatusError = caught(function() return pod.phase end),
    KubeError = caught(function() for _ in closed.pods do end end),
    APIError = caught(function() for _ in nowhere().pods do end end),
  }
  local above = {
    LookupError = {"LookupError", "APIError", "KubeError"}, NamespaceError = {"NamespaceError", "KubeError"},
    ValueError = {"ValueError", "KubeError"}, StatusError = {"StatusError", "KubeError"}, KubeError = {"KubeError"},
    APIError = {"APIError", "KubeError"},
  }
  for kind, err in pairs(errors) do
    t:eq(err.type, kind)
    local is = {}
    for _, name in ipairs{"KubeError", "APIError", "LookupError", "StatusError", "NamespaceError", "TimeoutError", "ValueError"} do
      is[name] = kube.is(err, name)
    end
    for _, name in ipairs(above[kind]) do
      t:eq(is[name], true)
      is[name] = nil
    end
    for _, value in pairs(is) do
      t:eq(value, false)
    end
    t:match(err.where, "error_test.lua:")
  end
end

function test_is(t)
  for _, value in ipairs{"APIError", 5, {}, {type = "APIError"}, print, true, cluster, cluster.pods} do
    t:eq(kube.is(value, "APIError"), false)
    t:eq(kube.is(value, "KubeError"), false)
  end
  t:eq(kube.is(nil, "KubeError"), false)
  kube.is(nil, "ApiError") --> error: "unknown kind of error "ApiError" (did you mean "APIError""
  kube.is(nil) --> error: "kind must be a string, not nil"
  local ok, err = pcall(function() local x = nil; return x.y end)
  t:eq(ok, false)
  t:eq(type(err), "string")
  t:eq(kube.is(err, "KubeError"), false)
end

function test_travelling_unchanged(t)
  local err = caught(missing)
  t:ok(rawequal(caught(error, err), err))
  t:ok(rawequal(caught(error, err, 0), err))
  t:ok(rawequal(caught(error, err, 2), err))
  t:ok(rawequal(caught(assert, false, err), err))
  t:ok(rawequal(caught(assert, nil, err), err))
  t:ok(rawequal(caught(function() error(caught(function() error(err) end)) end), err))
  local seen
  local results = table.pack(xpcall(function() error(err) end, function(e)
    seen = e
    return e
  end))
  t:eq(results[1], false)
  t:ok(rawequal(results[2], err))
  t:ok(rawequal(seen, err))
  local ok, direct = xpcall(missing, function(e) return e end)
  t:eq(ok, false)
  t:eq(direct.type, "LookupError")
  local co = coroutine.create(function() error(err) end)
  local resumed, raised = coroutine.resume(co)
  t:eq(resumed, false)
  t:ok(rawequal(raised, err))
  t:ok(rawequal(caught(coroutine.wrap(function() error(err) end)), err))
  co = coroutine.create(missing)
  resumed, raised = coroutine.resume(co)
  t:eq(resumed, false)
  t:eq(raised.type, "LookupError")
  -- A table stays the table it is, too.
  local own = {code = 7}
  t:ok(rawequal(caught(error, own), own))
  t:ok(rawequal(caught(assert, false, own), own))
  -- Handlers may make something else of it.
  ok, err = xpcall(missing, function(e) return e.status_code end)
  t:eq(err, 404)
end

function test_through_iterators_and_metamethods(t)
  local function loop()
    for _ in cluster.pods:filter{fields = {["spec.nothing"] = "x"}} do end
  end
  local err = caught(loop)
  t:eq(err.status_code, 400)
  t:match(err.where, "error_test.lua:")
  local lazy = setmetatable({}, {__index = function() return missing() end})
  t:eq(caught(function() return lazy.x end).type, "LookupError")
  t:eq(caught(table.sort, {3, 2, 1}, function() missing() end).type, "LookupError")
  t:eq(caught(string.gsub, "x", "x", function() missing() end).type, "LookupError")
  local view = cluster.namespaces
  t:eq(select(2, pcall(pcall, view.fetch, view, "no-such-namespace")), false)
  t:eq(select(3, pcall(pcall, view.fetch, view, "no-such-namespace")).type, "LookupError")
end

function test_lines_that_raise(t)
  cluster.namespaces:fetch("no-such-namespace") --> error: "fetch namespaces no-such-namespace: not found"
  error("fish") --> error: "fish"
  local x = nil; x.y = 1 --> error: "attempt to index a nil value"
  x = 1 + {} --> error: "attempt to perform arithmetic on a table value"
  x = #5 --> error: "attempt to get"
  nothing() --> error: "nothing"
  cluster.pods() --> error: "attempt to call"
  x = cluster.pods + 1 --> error: "attempt to perform arithmetic on a userdata"
  x = cluster.pods < cluster.nodes --> error: "attempt to compare"
  x = "a" .. {} --> error: "attempt to concatenate a table value"
end

function test_where_is_the_line_of_the_script(t)
  t:eq(caught(function() kube.time("x") end).where, t.here())
  t:eq(caught(function() cluster.namespaces:fetch("no-such-namespace") end).where, t.here())
  t:eq(caught(function() return cluster.pods.nothing end).where, t.here()) -- kubelua: ignore
  t:eq(caught(function() for _ in nowhere().pods do end end).where, t.here())
  t:eq(caught(coroutine.wrap(function() kube.time("x") end)).where, t.here())
  t:eq(caught(kube.with, kube.cluster{}, function() kube.time("x") end).where, t.here())
  t:eq(caught(table.sort, {2, 1}, function() kube.time("x") end).where, t.here())
  -- Also where no Lua function stands between.
  t:eq(select(2, pcall(kube.time, "x")).where, t.here())
  t:eq(select(2, pcall(cluster.namespaces.fetch, cluster.namespaces, "no-such-namespace")).where, t.here())
  t:eq(select(2, xpcall(function() return kube.time("x") end, function(e) return e end)).where, t.here())
end

function test_forbidden_names_the_missing_rule(t)
  local c = login(t, "nobody")
  local pods = c.pods
  local err = caught(function() for _ in pods do end end)
  t:eq(err.type, "APIError")
  t:eq(err.status_code, 403)
  t:eq(err.reason, "Forbidden")
  t:match(err.message, "system:serviceaccount:" .. t.namespace .. ":nobody")
  t:match(err.message, 'missing rule: apiGroups: [""], resources: ["pods"], verbs: ["list"] in a ClusterRole')
  local function rule(fn) return (caught(fn).message:match("missing rule: (.*)$")) end
  local ns = t.namespace
  t:eq(rule(function() for _ in pods:namespaced(ns) do end end), 'apiGroups: [""], resources: ["pods"], verbs: ["list"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() c.deployments:fetch("x", {namespace = ns}) end), 'apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() c:create({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "x"}}, {namespace = ns}) end),
    'apiGroups: [""], resources: ["configmaps"], verbs: ["create"] in a Role in namespace "' .. ns .. '"')
  local item = c:item(t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "y"}})
  t:eq(rule(function() item.meta.labels:set("a", "b") end), 'apiGroups: [""], resources: ["configmaps"], verbs: ["patch"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() item:delete() end), 'apiGroups: [""], resources: ["configmaps"], verbs: ["delete"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() c.proxy:patch("api/v1", "namespaces", ns, "pods", "x", "status", {patch = {}}) end),
    'apiGroups: [""], resources: ["pods/status"], verbs: ["patch"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() c.proxy:delete("api/v1", "namespaces", ns, "pods") end),
    'apiGroups: [""], resources: ["pods"], verbs: ["deletecollection"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() c.namespaces:fetch(ns) end), 'apiGroups: [""], resources: ["namespaces"], verbs: ["get"] in a Role in namespace "' .. ns .. '"')
  t:eq(rule(function() c.nodes:fetch("node-0") end), 'apiGroups: [""], resources: ["nodes"], verbs: ["get"] in a ClusterRole')
  t:eq(rule(function() c.proxy:get("metrics") end), 'nonResourceURLs: ["/metrics"], verbs: ["get"] in a ClusterRole')
  t:eq(rule(function() pods:watch() end):match('verbs: %["(%w+)"%]') ~= nil, true)
end

function test_the_rule_that_is_named_helps(t)
  local c = login(t, "reader")
  local pods = c.pods:namespaced(t.namespace)
  t:eq(caught(function() for _ in pods do end end).status_code, 403)
  allow(t, "reader", {resources = {"pods"}, verbs = {"list"}})
  t:eventually(function() return pcall(function() for _ in pods do end end) end)
  -- A watch that is forbidden ends: waiting can't cure it.
  local err = caught(function()
    kube.with(pods:watch(), function(w) w:next(30) end)
  end)
  t:eq(err.status_code, 403)
  t:match(err.message, 'resources: ["pods"], verbs: ["watch"] in a Role')
end

function test_unauthorized(t)
  local err = caught(function() for _ in kube.cluster{kubeconfig = t.kubeconfig, token = "wrong"}.pods do end end)
  t:eq(err.type, "APIError")
  t:eq(err.status_code, 401)
  t:eq(err.reason, "Unauthorized")
  t:match(err.message, "refuses the login")
  t:ok(not err.message:find("wrong,", 1, true))
end

function test_unreachable(t)
  local c = nowhere()
  local calls = {
    function() for _ in c.pods do end end,
    function() c.nodes:fetch("x") end,
    function() c.nodes:find("x") end,
    function() c.proxy:get("version") end,
    function() c.nodes:watch() end,
    function() return c.cronjobs end,
    function() c:create{apiVersion = "v1", kind = "Namespace", metadata = {name = "x"}} end,
    function() c:item{apiVersion = "v1", kind = "Node", metadata = {name = "x"}}:delete() end,
    function() c:item{apiVersion = "v1", kind = "Node", metadata = {name = "x"}}.meta.labels:set("a", "b") end,
  }
  for _, call in ipairs(calls) do
    local err = caught(call)
    t:eq(err.type, "APIError")
    t:eq(err.reason, "Unreachable")
    t:eq(err.status_code, nil)
    t:eq(err.response, nil)
    t:match(err.message, "http://127.0.0.1:1/")
    t:match(err.message, "connection refused")
    t:eq(kube.is(err, "APIError"), true)
    t:eq(kube.is(err, "LookupError"), false)
  end
  t:match(caught(function() kube.cluster{url = "http://no-such-host.invalid/"}.nodes:fetch("x") end).message, "no%-such%-host")
  local tls = caught(function() kube.cluster{url = (cluster.url:gsub("https", "http"))}.nodes:fetch("x") end)
  t:eq(tls.type, "APIError")
  tls = caught(function() kube.cluster{url = (t.proxy():gsub("http", "https"))}.nodes:fetch("x") end)
  t:match(tls.message, "TLS")
end

function test_not_an_api_server(t)
  -- The proxy answers /static like any web server.
  local c = kube.cluster{url = t.proxy() .. "static/"}
  local err = caught(function() c.nodes:fetch("x") end)
  t:ok(kube.is(err, "APIError"))
  t:eq(err.status_code, 404)
end

function test_conflict(t)
  local data = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}
  local old = t:create(data)
  old:delete()
  t:create(data)
  local err = t:raises("APIError", old.delete, old)
  t:eq(err.status_code, 409)
  t:eq(err.reason, "Conflict")
  t:match(err.message, "delete configmaps " .. t.namespace .. "/a: ")
end

function test_invalid(t)
  local err = caught(cluster.create, cluster, {apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = kube.array{}}}, {namespace = t.namespace})
  t:eq(err.type, "APIError")
  t:eq(err.status_code, 422)
  t:eq(err.reason, "Invalid")
  t:match(err.message, "spec.containers: Required value")
  t:eq(err.response.json.details.causes[1].field, "spec.containers")
  err = caught(cluster.create, cluster, {apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, spec = {containers = "none"}}, {namespace = t.namespace})
  t:eq(err.status_code, 400)
  t:eq(err.reason, "BadRequest")
end

function test_lookup(t)
  local err = caught(missing)
  t:eq(kube.is(err, "LookupError") and kube.is(err, "APIError"), true)
  err = caught(cluster.create, cluster, {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}}, {namespace = "no-such-namespace"})
  t:eq(err.type, "LookupError")
  t:match(err.message, 'namespaces "no-such-namespace" not found')
end

function test_printed(t)
  print(caught(missing))
  t:eq(t.printed(), "fetch namespaces no-such-namespace: not found\n")
end
