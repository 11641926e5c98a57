-- The modules iter, set and retry.

local iter = require "iter"
local set = require "set"
local retry = require "retry"

local function even(n) return n % 2 == 0 end

function test_steps(t)
  t:eq(iter.range(1, 10):filter(even):map(function(n) return n * n end):take(3):collect(), {4, 16, 36})
  t:eq(iter{1, 2, 3, 4}:skip(1):skip_while(function(n) return n < 3 end):collect(), {3, 4})
  t:eq(iter{1, 2, 3, 1}:take_while(function(n) return n < 3 end):collect(), {1, 2})
  t:eq(iter{1, 2, 3}:map(function(n) return n ~= 2 and n or nil end):collect(), {1, 3})
  t:eq(iter{"a", "b"}:flat_map(function(x) return {x, x .. x} end):collect(), {"a", "aa", "b", "bb"})
  t:eq(iter{1, 2, 3, 4, 5}:chunk(2):collect(), {{1, 2}, {3, 4}, {5}})
  t:eq(iter{1, 2}:concat{3}:concat(iter{4}):collect(), {1, 2, 3, 4})
  t:eq(iter{"a", "b"}:enumerate():to_map(), {"a", "b"})
  t:eq(iter{"a", "b", "c"}:zip(iter.range(1)):to_map(), {a = 1, b = 2, c = 3})
  t:eq(iter{3, 1, 3, 2}:uniq():collect(), {3, 1, 2})
  t:eq(iter.range(5, 1, -2):collect(), {5, 3, 1})
  t:eq(iter{}:collect(), {})
  iter("abc") --> error: "a string is nothing to loop over"
end

function test_over(t)
  t:eq(iter(pairs{a = 1}):map(function(k, v) return k .. v end):collect(), {"a1"})
  t:eq(iter(ipairs{"x", "y"}):to_map(), {"x", "y"})
  t:eq(iter(("a b"):gmatch("%a")):collect(), {"a", "b"})
  local n = 0
  t:eq(iter(function() n = n + 1 return n < 3 and n or nil end):collect(), {1, 2})
  t:eq(iter(iter{1}):collect(), {1})
  local seen = {}
  for x in iter{1, 2} do
    table.insert(seen, x)
  end
  t:eq(seen, {1, 2})
  iter() --> error: "a nil is nothing to loop over"
end

