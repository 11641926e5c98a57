-- kube.yaml, kube.json.

local traps = {
  "1e3", "on", "0123", "no", "~", "null", "12:30", "", " a ", "a: b", "#", "- a", "line\nline\n", "\ttab\n", "x\n\n", "é😀", "a\rb", "{}", "*a",
}

function test_yaml_of_an_item_can_be_sent_back(t)
  local data = {}
  for i, text in ipairs(traps) do data["k" .. i] = text end
  local made = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", annotations = {["a/b"] = "on"}}, data = data}
  local text = kube.yaml(made)
  t:match(text, "kind: ConfigMap\n")
  t:eq(text:sub(-1), "\n")
  t:same(kube.totable(cluster:item(text).raw), kube.totable(made.raw))
  local copy = kube.totable(made)
  copy.metadata = {name = "b"}
  local again = t:create(kube.yaml(copy))
  for i, want in ipairs(traps) do t:eq(again.raw.data["k" .. i], want) end
  -- The witness reads the same.
  local file = t.file((text:gsub("name: a\n", "name: c\n", 1):gsub("\n  uid: [^\n]*", ""):gsub("\n  resourceVersion: [^\n]*", "")))
  t.kubectl("create", "-n", t.namespace, "-f", file)
  local theirs = cluster.configmaps:fetch("c", {namespace = t.namespace})
  for i, want in ipairs(traps) do t:eq(theirs.raw.data["k" .. i], want) end
end

function test_numbers_keep_their_digits(t)
  local boxes = t.boxes()
  local made = t:create[[{"apiVersion":"suite.example.com/v1","kind":"Box","metadata":{"name":"n"},
    "spec":{"big":9223372036854775807,"small":-9007199254740993,"plain":12,"part":1.25,"none":null,"list":[],"map":{}}}]]
  for _, text in ipairs{kube.yaml(made), kube.json(made), kube.json(made, {indent = 2})} do
    t:match(text, "9223372036854775807")
    t:match(text, "-9007199254740993")
    local item = cluster:item(text)
    t:eq(item.spec.big, kube.int64("9223372036854775807"))
    t:same(kube.totable(item), kube.totable(made))
  end
  t:eq(kube.json{a = kube.int64("9007199254740993")}, '{"a":9007199254740993}')
end

function test_values_and_tables(t)
  t:eq(kube.yaml{kind = "Pod", apiVersion = "v1", spec = {b = {1, 2}, a = kube.array{}}, metadata = {name = "on"}},
    'apiVersion: v1\nkind: Pod\nmetadata:\n  name: "on"\nspec:\n  a: []\n  b:\n  - 1\n  - 2\n')
  t:eq(kube.json({b = 1, a = {true, kube.null}}), '{"a":[true,null],"b":1}')
  t:eq(kube.json({a = {1}}, {indent = 2}), '{\n  "a": [\n    1\n  ]\n}')
  t:eq(kube.json("x"), '"x"')
  t:eq(kube.yaml(12), "12\n")
  t:eq(kube.json{}, "{}")
  local item = cluster:item[[{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"x"},"spec":{"z":1,"a":[{"c":1,"b":2}]}}]]
  t:eq(kube.json(item.spec), '{"z":1,"a":[{"c":1,"b":2}]}')
  t:eq(kube.yaml(item.spec.a), "- c: 1\n  b: 2\n")
  t:eq(kube.json(item.meta), '{"name":"p","namespace":"x"}')
end

-- What is asked for by name is given: else it could not be sent back.
function test_secrets_are_written_whole(t)
  local secret = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "s"}, stringData = {user = "ada"}}
  t:eq(tostring(secret.data), "***")
  t:match(kube.yaml(secret), "user: YWRh\n")
  t:match(kube.json(secret), '"user":"YWRh"')
end

function test_wrong_arguments(t)
  kube.yaml() --> error: "kube.yaml: a nil"
  kube.json(print) --> error: "kube.json: a function"
  kube.json(cluster.pods) --> error: "kube.json: a view"
  kube.yaml{1, a = 2} --> error: "kube.yaml: has both a list and named fields"
  kube.json({}, {indent = 1.5}) --> error: "option indent must be"
  kube.json({}, {indent = "  "}) --> error: "option indent must be"
  kube.json({}, {width = 2}) --> error: "unknown option"
  kube.yaml({}, {}) --> error: "unexpected argument"
end
