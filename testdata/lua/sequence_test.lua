-- Sequences: arrays in raw, and what the attributes give.

-- pod is a pod that was never on a server, with some of everything.
local function pod()
  return cluster:item{apiVersion = "v1", kind = "Pod", metadata = {name = "p", namespace = "x"},
    spec = {containers = {{name = "a"}, {name = "b"}, {name = "c"}}},
    numbers = {10, 20, 30}, texts = {"x", "y"}, mixed = {1, "a", true, kube.null, {k = "v"}, {1}},
    none = kube.array{},
    status = {containerStatuses = {{name = "a"}, {name = "b"}, {name = "c"}}},
  }
end

-- names is what a loop over a list of containers yields.
local function names(list)
  local found = {}
  for x in list do
    found[#found + 1] = x.name
  end
  return found
end

function test_index_and_length(t)
  local raw = pod().raw
  t:eq(#raw.numbers, 3)
  t:eq(raw.numbers[1], 10)
  t:eq(raw.numbers[3], 30)
  t:eq(raw.numbers[0], nil)
  t:eq(raw.numbers[4], nil)
  t:eq(raw.numbers[-1], nil)
  t:eq(raw.numbers[1.5], nil)
  t:eq(raw.numbers["1"], nil)
  t:eq(raw.numbers.x, nil)
  t:eq(#raw.none, 0)
  t:eq(raw.none[1], nil)
  t:eq(raw.mixed[3], true)
  t:eq(raw.mixed[4], kube.null)
  t:eq(raw.mixed[5].k, "v")
  t:eq(raw.mixed[6][1], 1)
  t:eq(pod().containers[2].name, "b")
  t:eq(#pod().containers, 3)
end

function test_loops(t)
  local p = pod()
  for _, list in ipairs{p.raw.spec.containers, p.containers} do
    t:eq(names(list), {"a", "b", "c"})
    local seen = {}
    for i, x in ipairs(list) do
      seen[i] = x.name
    end
    t:eq(seen, {"a", "b", "c"})
    seen = {}
    for i, x in pairs(list) do
      seen[i] = x.name
    end
    t:eq(seen, {"a", "b", "c"})
    seen = {}
    local i, x = next(list)
    while i do
      seen[i] = x.name
      i, x = next(list, i)
    end
    t:eq(seen, {"a", "b", "c"})
    for n = 1, #list do
      t:eq(list[n].name, seen[n])
    end
  end
  for _ in p.raw.none do t:ok(false, "an element") end
  for _ in pairs(p.raw.none) do t:ok(false, "an element") end
  for _ in ipairs(p.raw.none) do t:ok(false, "an element") end
  t:eq(next(p.raw.none), nil)
end

function test_a_null_does_not_end_a_loop(t)
  local n = 0
  for _ in pod().raw.mixed do
    n = n + 1
  end
  t:eq(n, 6)
  n = 0
  for _ in ipairs(pod().raw.mixed) do
    n = n + 1
  end
  t:eq(n, 6)
end

function test_library_functions(t)
  local raw = pod().raw
  t:eq(table.concat(raw.numbers, ","), "10,20,30")
  t:eq(table.concat(raw.texts), "xy")
  t:eq(table.concat(raw.numbers, "-", 2, 3), "20-30")
  t:eq(table.concat(raw.none, ","), "")
  t:eq({unpack(raw.numbers)}, {10, 20, 30})
  t:eq({table.unpack(raw.numbers, 2)}, {20, 30})
  t:eq(select("#", unpack(raw.none)), 0)
  t:eq(math.max(unpack(raw.numbers)), 30)
  t:eq(table.concat(pod().api_paths, " "), "api/v1")
  local sorted = kube.totable(raw.numbers)
  table.sort(sorted, function(a, b) return a > b end)
  t:eq(sorted, {30, 20, 10})
  t:eq(raw.numbers[1], 10)
end

function test_nested_and_concurrent_loops(t)
  local list = pod().containers
  local seen = {}
  for x in list do
    for y in list do
      seen[#seen + 1] = x.name .. y.name
    end
  end
  t:eq(seen, {"aa", "ab", "ac", "ba", "bb", "bc", "ca", "cb", "cc"})
  local function walk()
    return coroutine.wrap(function()
      for x in list do
        coroutine.yield(x.name)
      end
    end)
  end
  local one, two = walk(), walk()
  t:eq({one(), one(), two(), one(), two()}, {"a", "b", "a", "c", "b"})
  for x in list do
    if x.name == "b" then
      break
    end
  end
  t:eq(names(list), {"a", "b", "c"})
end

function test_read_only(t)
  local p = pod()
  for _, list in ipairs{p.raw.numbers, p.containers, p.api_paths, p.conditions} do
    list[1] = "x" --> error: "it is a snapshot (kube.totable gives a table of its own)"
    list[#list + 1] = "x" --> error: "kube.totable"
    list.x = 1 --> error: "kube.totable"
    table.insert(list, "x") --> error: "kube.totable"
    table.insert(list, 1, "x") --> error: "kube.totable"
    table.remove(list) --> error: "kube.totable"
    table.sort(list) --> error: "kube.totable"
    rawset(list, 1, "x") --> error: "table expected"
  end
  t:eq(p.raw.numbers[1], 10)
end

function test_totable(t)
  local p = pod()
  local own = kube.totable(p.raw.numbers)
  own[#own + 1] = 40
  t:eq(#own, 4)
  t:eq(#p.raw.numbers, 3)
  t:eq(#kube.totable(p.containers), 3)
  t:eq(kube.totable(p.containers)[2].name, "b")
  t:eq(kube.totable(p.api_paths), {"api/v1"})
  t:same(kube.totable(p.raw.none), kube.array{})
end

function test_printed(t)
  local p = pod()
  t:eq(tostring(p.raw.numbers), "[10,20,30]")
  t:eq(tostring(p.raw.texts), '["x","y"]')
  t:eq(tostring(p.raw.none), "[]")
  t:match(tostring(p.api_paths), "api/v1")
  t:match(tostring(p.containers), "container b of pods x/p")
end
