-- Secrets: their data is there for who asks, and printed nowhere by itself.

-- secret makes a secret with data in base64.
local function secret(t, data, kind)
  return t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "s"}, type = kind, data = data}
end

function test_attributes(t)
  local item = secret(t, {user = "YWRtaW4="})
  t:eq(item.kind, kube.Kind.Secret)
  t:eq(item.resource, "secrets")
  t:eq(item.api_paths, {"api/v1"})
  t:eq(item.type, kube.SecretType.Opaque)
  t:eq(item.type, item.SecretType.Opaque)
  t:eq(item.data.user, "admin")
end

function test_data(t)
  local item = secret(t, {text = "YWRtaW4=", empty = "", ["tls.crt"] = "LS0t", ["a-b_c.d"] = "w6Q="})
  t:eq(item.data.text, "admin")
  t:eq(item.data.empty, "")
  t:eq(item.data["tls.crt"], "---")
  t:eq(item.data["a-b_c.d"], "ä")
  t:eq(item.data.none, nil)
  local seen = {}
  for key, value in pairs(item.data) do
    seen[key] = value
  end
  t:eq(seen, {text = "admin", empty = "", ["tls.crt"] = "---", ["a-b_c.d"] = "ä"})
  t:eq(#item.data, 4)
  t:eq(kube.totable(item.data), seen)
  t:eq(item.raw.data.text, "YWRtaW4=")
  t:eq(t.kubectl("get", "secret", "s", "-n", t.namespace, "-o", "jsonpath={.data.text}"), "YWRtaW4=")
end

function test_bytes_that_are_not_text(t)
  local item = secret(t, {bytes = "AAEC/f7/gICA"})
  t:eq(#item.data.bytes, 9)
  t:eq(item.data.bytes, "\0\1\2\253\254\255\128\128\128")
  t:eq({item.data.bytes:byte(1, -1)}, {0, 1, 2, 253, 254, 255, 128, 128, 128})
end

function test_without_data(t)
  local item = secret(t)
  t:eq(item.data.any, nil)
  t:eq(next(item.data), nil)
  t:eq(#item.data, 0)
end

function test_string_data_is_for_writing(t)
  local item = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "s"}, stringData = {user = "admin"}}
  t:eq(item.data.user, "admin")
end

function test_types(t)
  local tls = secret(t, {["tls.crt"] = "", ["tls.key"] = ""}, "kubernetes.io/tls")
  t:eq(tls.type, kube.SecretType["kubernetes.io/tls"])
  local own = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "own"}, type = "example.com/own"}
  t:eq(own.type, "example.com/own")
  local bare = cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "s", namespace = "x"}}
  t:raises("StatusError", function() return bare.type end)
end

function test_spec_is_empty(t)
  local item = secret(t, {user = "YWRtaW4="})
  t:same(item:spec(), {})
  t:eq(item.spec.any, nil)
end

function test_never_printed(t)
  local item = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "s", annotations = {["kubectl.kubernetes.io/last-applied-configuration"] = "YWRtaW4="}}, data = {user = "YWRtaW4="}, type = "Opaque"}
  t:eq(item.data.user, "admin")
  local function hidden(text)
    t:ok(not text:find("admin", 1, true), text)
    t:ok(not text:find("YWRtaW4", 1, true), text)
  end
  local values = {item, item.raw, item.raw.data, item.data, item.raw.metadata, item.meta, item.meta.annotations, item.raw.metadata.annotations, item.meta.labels}
  for i, value in ipairs(values) do
    hidden(tostring(value))
    hidden(value .. "")
    hidden("" .. value)
    hidden(string.format("%s", tostring(value)))
    print(value)
    local ok, err = pcall(error, value)
    t:eq(ok, false)
    hidden(tostring(err))
    t:ok(#tostring(value) > 0, tostring(i))
  end
  print(item, item.raw, item.data)
  for listed in cluster.secrets:namespaced(t.namespace) do
    print(listed, listed.raw, listed.data, listed.raw.data)
  end
  for ev in cluster.secrets:namespaced(t.namespace):watch{initial = true} do
    print(ev, ev.item, ev.item.raw)
    hidden(tostring(ev) .. tostring(ev.item.raw))
    break
  end
  hidden(t.printed())
  t:match(t.printed(), "secrets " .. t.namespace .. "/s")
end

function test_never_printed_by_the_proxy_either(t)
  local item = secret(t, {user = "YWRtaW4="})
  local raw = cluster.proxy:get(item.meta.link)
  t:eq(raw.data.user, "YWRtaW4=")
  print(raw, raw.data)
  local list = cluster.proxy:get("api/v1", "namespaces", t.namespace, "secrets")
  print(list, list.items, list.items[1], list.items[1].data)
  for ev in cluster.proxy:watch("api/v1", "namespaces", t.namespace, "secrets") do
    print(ev, ev.object, ev.object.data)
    break
  end
  t:ok(not t.printed():find("YWRtaW4", 1, true), t.printed())
end

function test_errors_do_not_print_it(t)
  local item = secret(t, {user = "YWRtaW4="})
  local err = t:raises("ValueError", function() return item.dat end)
  t:ok(not tostring(err):find("admin", 1, true))
  item.data.user = "x" --> error: "kube.totable"
  item.raw.data.user = "x" --> error: "kube.totable"
  local bad = cluster:item{apiVersion = "v1", kind = "Secret", metadata = {name = "s", namespace = "x"}, data = {user = "not base64 admin!"}}
  err = t:raises("ValueError", function() return bad.data end)
  t:match(err.message, '"user" is not base64')
  t:ok(not tostring(err):find("admin", 1, true))
end

function test_a_copy(t)
  local item = secret(t, {user = "YWRtaW4="})
  local own = kube.totable(item)
  own.metadata = {name = "copy"}
  t:eq(t:create(own).data.user, "admin")
end

function test_view(t)
  secret(t)
  local view = cluster.secrets
  t:eq(view.kind, kube.Kind.SecretList)
  t:eq(view.resource, "secrets")
  t:eq(view.namespace, nil)
  t:eq(view:fetch("s", {namespace = t.namespace}).meta.name, "s")
  t:raises("NamespaceError", view.fetch, view, "s")
  for item in view:namespaced(t.namespace):filter{fields = {type = "Opaque"}} do
    t:eq(item.meta.name, "s")
    t:eq(item.resource, "secrets")
  end
end

function test_tokens_are_not_printed(t)
  t:create{apiVersion = "v1", kind = "ServiceAccount", metadata = {name = "sa"}}
  local token = cluster.proxy:post("api/v1", "namespaces", t.namespace, "serviceaccounts", "sa", "token", {json = {apiVersion = "authentication.k8s.io/v1", kind = "TokenRequest"}})
  t:eq(tostring(token), "***")
  t:eq(tostring(token.status), "***")
  t:match(token.status.token, "^ey")
  local review = cluster.proxy:post("apis/authentication.k8s.io/v1", "tokenreviews", {json = {apiVersion = "authentication.k8s.io/v1", kind = "TokenReview", spec = {token = token.status.token}}})
  t:eq(tostring(review), "***")
  t:eq(review.status.authenticated, true)
end
