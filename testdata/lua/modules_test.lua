-- The modules base64, hex, hash, semver, regexp, ip, url, diff, template, log and ui.

local json = require "json"

function test_base64(t)
  local base64 = require "base64"
  for text, want in pairs {[""] = "", f = "Zg==", ["hällo?>"] = "aMOkbGxvPz4=", ["\0\255"] = "AP8="} do
    t:eq(base64.encode(text), want)
    t:eq(base64.decode(want), text)
  end
  t:eq(base64.encode("?>\255", {url = true, unpadded = true}), "Pz7_")
  t:eq(base64.decode("Pz7_", {url = true}), "?>\255")
  base64.decode("a") --> error: "base64.decode: illegal base64 data"
  base64.decode("AP8", {pad = false}) --> error: "unknown option "pad""
end

function test_hex_and_hash(t)
  local hash, hex = require "hash", require "hex"
  t:eq(hex.encode("AZ\0"), "415a00")
  t:eq(hex.decode("415A"), "AZ")
  t:match(hex.dump("AZ"), "|AZ|")
  hex.decode("4") --> error: "hex.decode: encoding/hex: odd length hex string"
  t:eq(hash.md5(""), "d41d8cd98f00b204e9800998ecf8427e")
  t:eq(hash.sha1("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d")
  t:eq(hash.sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  t:eq(#hash.sha512("abc"), 128)
  t:eq(hash.crc32("123456789"), "cbf43926")
  t:eq(hex.encode(hash.sha1("abc", {raw = true})), hash.sha1("abc"))
  t:eq(hash.hmac("sha256", "key", "The quick brown fox jumps over the lazy dog"), "f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8")
  t:eq({hash.equal("a", "a"), hash.equal("a", "b"), hash.equal("a", "aa")}, {true, false, false})
  hash.hmac("sha265", "k", "t") --> error: "unknown digest "sha265" (did you mean "sha256"?)"
  hash.hmac("crc32", "k", "t") --> error: "unknown digest"
end

function test_semver(t)
  local semver = require "semver"
  local v = semver.parse("v1.2.3-rc.1+b5")
  t:eq({v.major, v.minor, v.patch, v.prerelease, v.metadata, v.original, tostring(v)}, {1, 2, 3, "rc.1", "b5", "v1.2.3-rc.1+b5", "1.2.3-rc.1+b5"})
  local list = {"1.10.0", "1.2.0", "1.2.0-rc.2", "1.2.0-rc.10"}
  t:eq(require("iter")(list):map(semver.parse):sort_by():map(tostring):collect(), {"1.2.0-rc.2", "1.2.0-rc.10", "1.2.0", "1.10.0"})
  t:ok(semver.parse("1.2") == semver.parse("v1.2.0"))
  for constraint, want in pairs {["^1.2"] = true, [">= 1.25"] = false, ["~1.5.1"] = true, ["1.x || 3"] = true, ["> 1, < 1.5"] = false} do
    t:eq(semver.parse("1.5.2"):satisfies(constraint), want)
  end
  t:eq(semver.parse("1.5.2"):compare("1.5.10"), -1)
  t:eq(tostring(v:bump("minor")), "1.3.0")
  t:eq({semver.valid("1.2.3"), semver.valid("latest")}, {true, false})
  semver.parse("latest") --> error: ""latest" is not a version (want one like "1.2.3""
  v:satisfies("?") --> error: ""?" is not a constraint"
  v:bump("mayor") --> error: "unknown part "mayor" (did you mean "major""
end

function test_regexp(t)
  local regexp = require "regexp"
  local r = regexp.compile [[(?P<key>\w+)=(\d+)?]]
  local m = r:find("x a=1")
  t:eq({m[0], m[1], m[2], m.groups.key, m.first, m.last}, {"a=1", "a", "1", "a", 3, 5})
  t:eq(r:find("b=")[2], nil)
  t:eq(r:find("nothing"), nil)
  t:eq(#r:find_all("a=1 b=2 c=3"), 3)
  t:eq(#r:find_all("a=1 b=2 c=3", 2), 2)
  t:eq(r:replace("a=1 b=2", "${key}:$2"), "a:1 b:2")
  t:eq(r:replace("a=1 b=2", "x", 1), "x b=2")
  t:eq(r:replace("a=1 b=2", function(m) return m[1] == "b" and m[2] * 2 or nil end), "a=1 4")
  t:eq(regexp.compile(""):replace("ab", "-"), "-a-b-")
  t:eq(regexp.compile(",\\s*"):split("a, b,c"), {"a", "b", "c"})
  t:eq(regexp.compile(","):split("a,b,c", 2), {"a", "b,c"})
  t:ok(regexp.compile("^a.c$"):matches("abc") and not regexp.compile(regexp.escape("a.c")):matches("abc"))
  t:same(r.names, kube.array{"key"})
  t:eq(tostring(r), [[(?P<key>\w+)=(\d+)?]])
  -- What takes for ever elsewhere takes no time.
  t:eq(regexp.compile("(a*)*b"):matches(("a"):rep(50000)), false)
  regexp.compile("(") --> error: "regexp.compile: missing closing )"
  regexp.compile("(?=a)") --> error: "invalid or unsupported Perl syntax"
  r:replace("a=1", 5) --> error: "what replaces, unless it is a string, must be a function, not number"
  r:replace("a=1", function() return {} end) --> error: "what replaces must give a string or nil, not table"
end

function test_ip(t)
  local ip = require "ip"
  local n = ip.cidr("10.0.0.6/30")
  t:eq({tostring(n), n.bits, tostring(n.first), tostring(n.last), n.size}, {"10.0.0.4/30", 30, "10.0.0.4", "10.0.0.7", 4})
  local all = {}
  for a in n do
    table.insert(all, tostring(a))
  end
  t:eq(all, {"10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.7"})
  t:eq(#require("iter")(ip.cidr("fd00::/64")):take(3):collect(), 3)
  t:eq(#require("iter")(ip.cidr("255.255.255.254/31")):collect(), 2)
  t:eq({n:contains("10.0.0.7"), n:contains(ip.parse("10.0.0.8")), n:contains("10.0.0.4/31"), n:contains("10.0.0.0/8")}, {true, false, true, false})
  t:eq({n:overlaps("10.0.0.0/8"), n:overlaps("10.0.0.0/30")}, {true, false})
  local a = ip.parse("192.168.1.1")
  t:eq({a.version, a.is_private, a.is_global, a.is_loopback, a.is_link_local, a.is_multicast}, {4, true, true, false, false, false})
  t:eq(ip.parse("::1").version, 6)
  t:eq(tostring(ip.parse("::ffff:10.0.0.1")), "10.0.0.1")
  t:eq({tostring(a:next()), tostring(a:prev()), ip.parse("255.255.255.255"):next()}, {"192.168.1.2", "192.168.1.0"})
  t:ok(ip.parse("10.0.0.2") < ip.parse("10.0.0.10") and ip.parse("fd00::1") == ip.parse("fd00:0::1"))
  t:eq({ip.valid("10.0.0.1"), ip.valid("10.0.0")}, {true, false})
  t:eq(json.encode{a, n}, '["192.168.1.1","10.0.0.4/30"]')
  ip.parse("10.0.0.256") --> error: ""10.0.0.256" is not an address (want one like "10.0.0.1""
  ip.cidr("10.0.0.1") --> error: "is not a network"
  n:contains("x") --> error: ""x" is not an address"
end

function test_url(t)
  local url = require "url"
  t:eq(url.parse("https://u:p@h.example:8443/a%20b?q=1&q=2&z=#f"), {
    scheme = "https", user = "u", password = "p", host = "h.example", port = "8443", path = "/a b", fragment = "f",
    query = {q = {"1", "2"}, z = ""},
  })
  t:eq(url.build{scheme = "https", host = "::1", port = 80, path = "a b", query = {b = "x y", a = {1, true}}}, "https://[::1]:80/a%20b?a=1&a=true&b=x+y")
  t:eq(url.build(url.parse("https://u:p@h.example:8443/a?q=1#f")), "https://u:p@h.example:8443/a?q=1#f")
  t:eq(url.join("https://example.com/a/b", "../c?x=1"), "https://example.com/c?x=1")
  t:eq({url.escape("a/b c?"), url.unescape("a%2Fb%20c")}, {"a%2Fb%20c%3F", "a/b c"})
  t:eq({url.query{b = 1, a = "x&y"}, url.parse_query("a=x%26y&b=1")}, {"a=x%26y&b=1", {a = "x&y", b = "1"}})
  url.parse("http://[::1") --> error: "missing ']' in host"
  url.build{hots = "x"} --> error: "unknown option "hots" (did you mean "host"?)"
  url.query{a = {{}}} --> error: "a parameter must be a string, number or boolean, not table"
end

function test_diff(t)
  local diff = require "diff"
  t:eq(diff.text("a\n", "a\n"), "")
  t:eq(diff.text("a\nb\nc\n", "a\nx\nc\n", {old_name = "before", new_name = "after"}), "--- before\n+++ after\n@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n")
  t:eq(diff.text("a\nb\nc\n", "a\nx\nc\n", {context = 0}), "--- old\n+++ new\n@@ -2 +2 @@\n-b\n+x\n")
  t:eq(diff.values({a = {b = 1, c = {1, 2}}, ["x.y"] = 1, s = true}, {a = {b = 2, c = {1, 3, 4}}, z = kube.null, s = true}), {
    {path = "a.b", old = 1, new = 2}, {path = "a.c[2]", old = 2, new = 3}, {path = "a.c[3]", new = 4},
    {path = '["x.y"]', old = 1}, {path = "z", new = kube.null},
  })
  t:eq(diff.values({1, 2}, {1, 2}), {})
  t:eq(diff.values({a = 1}, {1}), {{path = "", old = {a = 1}, new = {1}}})
  local containers = {{image = "a:1", name = "a"}, {image = "b:1", name = "b"}}
  local newer = {{image = "a:2", name = "a"}, {image = "b:2", name = "x"}}
  t:eq(diff.values({c = containers}, {c = newer}, {ignore = {"c[*].image"}}), {{path = "c[2].name", old = "b", new = "x"}})
  t:eq(diff.values({["a.b"] = {c = 1}}, {["a.b"] = {c = 2}}, {ignore = {'["a.b"].c'}}), {})
  diff.values({}, {}, {ignore = {5}}) --> error: "a path must be a string, not number"
  diff.text("a") --> error: "diff.text: the new text must be a string, not nil"
end

function test_diff_of_objects(t)
  local diff = require "diff"
  local a = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {x = "1"}}
  local b = a.meta.labels:set("team", "shop")
  t:eq(diff.values(a, b, {ignore = diff.noise}), {{path = "metadata.labels", new = {team = "shop"}}})
  t:ok(#diff.values(a, b) >= 2)
  -- What a Secret holds is compared and not shown.
  local secret = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "a"}, stringData = {password = "hunter2", user = "x"}}
  local other = secret:patch{stringData = {password = "hunter3"}}
  t:eq(diff.values(secret, other, {ignore = diff.noise}), {{path = "data.password", old = "***", new = "***"}})
  t:eq(diff.values(secret.raw.data, other.raw.data), {{path = "password", old = "***", new = "***"}})
end

function test_format(t)
  local template = require "template"
  local values = {name = "shop", count = 3, ratio = 1 / 3, a = {b = "c"}, "first", n = 42, wide = "日本"}
  for text, want in pairs {
    ["{name}|{1}|{a.b}|{{x}}"] = "shop|first|c|{x}",
    ["{name:<8}|{name:>8}|{name:^8}|{name:*^9}|"] = "shop    |    shop|  shop  |**shop***|",
    ["{count:5}|{name:5}|"] = "    3|shop |",
    ["{ratio:.2f}|{n:05d}|{n:x}|{ratio:>8.3f}"] = "0.33|00042|2a|   0.333",
    ["{wide:>6}"] = "  日本",
    [""] = "",
  } do
    t:eq(template.format(text, values), want)
  end
  t:eq(template.format("{kind}", cluster.namespaces:fetch("default")), "Namespace")
  template.format("{nme}", values) --> error: "template.format: there is no "nme""
  template.format("{name", values) --> error: "a single { in "{name" (two stand for one)"
  template.format("name}", values) --> error: "a single } in"
  template.format("{name:zz}", values) --> error: ""zz" is no way to write a value"
  template.format("{name:d}", values) --> error: "string is written by %d and is no number"
  template.format("x", 5) --> error: "the values must be a table, not number"
end

function test_render(t)
  local render = require("template").render
  t:eq(render("{{range .pods}}{{.name | upper}}={{.n}}{{if gt .n 2}}!{{end}} {{else}}none{{end}}", {pods = {{name = "a", n = 1}, {name = "b", n = 3}}}), "A=1 B=3! ")
  t:eq(render('{{.l | join ","}} {{default "x" .e}} {{quote .e}} {{.o | toJson}} {{b64enc "f"}}{{.o | toYaml | nindent 2}}', {l = {"a", 1}, e = "", o = {k = 1.5}}),
    'a,1 x "" {"k":1.5} Zg==\n  k: 1.5')
  t:eq(render("{{define \"a\"}}<{{.}}>{{end}}{{template \"a\" .x}}", {x = 5}), "<5>")
  t:eq(render("{{.metadata.name}}", cluster.namespaces:fetch("default")), "default")
  local secret = t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "a"}, stringData = {password = "hunter2"}}
  t:eq(render("{{.data.password}}", secret), "***")
  render("{{.x") --> error: "template.render: template:1: unclosed action"
  render("{{.x}}", {a = 1}) --> error: "map has no entry for key "x""
  render("{{nothing}}", {}) --> error: "function "nothing" not defined"
end

-- A template can take neither for ever nor all memory.
function test_render_is_bounded(t)
  local render = require("template").render
  t:raises("TimeoutError", task.timeout, 0.2, render, "{{range 1000000000}}{{range 1000000000}}{{end}}{{end}}", {})
  t:raises("ValueError", render, '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}', {})
  local double = '{{$x := "0123456789"}}' .. ('{{$x = printf "%s%s" $x $x}}'):rep(40)
  t:raises("too long", render, double, {})
  t:raises("too long", render, '{{$x := "aaaaaaaaaa"}}' .. ('{{$x = replace "a" "aaaaaaaaaa" $x}}'):rep(40), {})
end

function test_log(t)
  local log = require "log"
  t:eq({log.level(), log.format()}, {"info", "text"})
  t:eq(log.level("debug"), "debug")
  log.with{a = 1}:with{b = "x"}:debug("quiet", {c = {1}, d = kube.now()})
  log.error(kube.now())
  log.level("loud") --> error: "unknown level "loud""
  log.format("xml") --> error: "unknown format "xml" (known: json, text)"
  log.info("x", 5) --> error: "log: the fields must be a table, not number"
  log.info("x", {1}) --> error: "log: the fields must have names, not 1"
end

-- Nobody is there in a test.
function test_ui(t)
  local ui = require "ui"
  t:eq({ui.confirm("Sure?"), ui.confirm("Sure?", {default = true}), ui.ask("Name?", {default = "x"}), ui.select("Which?", {"a", "b"}, {default = "b"})},
    {false, true, "x", "b"})
  local seen = {}
  for x in ui.track({"a", "b"}, {label = "doing"}) do
    table.insert(seen, x)
  end
  t:eq(seen, {"a", "b"})
  t:eq({ui.spinner("waiting", function(...) task.sleep(0.01) return ... end, 1, 2)}, {1, 2})
  t:raises("no", ui.spinner, "waiting", function() error("no", 0) end)
  ui.progress{total = 2}:add():set(2):close()
  ui.ask("Name?") --> error: "nobody is there to answer "Name?""
  ui.confirm("x", {defualt = true}) --> error: "unknown option defualt (did you mean "default"?)"
  ui.progress{total = "x"} --> error: "option total must be a number, not string"
  t:eq(t.printed(), "")
end
