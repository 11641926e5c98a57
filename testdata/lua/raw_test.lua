-- Values between Lua and the server: what is read, and what is sent.

-- box makes a box with the given members and returns it as the server has it.
local function box(t, members)
  t.boxes()
  members.apiVersion, members.kind, members.metadata = "suite.example.com/v1", "Box", {name = "a"}
  return t:create(members)
end

-- witness is a member of the box as the server stored it, in JSON.
local function witness(t, path)
  return t.kubectl("get", "boxes.suite.example.com", "a", "-n", t.namespace, "-o", "jsonpath={." .. path .. "}")
end

function test_kinds_of_values(t)
  local raw = box(t, {text = "x", number = 1.5, yes = true, no = false, nothing = kube.null, list = {1, 2}, map = {a = 1}, none = kube.array{}, empty = {}}).raw
  t:eq(raw.text, "x")
  t:eq(raw.number, 1.5)
  t:eq(raw.yes, true)
  t:eq(raw.no, false)
  t:eq(raw.list[2], 2)
  t:eq(raw.map.a, 1)
  t:eq(#raw.none, 0)
  t:eq(#raw.empty, 0)
  t:eq(raw.absent, nil)
  t:eq(raw.map.absent, nil)
  t:eq(raw.list[3], nil)
  t:eq(type(raw), "userdata")
end

function test_null(t)
  local raw = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, x = kube.null, list = {1, kube.null, 3}}.raw
  t:eq(raw.x, kube.null)
  t:ok(raw.x == kube.null)
  t:ok(raw.y == nil)
  t:ok(raw.x ~= nil)
  t:eq(tostring(kube.null), "null")
  t:eq(#raw.list, 3)
  t:eq(raw.list[2], kube.null)
  t:same(kube.totable(raw.list), kube.array{1, kube.null, 3})
  local _ = kube.null.x --> error: "null"
  kube.null.x = 1 --> error: "null"
end

function test_empty_tables_and_arrays(t)
  local item = box(t, {a = {}, b = kube.array{}, c = {d = {}, e = kube.array{}}, f = {{}, kube.array{}}})
  t:eq(witness(t, "a"), "{}")
  t:eq(witness(t, "b"), "[]")
  t:eq(witness(t, "c"), '{"d":{},"e":[]}')
  t:eq(witness(t, "f"), "[{},[]]")
  local own = kube.totable(item)
  t:same(own.a, {})
  t:same(own.b, kube.array{})
  t:same(own.c, {d = {}, e = kube.array{}})
  -- They stay what they are on the way back.
  own.metadata = {name = "b"}
  local again = t:create(own)
  t:eq(tostring(again.raw.f), "[{},[]]")
  t:eq(tostring(again.raw.c), '{"d":{},"e":[]}')
  -- An array that was emptied stays one.
  local list = kube.totable(item).f
  table.remove(list)
  table.remove(list)
  own.metadata, own.f = {name = "c"}, list
  t:eq(tostring(t:create(own).raw.f), "[]")
end

function test_array(t)
  local list = {1, 2}
  t:ok(rawequal(kube.array(list), list))
  t:eq(#kube.array(), 0)
  t:eq(getmetatable(kube.array{}), "array")
  local a = kube.array{}
  a[1] = "x"
  table.insert(a, "y")
  t:eq(table.concat(a, ","), "x,y")
  kube.array(5) --> error: "kube.array: want a table, not number"
  kube.array("x") --> error: "want a table, not string"
  kube.array(setmetatable({}, {})) --> error: "metatable"
end

function test_numbers(t)
  box(t, {
    one = 1, minus = -1, zero = 0, half = 0.5, third = 1 / 3, million = 1e6, big = 2 ^ 53, huge = 1e21, tiny = 1e-9, nine = 9007199254740991,
    computed = 10 / 2, negative = -2 ^ 53,
  })
  local want = {
    one = "1", minus = "-1", zero = "0", half = "0.5", million = "1000000", big = "9007199254740992", nine = "9007199254740991",
    computed = "5", negative = "-9007199254740992", huge = "1e+21", tiny = "1e-9",
  }
  local stored = t.kubectl("get", "boxes.suite.example.com", "a", "-n", t.namespace, "-o", "json")
  for name, text in pairs(want) do
    t:match(stored, '"' .. name .. '": ' .. text)
  end
  local raw = t.boxes():fetch("a").raw
  t:eq(raw.third, 1 / 3)
  t:eq(raw.huge, 1e21)
  t:eq(raw.tiny, 1e-9)
  t:eq(raw.big, 2 ^ 53)
  t:eq(tostring(raw.million), "1000000")
end

function test_counts_and_ports_have_no_fraction(t)
  local service = t:create{apiVersion = "v1", kind = "Service", metadata = {name = "s"}, spec = {ports = {{port = 160 / 2, targetPort = 8000 + 80}}}}
  t:eq(service.spec.ports[1].port, 80)
  t:eq(t.kubectl("get", "service", "s", "-n", t.namespace, "-o", "jsonpath={.spec.ports[0].port}:{.spec.ports[0].targetPort}"), "80:8080")
end

function test_integers_beyond_the_exact_ones(t)
  local item = box(t, {
    a = kube.int64("9007199254740993"), b = kube.int64("-9223372036854775808"), c = kube.int64("9223372036854775807"), d = kube.int64(5),
  })
  local raw = item.raw
  t:eq(tostring(raw.a), "9007199254740993")
  t:eq(witness(t, "a") .. " " .. witness(t, "b") .. " " .. witness(t, "c") .. " " .. witness(t, "d"),
    "9007199254740993 -9223372036854775808 9223372036854775807 5")
  t:eq(raw.a, kube.int64("9007199254740993"))
  t:ne(raw.a, kube.int64("9007199254740994"))
  t:ok(raw.b < raw.a and raw.a < raw.c and raw.c > raw.b and raw.a <= raw.a)
  t:ok(raw.a > kube.int64(5))
  t:eq(type(raw.d), "number")
  t:eq("n=" .. raw.a, "n=9007199254740993")
  -- They go back as they came, also out of a table of one's own.
  local own = kube.totable(item)
  own.metadata = {name = "b"}
  local again = t:create(own)
  t:eq(again.raw.c, raw.c)
  t:eq(tostring(again.raw.b), "-9223372036854775808")
  t:eq(tostring(cluster:item('{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "n": 9007199254740992, "m": 9007199254740993}').raw.n), "9007199254740992")
end

function test_int64(t)
  t:eq(tostring(kube.int64(2 ^ 53)), "9007199254740992")
  t:eq(kube.int64(kube.int64("7")), kube.int64(7))
  t:ok(kube.int64(7) < kube.int64("8"))
  kube.int64("x") --> error: "kube.int64: "x" is not a 64-bit integer"
  kube.int64(1.5) --> error: "is not a 64-bit integer"
  kube.int64("9223372036854775808") --> error: "is not a 64-bit integer"
  kube.int64(1e300) --> error: "is not a 64-bit integer"
  kube.int64(0 / 0) --> error: "is not a 64-bit integer"
  kube.int64() --> error: "is not a 64-bit integer"
  local _ = kube.int64(1) < 1.5 --> error: "compare"
  _ = kube.int64(1) < "2" --> error: "compare"
  _ = kube.int64(1) + 1 --> error: "arithmetic"
end

function test_texts(t)
  local texts = {
    "", " ", "ä ö ü € 𝄞", "<a href=\"x\">&amp;</a>", "line\nline\r\ttab", "back\\slash \"quoted\" /", "\1\2\31\127", "null", "true", "1.0",
    "\226\128\168 separators \226\128\169",
  }
  local item = box(t, {texts = texts, ["key \"with\" <odd> \\ ä"] = "x", ["a.b/c"] = "y", [""] = "z"})
  for i, text in ipairs(texts) do
    t:eq(item.raw.texts[i], text)
  end
  t:eq(item.raw["key \"with\" <odd> \\ ä"], "x")
  t:eq(item.raw["a.b/c"], "y")
  t:eq(item.raw[""], "z")
  local own = kube.totable(item)
  t:eq(own.texts, texts)
  t:eq(own["key \"with\" <odd> \\ ä"], "x")
  t:eq(item:fetch().raw.texts[3], texts[3])
end

function test_what_can_not_be_sent(t)
  local c = kube.cluster{url = "http://127.0.0.1:1/"}
  local function with(members)
    members.apiVersion, members.kind, members.metadata = "v1", "ConfigMap", {name = "a", namespace = "x"}
    return members
  end
  c:create(with{a = {1, nil, 3}}) --> error: "data.a: the list has holes (use kube.null for a null)"
  c:create(with{a = {b = {[2] = "x"}}}) --> error: "data.a.b: the list has holes"
  c:create(with{a = {[0] = "x"}}) --> error: "data.a: the list has holes"
  c:create(with{a = {[1.5] = "x"}}) --> error: "data.a"
  c:create(with{a = {[-1] = "x"}}) --> error: "data.a"
  c:create(with{a = {1, b = 2}}) --> error: "data.a: has both a list and named fields ("b")"
  c:create(with{a = {{}, {x = {1, y = 2}}}}) --> error: "data.a[2].x: has both a list and named fields"
  c:create(with{a = {[true] = 1}}) --> error: "data.a: a key is a boolean"
  c:create(with{a = {[{}] = 1}}) --> error: "data.a: a key is a table"
  c:create(with{a = print}) --> error: "data.a: a function can't be sent"
  c:create(with{a = {b = {function() end}}}) --> error: "data.a.b[1]: a function can't be sent"
  c:create(with{a = coroutine.create(print)}) --> error: "data.a: a thread can't be sent"
  c:create(with{a = cluster.pods}) --> error: "data.a: a view can't be sent"
  c:create(with{a = 0 / 0}) --> error: "data.a: NaN is not a number that can be sent"
  c:create(with{a = 1 / 0}) --> error: "data.a: +Inf is not a number that can be sent"
  c:create(with{a = "\255"}) --> error: "data.a: the text is not UTF-8 (encode bytes as base64)"
  c:create(with{a = {["\255"] = 1}}) --> error: "the text is not UTF-8"
  local loop = {}
  loop.loop = loop
  c:create(with{a = loop}) --> error: "nested too deep (does the table contain itself?)"
  kube.totable(loop) --> error: "nested too deep"
end

function test_what_came_from_a_cluster_can_be_sent_in_part(t)
  local source = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "p", labels = {app = "web"}, annotations = {note = "x"}}, spec = {schedulerName = "none", containers = {{name = "x", image = "x"}}}}
  local item = box(t, {
    spec = source.spec, labels = source.meta.labels, none = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}}.meta.labels,
    containers = source.spec.containers, first = source.spec.containers[1], created = source.meta.created, paths = source.api_paths,
    annotations = source.meta.annotations, item = source,
  })
  t:eq(item.raw.spec.containers[1].name, "x")
  t:eq(item.raw.labels, {app = "web"})
  t:eq(tostring(item.raw.none), "{}")
  t:eq(item.raw.first.image, "x")
  t:eq(#item.raw.containers, 1)
  t:eq(item.raw.created, tostring(source.meta.created))
  t:eq(tostring(item.raw.paths), '["api/v1"]')
  t:eq(item.raw.annotations.note, "x")
  t:eq(item.raw.item.metadata.uid, source.meta.uid)
end

function test_mappings(t)
  local raw = box(t, {map = {b = 2, a = 1, c = {d = 3}}}).raw
  local map = raw.map
  t:eq(map.a, 1)
  t:eq(map["b"], 2)
  t:eq(map.c.d, 3)
  t:eq(#map, 3)
  t:eq(map[1], nil)
  t:eq(map[true], nil)
  local seen, n = {}, 0
  for key, value in pairs(map) do
    seen[key] = value
    n = n + 1
  end
  t:eq(n, 3)
  t:eq(seen.a, 1)
  t:eq(seen.c.d, 3)
  n = 0
  for _ in map do
    n = n + 1
  end
  t:eq(n, 3)
  local key, value = next(map)
  seen = {}
  while key do
    seen[key] = type(value)
    key, value = next(map, key)
  end
  t:eq(seen, {a = "number", b = "number", c = "userdata"})
  t:eq(next(box and cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, x = {}}.raw.x), nil)
  t:eq(tostring(map), '{"a":1,"b":2,"c":{"d":3}}')
  t:eq(kube.totable(map), {a = 1, b = 2, c = {d = 3}})
  t:eq(type(kube.totable(map).c), "table")
end

function test_totable(t)
  t:eq(kube.totable("x"), "x")
  t:eq(kube.totable(5), 5)
  t:eq(kube.totable(nil), nil)
  t:eq(kube.totable(kube.null), kube.null)
  local own = {a = {b = 1}}
  local copy = kube.totable(own)
  t:eq(copy, own)
  copy.a.b = 2
  t:eq(own.a.b, 1)
  local raw = cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p"}, list = {{x = 1}}}.raw
  local mixed = kube.totable{raw = raw, list = raw.list}
  t:eq(type(mixed.raw), "table")
  t:eq(mixed.list[1].x, 1)
  mixed.list[1].x = 2
  t:eq(raw.list[1].x, 1)
  kube.totable({}, {}) --> error: "unexpected argument"
end
