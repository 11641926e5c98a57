-- The module tabular.

local tabular = require "tabular"

local function pods()
  return tabular.new{"NAMESPACE", ">PODS", {"AGE", align = "right", value = function(row) return row.age and row.age .. "d" end}, "Last note"}
    :add{"shop", 12, age = 3}
    :add{namespace = "日本", pods = 3, last_note = "a|b\nc\td"}
end

function test_text(t)
  t:eq(pods():render("text"), [[
NAMESPACE  PODS  AGE  Last note
shop         12   3d  -
日本          3    -  a|b\nc\td
]])
  t:eq(tostring(pods()) .. "\n", pods():render("text"))
  t:eq(pods():render("text", {header = false}), "shop  12  3d  -\n日本   3   -  a|b\\nc\\td\n")
  t:eq(#pods(), 2)
  t:eq(tabular.width("日本e\204\129\27[31mx"), 6)
end

-- What a terminal would obey is written out, colours aside.
function test_control_characters(t)
  t:eq(tabular.new{"A"}:add{"\27[31mred\27[0m"}:add{"\27]0;x\7\27[2J"}:render("text", {header = false}),
    "\27[31mred\27[0m\n\\x1b]0;x\\a\\x1b[2J\n")
end

function test_print(t)
  tabular.print({"NAME", ">PODS"}, {{"shop", 12}, {"payments", 3}})
  t:eq(t.printed(), "NAME      PODS\nshop        12\npayments     3\n")
end

function test_forms(t)
  t:eq(pods():render("markdown"), [[
| NAMESPACE | PODS | AGE | Last note  |
| --------- | ---: | --: | ---------- |
| shop      |   12 |  3d | -          |
| 日本      |    3 |   - | a\|b<br>c	d |
]])
  t:eq(pods():render("csv"), 'NAMESPACE,PODS,AGE,Last note\nshop,12,3d,\n日本,3,,"a|b\nc\td"\n')
  t:eq(pods():render("tsv"), "NAMESPACE\tPODS\tAGE\tLast note\nshop\t12\t3d\t\n日本\t3\t\ta|b\\nc\\td\n")
  t:eq(require("json").decode(pods():render("json")), {
    {namespace = "shop", pods = 12, age = "3d", last_note = kube.null},
    {namespace = "日本", pods = 3, age = kube.null, last_note = "a|b\nc\td"},
  })
  t:eq(tabular.new{"A"}:render("json"), "[\n]\n")
  t:eq(tabular.new{"A"}:render("text"), "A\n")
  pods():render("html") --> error: "unknown form "html" (known: csv, json, markdown, text, tsv)"
end

function test_mistakes(t)
  tabular.new() --> error: "tabular.new: the columns must be a table, not nil"
  tabular.new{1} --> error: "the title of a column must be a string, not number"
  tabular.new{{"A", algn = "right"}} --> error: "unknown option "algn" (did you mean "align"?)"
  tabular.new{{"A", align = "top"}} --> error: "option align must be left or right, not "top""
  tabular.new{"A"}:add(5) --> error: "a row must be a table, not number"
  tabular.new{a = "A"} --> error: "the columns must be a list"
end

function test_objects(t)
  t:create{apiVersion = "v1", kind = "Secret", metadata = {name = "a"}, stringData = {password = "hunter2"}}
  local columns = {
    {"NAME", value = function(item) return item.meta.name end},
    {"DATA", value = function(item) return item.raw.data end},
  }
  local shown = tabular.new(columns):add_all(cluster.secrets:namespaced(t.namespace))
  t:eq(shown:render("text"), "NAME  DATA\na     ***\n")
  t:eq(shown:render("json"), '[\n  {"name": "a", "data": "***"}\n]\n')
end
