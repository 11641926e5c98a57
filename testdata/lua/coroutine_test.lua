-- Coroutines: Lua 5.4's, which yield wherever Lua code runs.

local yield, wrap, create, resume = coroutine.yield, coroutine.wrap, coroutine.create, coroutine.resume

-- Each function yields 1 and 2 across one boundary, and returns what its
-- second yield returned.
local boundaries = {
  ["pcall"] = function() return select(2, pcall(function() yield(1) return yield(2) end)) end,
  ["pcall that catches"] = function()
    local _, err = pcall(function() yield(1) error{yield(2)} end)
    return err[1]
  end,
  ["nested pcalls"] = function()
    return select(3, pcall(pcall, function() yield(1) return yield(2) end))
  end,
  ["xpcall"] = function() return select(2, xpcall(function() yield(1) return yield(2) end, print)) end,
  ["handler of xpcall"] = function()
    return select(2, xpcall(error, function() yield(1) return yield(2) end))
  end,
  ["iterator in Lua"] = function()
    for x in function(_, last) if not last then yield(1) return yield(2) end end do return x end
  end,
  ["__iter"] = function()
    local loop = setmetatable({}, {__iter = function() yield(1) local x = yield(2) return function() return x end end})
    for x in loop do return x end
  end,
  ["__pairs"] = function()
    local loop = setmetatable({}, {__pairs = function() yield(1) local x = yield(2) return function() return x end end})
    for x in pairs(loop) do return x end
  end,
  ["another coroutine's iterator"] = function()
    for x in wrap(function() yield("inner") end) do
      if x ~= "inner" then return x end
      yield(1)
      return yield(2)
    end
  end,
  ["body of a loop over a view"] = function()
    for ns in cluster.namespaces do yield(1) return yield(2) end
  end,
  ["__index"] = function() return setmetatable({}, {__index = function() yield(1) return yield(2) end}).x end,
  ["__newindex"] = function()
    local got
    setmetatable({}, {__newindex = function() yield(1) got = yield(2) end}).x = 1
    return got
  end,
  ["__call"] = function() return setmetatable({}, {__call = function() yield(1) return yield(2) end})() end,
  ["__add"] = function() return setmetatable({}, {__add = function() yield(1) return yield(2) end}) + 1 end,
  ["__unm"] = function() return -setmetatable({}, {__unm = function() yield(1) return yield(2) end}) end,
  ["__concat"] = function() return setmetatable({}, {__concat = function() yield(1) return yield(2) end}) .. "x" end,
  ["__len"] = function() return #setmetatable({}, {__len = function() yield(1) return yield(2) end}) end,
  ["__eq"] = function()
    local got
    local mt = {__eq = function() yield(1) got = yield(2) return true end}
    return setmetatable({}, mt) == setmetatable({}, mt) and got
  end,
  ["__lt"] = function()
    local got
    local mt = {__lt = function() yield(1) got = yield(2) return true end}
    return setmetatable({}, mt) < setmetatable({}, mt) and got
  end,
  ["__tostring"] = function()
    return tonumber(tostring(setmetatable({}, {__tostring = function() yield(1) return tostring(yield(2)) end})))
  end,
  ["comparator of table.sort"] = function()
    local got
    table.sort({2, 1}, function(a, b) if not got then yield(1) got = yield(2) end return a < b end)
    return got
  end,
  ["callback of string.gsub"] = function()
    return tonumber((string.gsub("x", "x", function() yield(1) return yield(2) end)))
  end,
  ["reader of load"] = function()
    local got
    load(function() if not got then yield(1) got = yield(2) return "return 1" end end)
    return got
  end,
  ["chunk"] = function() return loadstring("coroutine.yield(1) return coroutine.yield(2)")() end,
  ["kube.with"] = function() return kube.with({close = print}, function() yield(1) return yield(2) end) end,
  ["closer of kube.with"] = function()
    local got
    kube.with({close = function() yield(1) got = yield(2) end}, function() end)
    return got
  end,
  ["task.timeout"] = function() return task.timeout(60, function() yield(1) return yield(2) end) end,
  ["tail call"] = function() return (function() yield(1) return yield(2) end)() end,
}

function test_yields_cross_every_boundary(t)
  for name, fn in pairs(boundaries) do
    local co = create(fn)
    t:eq({resume(co)}, {true, 1}, name)
    t:eq({resume(co)}, {true, 2}, name)
    t:eq({resume(co, 7)}, {true, 7}, name)
    t:eq(coroutine.status(co), "dead", name)
  end
end