function test_ends(t)
  local words = {"pear", "fig", "apple", "kiwi"}
  local function length(w) return #w end
  t:eq(iter(words):sort_by(length):collect(), {"fig", "pear", "kiwi", "apple"})
  t:eq(iter(words):sort_by(length, {descending = true}):collect(), {"apple", "pear", "kiwi", "fig"})
  t:eq(iter(words):sort_by():collect(), {"apple", "fig", "kiwi", "pear"})
  t:eq(iter(words):group_by(length), {[4] = {"pear", "kiwi"}, [3] = {"fig"}, [5] = {"apple"}})
  t:eq(iter(words):count_by(length), {[4] = 2, [3] = 1, [5] = 1})
  t:eq({iter(words):min_by(length), iter(words):max_by(length)}, {"fig", "apple"})
  t:eq({iter(words):count(), iter(words):count(function(w) return #w == 4 end)}, {4, 2})
  t:eq(iter(words):sum(length), 16)
  t:eq(iter{}:sum(), 0)
  t:eq(iter{{a = {b = 1}}, {a = {}}, {}}:sum("a.b"), 1)
  t:eq(iter{1, 2, 3}:reduce(function(a, b) return a * b end), 6)
  t:eq(iter{1, 2}:reduce(function(a, b) return a .. b end, "x"), "x12")
  t:eq({iter{1, 3}:any(even), iter{2, 4}:all(even), iter{}:any(even), iter{}:all(even)}, {false, true, false, true})
  t:eq({iter{1, 2, 4}:first(even), iter{1, 2, 4}:first(), iter{1, 2, 4}:last()}, {2, 1, 4})
  t:eq(iter{}:first(), nil)
  t:eq(iter{1, 2}:join("-"), "1-2")
  t:eq({iter{1, 2, 3}:partition(even)}, {{2}, {1, 3}})
  local seen = 0
  iter{1, 2}:each(function(n) seen = seen + n end)
  t:eq(seen, 3)
  local quantity = require "quantity"
  t:eq(tostring(iter{quantity.parse("1Gi"), quantity.parse("1Gi")}:sum()), "2Gi")
end

-- Groups come in the order of their first elements.
function test_order_of_groups(t)
  local keys = {}
  for key in pairs(iter{"pear", "fig", "apple", "kiwi", "egg"}:group_by(function(w) return w:sub(1, 1) end)) do
    table.insert(keys, key)
  end
  t:eq(table.concat(keys), "pfake")
end

function test_lazy(t)
  local asked = 0
  local numbers = iter(function() asked = asked + 1 return asked end)
  local some = numbers:filter(even):take(2)
  t:eq(asked, 0)
  t:eq(some:collect(), {2, 4})
  t:eq(asked, 4)
  t:eq(numbers:any(function(n) return n == 6 end), true)
  t:eq(asked, 6)
  local ended = 0
  local finite = iter(function() ended = ended + 1 return nil end)
  t:eq(finite:first(), nil)
  t:eq(finite:first(), nil)
  t:eq(ended, 1)
end

function test_mistakes(t)
  iter{1}:map() --> error: "iter:map: want a function, not nil"
  iter{1}:take(-1) --> error: "iter:take: want a whole number from 0, not -1"
  iter{1}:chunk(0) --> error: "iter:chunk: want a whole number from 1"
  iter{1}.map(function() end) --> error: "call it with a colon"
  iter{1}:flter(even) --> error: "an iterator has no "flter" (did you mean "filter"?)"
  iter{1}:group_by(function() end) --> error: "the key of an element is nil"
  iter{1}:sort_by(nil, {desc = true}) --> error: "unknown option desc (did you mean "descending"?)"
  iter.range("a") --> error: "iter.range: want numbers"
  iter(5) --> error: "a number is nothing to loop over"
end

-- An error of a function goes on its way with its place.
function test_errors_pass(t)
  local ok, err = pcall(function()
    iter{1}:map(function(x) return ({}).y.z end):collect()
  end)
  t:eq(ok, false)
  t:match(err, "iter_test.lua:%d+: attempt to index a nil value")
  t:raises("mine", function() iter{1}:each(function() error("mine", 0) end) end)
end

-- A view gives no page that isn't asked for; what blocks may stand in a step.
function test_views(t)
  t.configmaps(12)
  local maps = cluster.configmaps:namespaced(t.namespace):filter{labels = "!kubernetes.io/metadata.name"}
  local names = iter(maps):map(function(m) return m.meta.name end):filter(function(n) return n:sub(1, 1) == "c" end)
  t:eq(names:take(3):collect(), {"c0001", "c0002", "c0003"})
  t:eq(iter(maps):group_by("meta.namespace")[t.namespace] ~= nil, true)
  local fetched = iter(maps):take(2):map(function(m) return maps:fetch(m.meta.name).meta.uid == m.meta.uid end)
  t:eq(fetched:all(function(same) return same end), true)
  t:eq(#iter(maps):map(function(m) return m.meta.name end):to_set() >= 12, true)
end

function test_in_coroutines_and_tasks(t)
  local co = coroutine.wrap(function()
    iter{1, 2}:each(coroutine.yield)
  end)
  t:eq({co(), co()}, {1, 2})
  t:eq(task.parallel({1, 2, 3}, function(n) return iter.range(1, n):map(function(x) task.sleep(0) return x end):sum() end), {1, 3, 6})
end

function test_sets(t)
  local s = set.new{"b", "a", 2, 10, true, "a"}
  t:eq(tostring(s), "{2, 10, a, b, true}")
  t:eq(#s, 5)
  t:same(s:values(), kube.array{2, 10, "a", "b", true})
  t:eq({s:contains("a"), s:contains("z"), s:contains(nil)}, {true, false, false})
  local a, b = set.new{1, 2, 3}, set.new{3, 4}
  t:eq(tostring(a + b), "{1, 2, 3, 4}")
  t:eq(tostring(a * b), "{3}")
  t:eq(tostring(a - b), "{1, 2}")
  t:eq(tostring(a:symmetric_difference(b)), "{1, 2, 4}")
  t:eq(tostring(a:union{9}), "{1, 2, 3, 9}")
  t:ok(set.new{1, 2} == set.new{2, 1} and set.new{1} ~= set.new{2} and set.new{1} ~= 1)
  t:ok(set.new{1} < a and set.new{1, 2, 3} <= a and not (a < a) and set.new{2}:is_subset(a))
  t:eq(tostring(a:add(7, 8):remove(1)), "{2, 3, 7, 8}")
  t:eq(kube.json{s = set.new{"b", "a"}}, '{"s":["a","b"]}')
  local seen = {}
  for x in set.new{"y", "x"} do
    table.insert(seen, x)
  end
  t:eq(seen, {"x", "y"})
  t:eq(iter(set.new{1, 2}):sum(), 3)
  t:eq(tostring(set.new()), "{}")
  set.new{{}} --> error: "an element of a set must be a string, number or boolean, not a table"
  a.x = 1 --> error: "can't set "x" of set"
  a:unionn{} --> error: "a set has no "unionn" (did you mean "union"?)"
end

function test_retry(t)
  local calls, told = 0, {}
  local a, b = retry(function(attempt)
    calls = calls + 1
    if attempt < 3 then
      error("no " .. attempt, 0)
    end
    return "done", attempt
  end, {first = 0.001, on = function(err, attempt) table.insert(told, attempt .. err) end})
  t:eq({a, b, calls}, {"done", 3, 3})
  t:eq(told, {"1no 1", "2no 2"})
  t:eq(retry(function() return nil end), nil)
  t:raises("never", retry, function() error("never", 0) end, {attempts = 2, first = 0})
end

function test_retry_ends(t)
  local calls = 0
  local err = t:raises("LookupError", retry, function()
    calls = calls + 1
    return cluster.pods:fetch("nobody", {namespace = "default"})
  end, {first = "1ms", on = function(err) return not kube.is(err, "LookupError") end})
  t:eq(calls, 1)
  t:eq(err.reason, "NotFound")
  -- Whoever waits for the next attempt is cancelled.
  local waiting = task.spawn(retry, function() error("no", 0) end, {first = "1h"})
  task.sleep(0)
  waiting:cancel()
  retry(5) --> error: "retry: want a function, not number"
  retry(print, {atempts = 1}) --> error: "unknown option atempts (did you mean "attempts"?)"
  retry(print, {first = "soon"}) --> error: "retry: option first: "
  retry(print, {jitter = 2}) --> error: "option jitter must be a number from 0 to 1, not 2"
end
