-- Large, odd and bad data.

function test_a_megabyte(t)
  local text = ("0123456789abcde\n"):rep(62500)
  t:eq(#text, 1000000)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "big"}, data = {text = text}}
  t:eq(item.raw.data.text == text, true)
  t:eq(item:fetch().raw.data.text == text, true)
  for listed in cluster.configmaps:namespaced(t.namespace) do
    if listed.meta.name == "big" then
      t:eq(listed.raw.data.text == text, true)
    end
  end
  local w = cluster.configmaps:namespaced(t.namespace):watch()
  item.meta.labels:set("a", "b")
  t:eq(w:next(60).item.raw.data.text == text, true)
  w:close()
  local copy = kube.totable(item)
  copy.metadata = {name = "copy"}
  t:eq(t:create(copy).raw.data.text == text, true)
  t:eq(#t.kubectl("get", "configmap", "copy", "-n", t.namespace, "-o", "jsonpath={.data.text}"), 999999)
end

function test_many_big_objects(t)
  -- Several pages' worth of bytes in one page's worth of objects.
  local text = ("x"):rep(500000)
  for i = 1, 24 do
    t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "big-" .. i}, data = {text = text, n = tostring(i)}}
  end
  local n = 0
  for item in cluster.configmaps:namespaced(t.namespace):filter{fields = "metadata.name!=kube-root-ca.crt"} do
    n = n + 1
    t:eq(#item.raw.data.text, 500000)
    t:eq(item.meta.name, "big-" .. item.raw.data.n)
  end
  t:eq(n, 24)
end

function test_big_annotations(t)
  local text = ("x"):rep(250 * 1024)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", annotations = {big = text}}}
  t:eq(#item.meta.annotations.big, #text)
  t:eq(item:fetch().meta.annotations.big == text, true)
  local err = t:raises("APIError", cluster.create, cluster, {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "b", annotations = {big = ("x"):rep(1000000)}}}, {namespace = t.namespace})
  t:eq(err.status_code, 422)
  t:match(err.message, "annotations: Too long")
  t:ok(#err.message < 4000)
  err = t:raises("APIError", cluster.create, cluster, {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "b"}, data = {x = ("x"):rep(4000000)}}, {namespace = t.namespace})
  t:ok(err.status_code == 413 or err.status_code == 422 or err.status_code == 500, tostring(err.status_code))
end

function test_a_big_secret(t)
  local encoded = ("AAEC/f7/gICA"):rep(80000)
  local item = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "s"}, data = {k = encoded}}
  t:eq(#item.data.k, 720000)
  t:eq(item.data.k:sub(-9), "\0\1\2\253\254\255\128\128\128")
end

function test_bytes_that_are_not_text(t)
  local c = kube.cluster{url = "http://127.0.0.1:1/"}
  local bad = "a\255b"
  c:create({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", namespace = "x"}, data = {k = bad}}) --> error: "data.data.k: the text is not UTF-8"
  c:create({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", namespace = "x"}, data = {[bad] = "x"}}) --> error: "is not UTF-8"
  c:create(bad) --> error: "YAML"
  c.pods:fetch(bad, {namespace = "x"}) --> error: "can't be the name"
  c.pods:namespaced(bad) --> error: "can't be the name of a namespace"
  c.pods:filter{labels = {a = bad}} --> error: "of label a"
  c.pods:filter{labels = bad} --> error: "label selector"
  c.proxy:post("api/v1", {json = {a = {bad}}}) --> error: "json.a[1]: the text is not UTF-8"
  c:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}}.meta.labels:set("a", bad) --> error: "of label a"
  local answer = t:raises("LookupError", function() cluster.proxy:get("api/v1", "namespaces", bad) end)
  t:eq(answer.status_code, 404)
end

function test_deep_objects(t)
  t.boxes()
  local deep = {}
  local at = deep
  for _ = 1, 200 do
    at.x = {}
    at = at.x
  end
  at.x = "bottom"
  local item = t:create{apiVersion = "suite.example.com/v1", kind = "Box", metadata = {name = "a"}, deep = deep}
  local found = item:fetch().raw.deep
  for _ = 1, 200 do
    found = found.x
  end
  t:eq(found.x, "bottom")
  t:eq(kube.get(item, "deep" .. (".x"):rep(201)), "bottom")
end

function test_wide_objects(t)
  t.boxes()
  local wide, list = {}, {}
  for i = 1, 2000 do
    wide["k" .. i], list[i] = i, i
  end
  local raw = t:create{apiVersion = "suite.example.com/v1", kind = "Box", metadata = {name = "a"}, wide = wide, list = list}:fetch().raw
  t:eq(#raw.wide, 2000)
  t:eq(#raw.list, 2000)
  local sum = 0
  for _, n in pairs(raw.wide) do
    sum = sum + n
  end
  for n in raw.list do
    sum = sum - n
  end
  t:eq(sum, 0)
  local n, key = 0, next(raw.wide)
  while key do
    n = n + 1
    key = next(raw.wide, key)
  end
  t:eq(n, 2000)
end

function test_names_with_odd_characters(t)
  local role = {apiVersion = "rbac.authorization.k8s.io/v1", kind = "Role", metadata = {name = "system:odd@name with spaces + ?#&=\\\"<ä>"}, rules = kube.array{}}
  local item = t:create(role)
  t:eq(item:fetch(), item)
  t:eq(cluster.proxy:get(item.meta.link).metadata.uid, item.meta.uid)
  t:eq(cluster.roles:fetch(item.meta.name, {namespace = t.namespace}), item)
  local w = item:watch()
  t:eq(item.meta.labels:set("a", "b").meta.labels.a, "b")
  t:eq(w:next(60).item.meta.name, item.meta.name)
  w:close()
  t:eq(cluster.roles:namespaced(t.namespace):filter{labels = "a=b"}:fetch(item.meta.name).meta.uid, item.meta.uid)
  item:delete()
  t:eq(cluster.roles:find(item.meta.name, {namespace = t.namespace}), nil)
end