function test_many_at_once_across_every_boundary(t)
  local alive = {}
  for name, fn in pairs(boundaries) do
    for i = 1, 5 do alive[#alive + 1] = create(fn) end
  end
  for _, want in ipairs{1, 2} do
    for _, co in ipairs(alive) do t:eq({resume(co)}, {true, want}) end
  end
  for i, co in ipairs(alive) do t:eq({resume(co, i)}, {true, i}) end
end

function test_abandoned_at_every_boundary(t)
  for name, fn in pairs(boundaries) do
    local co = create(fn)
    resume(co)
    t:eq(coroutine.close(co), true, name)
    t:eq(coroutine.status(co), "dead", name)
    t:eq({resume(co)}, {false, "can not resume a dead thread"})
  end
end

function test_status_and_running(t)
  t:eq(coroutine.running(), nil)
  t:eq(coroutine.isyieldable(), false)
  local co, inner
  co = create(function()
    t:ok(rawequal(coroutine.running(), co))
    t:eq(coroutine.status(co), "running")
    t:eq(coroutine.isyieldable(), true)
    pcall(function() t:ok(rawequal(coroutine.running(), co)) end)
    inner = create(function()
      t:ok(rawequal(coroutine.running(), inner))
      t:eq(coroutine.status(co), "normal")
    end)
    resume(inner)
    yield()
  end)
  t:eq(type(co), "thread")
  t:match(tostring(co), "^thread: 0x")
  t:eq(coroutine.status(co), "suspended")
  resume(co)
  t:eq(coroutine.status(co), "suspended")
  resume(co)
  t:eq(coroutine.status(co), "dead")
end

function test_misuse(t)
  yield(1) --> error: "attempt to yield from outside a coroutine"
  create() --> error: "bad argument #1"
  create({}) --> error: "bad argument #1"
  resume(print) --> error: "thread expected, got function"
  coroutine.status(nil) --> error: "thread expected, got nil"
  local co = create(function(co) t:eq({resume(co)}, {false, "can not resume a running thread"}) coroutine.close(co) end)
  local ok, err = resume(co, co)
  t:eq(ok, false)
  t:match(err, "cannot close a running coroutine")
end

function test_close(t)
  local log = {}
  local co = create(function()
    kube.with({close = function() log[#log + 1] = "closed" end}, function()
      pcall(function() yield() end)
      log[#log + 1] = "went on"
    end)
    log[#log + 1] = "went on"
  end)
  resume(co)
  t:eq(coroutine.close(co), true)
  t:eq(log, {"closed"})
  t:eq(coroutine.close(co), true)

  local failed = create(error)
  resume(failed, "why")
  t:eq({coroutine.close(failed)}, {false, "why"})
  t:eq({coroutine.close(failed)}, {true})

  t:eq(coroutine.close(create(print)), true)
end

function test_errors(t)
  local function work() error("no way") end
  local co = create(function() yield(1) work() end)
  t:eq({resume(co)}, {true, 1})
  local ok, err = resume(co)
  t:eq(ok, false)
  t:match(err, "coroutine_test.lua:%d+: no way$")
  t:raises("no way", wrap(work))
  local thrown = {}
  t:ok(rawequal(select(2, pcall(wrap(function() error(thrown) end))), thrown))
end

function test_tracebacks(t)
  local function sleeper() yield() end
  local co = create(function() sleeper() end)
  resume(co)
  t:match(debug.traceback(co), "in function 'sleeper'")
  local trace
  local function outer()
    wrap(function() trace = debug.traceback("now") end)()
  end
  outer()
  t:match(trace, "^now\ntraceback:\n")
  t:match(trace, "in function 'outer'")
end

function test_tracebacks_of_the_dead(t)
  local function work() error("no") end
  local co = create(function() work() end)
  resume(co)
  t:match(debug.traceback(co), "in function 'work'")
  co = create(function() return debug.traceback(coroutine.running()) end)
  t:match(select(2, resume(co)), "coroutine_test.lua")
  t:eq(debug.getfenv(co), nil)
  debug.setfenv(co, {}) --> error: "the coroutine is dead"
end

function test_closers_of_a_closing_coroutine(t)
  local co, seen
  co = create(function()
    kube.with({close = function()
      seen = {coroutine.status(co), resume(co)}
      yield() -- not possible any more
    end}, function() yield() end)
  end)
  resume(co)
  t:eq(coroutine.close(co), true)
  t:eq(seen, {"normal", false, "can not resume a running thread"})
end

-- Other tasks have no turn while one makes coroutines.
function test_making_coroutines_is_no_wait(t)
  local inside, seen = false, 0
  local other = task.spawn(function() while true do if inside then seen = seen + 1 end task.sleep(0) end end)
  for i = 1, 20000 do
    inside = true
    resume(create(yield))
    inside = false
    if i % 100 == 0 then task.sleep(0) end
  end
  other:cancel()
  t:eq(seen, 0)
end

function test_values_in_any_number(t)
  local co = create(function(...)
    local n = select("#", ...)
    while true do n = select("#", yield(n)) end
  end)
  t:eq({resume(co)}, {true, 0})
  for n = 1, 40 do
    local args = {}
    for i = 1, n do args[i] = i end
    t:eq({resume(co, unpack(args))}, {true, n})
  end
  t:eq(select("#", resume(create(function() return nil, nil, nil end))), 4)
end

function test_a_coroutine_goes_from_task_to_task(t)
  local co = wrap(function()
    for i = 1, math.huge do
      task.sleep(0.001)
      yield(i)
    end
  end)
  for i = 1, 3 do
    t:eq(task.spawn(co):wait(), i)
  end
  local slow = create(function() task.sleep(60) end)
  local busy = task.spawn(resume, slow)
  task.sleep(0)
  t:eq({resume(slow)}, {false, "can not resume a running thread"})
  busy:cancel()
end

function test_a_time_limit_holds_for_who_resumes(t)
  local co = create(function() yield() task.sleep(60) end)
  resume(co)
  t:raises("TimeoutError", task.timeout, 0.01, resume, co)
  t:eq(coroutine.status(co), "dead")
end

function test_waiting_inside(t)
  local pods = wrap(function()
    for ns in cluster.namespaces do
      pcall(function() yield(ns.meta.name) end)
    end
  end)
  local names = {}
  for name in pods do names[name] = true end
  t:ok(names.default and names["kube-system"])
end
