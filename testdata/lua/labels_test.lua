-- Labels: a mapping, and the two calls that change one on the server.

local function configmap(t, labels)
  return t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", labels = labels}}
end

-- witness is the labels as kubectl tells them, in JSON.
local function witness(t)
  return t.kubectl("get", "configmap", "a", "-n", t.namespace, "-o", "jsonpath={.metadata.labels}")
end

function test_reading(t)
  local labels = configmap(t, {app = "web", ["example.com/part-of.x"] = "shop", empty = ""}).meta.labels
  t:eq(labels.app, "web")
  t:eq(labels["app"], "web")
  t:eq(labels["example.com/part-of.x"], "shop")
  t:eq(labels.empty, "")
  t:eq(labels.none, nil)
  t:eq(labels[1], nil)
  t:eq(#labels, 3)
  t:eq(labels:get("app"), "web")
  t:eq(labels:get("none"), nil)
  t:eq(labels:get("none", "default"), "default")
  t:eq(labels:get("empty", "default"), "")
  t:eq(labels:has("app"), true)
  t:eq(labels:has("empty"), true)
  t:eq(labels:has("none"), false)
  t:eq(kube.totable(labels), {app = "web", ["example.com/part-of.x"] = "shop", empty = ""})
end

function test_walking(t)
  local want = {app = "web", tier = "front", ["a.b/c"] = "d"}
  local labels = configmap(t, want).meta.labels
  local seen = {}
  for key, value in pairs(labels) do
    t:eq(seen[key], nil)
    seen[key] = value
  end
  t:eq(seen, want)
  seen = {}
  local key, value = next(labels)
  while key do
    seen[key] = value
    key, value = next(labels, key)
  end
  t:eq(seen, want)
  seen = {}
  for key, value in labels do
    seen[key] = value
  end
  t:eq(seen, want)
end

function test_no_labels(t)
  local labels = configmap(t).meta.labels
  t:eq(#labels, 0)
  t:eq(labels.app, nil)
  t:eq(labels:has("app"), false)
  t:eq(labels:get("app", "x"), "x")
  t:eq(next(labels), nil)
  for _ in pairs(labels) do
    t:ok(false, "a label")
  end
  t:same(kube.totable(labels), {})
  t:eq(tostring(labels), "{}")
end

function test_set(t)
  local first = configmap(t, {app = "web"})
  local second = first.meta.labels:set("tier", "front")
  t:eq(second.meta.labels.tier, "front")
  t:eq(second.meta.labels.app, "web")
  t:eq(witness(t), '{"app":"web","tier":"front"}')
  t:ne(first, second)
  t:eq(first.meta.labels.tier, nil)
  t:eq(second, first:fetch())
  t:eq(second.kind, "ConfigMap")
  local third = second.meta.labels:set("tier", "back")
  t:eq(third.meta.labels.tier, "back")
  t:eq(third.meta.labels:set("empty", "").meta.labels.empty, "")
  t:eq(witness(t), '{"app":"web","empty":"","tier":"back"}')
end

function test_set_on_what_has_none(t)
  t:eq(configmap(t).meta.labels:set("app", "web").meta.labels.app, "web")
  t:eq(witness(t), '{"app":"web"}')
end

function test_set_what_is_set(t)
  local first = configmap(t, {app = "web"})
  local second = first.meta.labels:set("app", "web")
  t:eq(second.meta.labels.app, "web")
  t:eq(second, first:fetch())
end

function test_keys_with_dots_and_slashes(t)
  local item = configmap(t)
  for _, key in ipairs{"example.com/a", "a.b.c", "a.b.c/d.e-f_g", "A-B_c.9", "kubernetes.io/x~y" and "kubernetes.io/x-y"} do
    item = item.meta.labels:set(key, "v.1_2-3")
    t:eq(item.meta.labels[key], "v.1_2-3")
    t:eq(item.meta.labels:get(key), "v.1_2-3")
  end
  t:eq(#item.meta.labels, 5)
  item = item.meta.labels:delete("a.b.c/d.e-f_g")
  t:eq(#item.meta.labels, 4)
  t:eq(item.meta.labels["a.b.c"], "v.1_2-3")
end

function test_labels_named_like_methods(t)
  local item = configmap(t, {set = "1", delete = "2", get = "3", has = "4"})
  local labels = item.meta.labels
  t:eq(labels:get("set"), "1")
  t:eq(labels:get("delete"), "2")
  t:eq(labels:get("get"), "3")
  t:eq(labels:get("has"), "4")
  t:eq(labels:has("set"), true)
  t:eq(type(labels.set), "function")
  t:eq(kube.totable(labels), {set = "1", delete = "2", get = "3", has = "4"})
  labels = labels:set("set", "5").meta.labels
  t:eq(labels:get("set"), "5")
  labels = labels:delete("delete").meta.labels
  t:eq(labels:get("delete"), nil)
  t:eq(#labels, 3)
end

function test_delete(t)
  local first = configmap(t, {app = "web", tier = "front"})
  local second = first.meta.labels:delete("tier")
  t:eq(second.meta.labels.tier, nil)
  t:eq(second.meta.labels.app, "web")
  t:eq(first.meta.labels.tier, "front")
  t:eq(witness(t), '{"app":"web"}')
  -- One that isn't there is no error.
  local third = second.meta.labels:delete("tier")
  t:eq(third.meta.labels.app, "web")
  t:eq(#third.meta.labels:delete("app").meta.labels, 0)
  t:eq(witness(t), "")
end

function test_writes_need_no_fresh_snapshot(t)
  local old = configmap(t, {app = "web"})
  t.kubectl("label", "configmap", "a", "-n", t.namespace, "other=1")
  t.kubectl("annotate", "configmap", "a", "-n", t.namespace, "note=1")
  local now = old.meta.labels:set("tier", "front")
  t:eq(kube.totable(now.meta.labels), {app = "web", other = "1", tier = "front"})
  t:eq(now.meta.annotations.note, "1")
  now = old.meta.labels:delete("app")
  t:eq(kube.totable(now.meta.labels), {other = "1", tier = "front"})
  t:eq(witness(t), '{"other":"1","tier":"front"}')
end

function test_writes_on_cluster_scoped_objects(t)
  local namespace = cluster.namespaces:fetch(t.namespace)
  t:eq(namespace.meta.labels:set("app", "web").meta.labels.app, "web")
  t:eq(namespace.meta.labels:delete("app").meta.labels.app, nil)
end

function test_writes_on_what_is_gone(t)
  local item = configmap(t)
  item:delete()
  t:eq(t:raises("LookupError", item.meta.labels.set, item.meta.labels, "a", "b").status_code, 404)
  t:raises("LookupError", item.meta.labels.delete, item.meta.labels, "a")
end

function test_refused_unsent(t)
  local labels = kube.cluster{url = "http://127.0.0.1:1/"}:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"}}.meta.labels
  labels:set("not a key", "x") --> error: "label key "not a key""
  labels:set("", "x") --> error: "label key """
  labels:set("a/b/c", "x") --> error: "label key "a/b/c""
  labels:set("a", "not a value!") --> error: "value "not a value!" of label a"
  labels:set("a", ("x"):rep(64)) --> error: "of label a"
  labels:set("a") --> error: "the value must be a string, not nil"
  labels:set("a", 1) --> error: "the value must be a string, not number"
  labels:set("a", true) --> error: "the value must be a string, not boolean"
  labels:set(1, "a") --> error: "the key must be a string, not number"
  labels:set("a", "b", "c") --> error: "unexpected argument"
  labels:delete() --> error: "the key must be a string, not nil"
  labels:delete("not a key") --> error: "label key"
  labels:delete("a", 5) --> error: "the key must be a string, not number"
  labels:get() --> error: "the key must be a string, not nil"
  labels:has(5) --> error: "the key must be a string, not number"
  labels.set("a", "b") --> error: "call it with a colon"
end

function test_read_only(t)
  local labels = configmap(t, {app = "web"}).meta.labels
  labels.app = "db" --> error: "labels change by labels:set(key, value) and labels:delete(key)"
  labels.new = "x" --> error: "labels:set(key, value)"
  labels.app = nil --> error: "labels:delete(key)"
  rawset(labels, "app", "db") --> error: "rawset"
  table.insert(labels, "x") --> error: "insert"
  t:eq(labels.app, "web")
end

function test_equality(t)
  local a = configmap(t, {app = "web", tier = "front"})
  local b = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", labels = {tier = "front", app = "web"}}}
  t:ok(a.meta.labels == a.meta.labels)
  t:ok(a.meta.labels == b.meta.labels)
  t:ok(a.meta.labels ~= a.meta.labels:set("app", "db").meta.labels)
  t:ok(a.meta.labels ~= {app = "web", tier = "front"})
end

function test_printed(t)
  t:eq(tostring(configmap(t, {app = "web"}).meta.labels), '{"app":"web"}')
end
