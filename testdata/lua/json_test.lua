-- The modules json and yaml.

local json = require "json"
local yaml = require "yaml"

function test_decode(t)
  t:same(json.decode('{"a": [1, 2.5, "x", true, {}], "b": []}'), {a = kube.array{1, 2.5, "x", true, {}}, b = kube.array{}})
  t:eq(json.decode("null"), kube.null)
  t:ok(json.null == kube.null)
  t:eq(tostring(json.decode("9007199254740993")), "9007199254740993")
  t:eq(json.decode("9007199254740993"), kube.int64("9007199254740993"))
  t:eq(json.decode("-9007199254740992"), -2^53)
  t:eq(json.decode('"\\u00e9\\ud83d\\ude00\\n"'), "é😀\n")
  t:eq(json.decode(" 1e3 "), 1000)
  json.decode("") --> error: "json.decode: line 1, column 1: the text ends too early"
  json.decode('{"a":\n 1,}') --> error: "json.decode: line 2, column 4: invalid character '}'"
  json.decode('{"a": 1}\n\n x') --> error: "line 3, column 2: something follows the value"
  json.decode("1e999") --> error: "the number 1e999 is too large"
  json.decode("{'a': 1}") --> error: "line 1, column 2"
  json.decode(5) --> error: "json.decode: the text must be a string, not number"
  json.decode(("["):rep(20000)) --> error: "exceeded max depth"
end

function test_encode(t)
  t:eq(json.encode({b = {1, 2}, a = json.null, c = json.array{}, d = {}}), '{"a":null,"b":[1,2],"c":[],"d":{}}')
  t:eq(json.encode({a = {1}}, {indent = 2}), '{\n  "a": [\n    1\n  ]\n}')
  t:eq(json.encode(json.decode('{"b":1,"a":2}')), '{"a":2,"b":1}')
  t:eq(json.encode(kube.int64("9007199254740993")), "9007199254740993")
  t:eq(json.encode("x"), '"x"')
  t:eq(json.encode(1e15), "1000000000000000")
  json.encode({f = print}) --> error: "json.encode.f: a function can't be sent"
  json.encode({1, nil, 3}) --> error: "the list has holes"
  json.encode({}, {indnt = 2}) --> error: "unknown option "indnt" (did you mean "indent"?)"
  json.encode({}, {indent = 17}) --> error: "option indent must be a number of blanks from 0 to 16"
  json.encode(nil) --> error: "a nil can't be sent"
end

function test_objects(t)
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {z = "1", a = "2"}}
  t:same(json.decode(json.encode(item)), kube.totable(item))
  t:same(yaml.decode(yaml.encode(item)), kube.totable(item))
  t:eq(json.encode(item), kube.json(item))
  t:eq(yaml.encode(item), kube.yaml(item))
  t:eq(json.encode(item.raw.data), '{"a":"2","z":"1"}')
  t:eq(json.encode({labels = item.meta.labels, created = item.meta.created}),
    '{"created":"' .. tostring(item.meta.created) .. '","labels":{}}')
  local secret = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "a"}, stringData = {password = "hunter2"}}
  t:eq(json.decode(json.encode(secret)).data.password, "aHVudGVyMg==")
  local sorted = json.encode(kube.parse('{"kind": "B", "apiVersion": "v1", "data": {"z": 1, "a": 2}}')[1], {sort = true})
  t:eq(sorted, '{"apiVersion":"v1","data":{"a":2,"z":1},"kind":"B"}')
end

function test_lines(t)
  local found = {}
  for v in json.decode_lines('1\n\n  \n{"a": 3}\r\n"x"') do
    table.insert(found, v)
  end
  t:eq(found, {1, {a = 3}, "x"})
  local lines = {"1", "[2]"}
  local n = 0
  for v in json.decode_lines(function() n = n + 1 return lines[n] end) do
    t:ok(v)
  end
  t:eq(n, 3)
  t:eq(json.encode_lines{1, {a = "x\ny"}}, '1\n{"a":"x\\ny"}\n')
  t:eq(json.encode_lines{}, "")
  local third = json.decode_lines('1\n\n{"a": }')
  third()
  third() --> error: "json.decode_lines: line 3, column 7: invalid character"
  json.decode_lines(5) --> error: "a number is nothing to loop over"
end

function test_yaml_decode(t)
  t:same(yaml.decode("a: &x [1, two]\nb: *x\nc: yes\nd: 'yes'\n1: 0x10\n"),
    {a = kube.array{1, "two"}, b = kube.array{1, "two"}, c = true, d = "yes", ["1"] = 16})
  t:same(yaml.decode("x: |\n  one\n  two\n"), {x = "one\ntwo\n"})
  t:eq(yaml.decode(""), json.null)
  t:eq(yaml.decode("# nothing\n"), json.null)
  t:eq(yaml.decode("2026-03-01"), "2026-03-01")
  t:eq(yaml.decode('{"big": 9007199254740993}').big, kube.int64("9007199254740993"))
  t:eq(yaml.decode("big: 9007199254740993").big, kube.int64("9007199254740993"))
  yaml.decode("a: 1\nb: [\n") --> error: "yaml.decode: line 2: did not find expected node content"
  yaml.decode("a: 1\nb: 2\na: 3\n") --> error: "line 3: key "a" already set in map"
  yaml.decode("a: 1\n---\nb: 2\n") --> error: "the text holds 2 documents (yaml.decode_all"
  yaml.decode("a: *x") --> error: "unknown anchor 'x'"
  yaml.decode("[a]: b") --> error: "yaml.decode: "
  yaml.decode(("- x\n"):rep(2e6)) --> error: "yaml.decode: YAML of more than 4 MiB in one document"
  yaml.decode("[" .. ("a,"):rep(1.5e6) .. "\n---a," .. ("a,"):rep(1.5e6) .. "]") --> error: "YAML of more than 4 MiB"
  yaml.decode({}) --> error: "yaml.decode: the text must be a string, not table"
end

function test_yaml_documents(t)
  t:same(yaml.decode_all("---\na: 1\n---\n# nothing\n---\n[2]\n"), kube.array{{a = 1}, kube.array{2}})
  t:same(yaml.decode_all(""), kube.array{})
  t:eq(yaml.encode_all{{a = 1}, 2}, "---\na: 1\n---\n2\n")
  t:same(yaml.decode_all(yaml.encode_all{{a = 1}, {b = {}}}), kube.array{{a = 1}, {b = {}}})
  yaml.decode_all("a: 1\n---\nb: [\n") --> error: "line 3"
end

-- An alias bomb is refused, not unfolded.
function test_yaml_aliases(t)
  local text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
  for i = 1, 9 do
    text = text .. ("a%d: &a%d [%s]\n"):format(i, i, ("*a" .. i - 1 .. ", "):rep(9))
  end
  yaml.decode(text) --> error: "excessive aliasing"
end
