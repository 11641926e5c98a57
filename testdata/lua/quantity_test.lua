-- The module quantity.

local quantity = require "quantity"

function test_parse(t)
  for text, want in pairs {["250m"] = 0.25, ["1Gi"] = 2 ^ 30, ["1e3"] = 1000, ["1.5"] = 1.5, ["-3k"] = -3000, ["100n"] = 1e-7} do
    t:eq(quantity.parse(text).value, want)
    t:eq(tostring(quantity.parse(text)), text == "1.5" and "1500m" or text)
  end
  t:eq(tostring(quantity.parse(0.1)), "100m")
  t:eq(tostring(quantity.parse(quantity.parse("1Ki"))), "1Ki")
  for _, wrong in ipairs {"", "1Gb", "x", "1 Gi", "0x10", ("9"):rep(100)} do
    t:raises("is not a quantity", quantity.parse, wrong)
  end
  quantity.parse(nil) --> error: "nil is not a quantity (want one like "250m", "1.5" or "1Gi")"
  quantity.parse(0/0) --> error: "is not a quantity"
end

function test_arithmetic(t)
  local q = quantity.parse("250m")
  t:eq(tostring(q + "1"), "1250m")
  t:eq(tostring("1" + q), "1250m")
  t:eq(tostring(q - 1), "-750m")
  t:eq(tostring(q * 4), "1")
  t:eq(tostring(0.5 * q), "125m")
  t:eq(tostring(q / 2), "125m")
  t:eq(quantity.parse("1Gi") / "256Mi", 4)
  t:eq(tostring(-q), "-250m")
  t:eq(tostring(quantity.parse(0.1) + 0.2), "300m")
  t:eq(tostring(quantity.parse("1Gi") + "512Mi"), "1536Mi")
  t:eq(tostring(quantity.sum{"100m", 0.4, q}), "750m")
  t:eq(tostring(quantity.sum{}), "0")
  t:eq(tostring(q), "250m")
  local _ = q + {} --> error: "table is not a quantity"
  local _ = q / 0 --> error: "a quantity can't be divided by 0"
  local _ = q * "2" --> error: "what a quantity is multiplied by must be a number"
end

function test_order(t)
  local a, b = quantity.parse("1Gi"), quantity.parse("1024Mi")
  t:ok(a == b and a <= b and not (a < b))
  t:ok(quantity.parse("999m") < quantity.parse("1"))
  t:eq({a:compare("1Mi"), a:compare(b), a:compare("1Ti")}, {1, 0, -1})
  t:ok(a ~= 2 ^ 30)
end

function test_format(t)
  local q = quantity.parse("1536Mi")
  t:eq(q:format(), "1536Mi")
  t:eq(q:format("Gi"), "1.5Gi")
  t:eq(q:format("Gi", 2), "1.50Gi")
  t:eq(q:format(""), "1610612736")
  t:eq(q:to("Mi"), 1536)
  t:eq(quantity.parse("1500m"):format("", 1), "1.5")
  q:to("Gb") --> error: "unknown unit "Gb" (did you mean "G" or "Gi"?)"
  q:to("5") --> error: "unknown unit "5""
  t:eq(kube.json{memory = q}, '{"memory":"1536Mi"}')
end

function test_of_objects(t)
  local pod = t:create{apiVersion = "v1", kind = "Pod", metadata = {name = "a"}, spec = {containers = {
    {name = "a", image = "a", resources = {requests = {cpu = "250m", memory = "1Gi"}}},
    {name = "b", image = "b", resources = {requests = {cpu = "1", memory = "512Mi"}}},
  }}}
  local iter = require "iter"
  local memory = quantity.sum(iter(pod.spec.containers):map(function(c) return c.resources.requests.memory end))
  t:eq(tostring(memory), "1536Mi")
end
