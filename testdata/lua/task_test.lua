-- Tasks: straight-line code that waits for several things at once.

function test_results(t)
  local one = task.spawn(function(...) task.sleep(0.01) return ... end, 1, nil, 3)
  t:eq(one:status(), "running")
  t:eq(select("#", one:wait()), 3)
  t:eq({one:wait()}, {1, nil, 3})
  t:eq(one:status(), "done")
  t:match(tostring(one), "^task %(done, started at testdata/lua/task_test.lua:4%)$")
  t:eq(task.spawn(function() end):wait(), nil)
end

function test_steps_are_taken_in_order(t)
  local log = {}
  for i = 1, 100 do
    task.spawn(function()
      log[#log + 1] = i
      task.sleep(0)
      log[#log + 1] = -i
    end)
  end
  t:eq(#log, 0)
  task.sleep(0)
  t:eq({log[1], log[100]}, {1, 100})
  task.sleep(0)
  t:eq({log[101], log[200]}, {-1, -100})
end

function test_a_task_has_the_vm_between_two_waits(t)
  local counter = 0
  local function count()
    for i = 1, 200 do
      local seen = counter
      for j = 1, 50 do local x = {j} end
      counter = seen + 1
      if i % 20 == 0 then task.sleep(0) end
    end
  end
  local tasks = {}
  for i = 1, 20 do tasks[i] = task.spawn(count) end
  for _, each in ipairs(tasks) do each:wait() end
  t:eq(counter, 4000)
end

function test_errors(t)
  local thrown = {}
  local failed = task.spawn(function() error(thrown) end)
  task.sleep(0)
  t:eq(failed:status(), "failed")
  t:ok(rawequal(select(2, pcall(failed.wait, failed)), thrown))
  t:ok(rawequal(select(2, pcall(failed.wait, failed)), thrown))
  t:raises("task_test.lua:%d+: no", function() task.spawn(function() error("no") end):wait() end)
  t:raises("LookupError", function()
    task.spawn(function() cluster.nodes:fetch("nobody") end):wait()
  end)
end

function test_the_traceback_crosses_wait(t)
  local function work() error("no") end
  local _, trace = xpcall(function() task.spawn(function() work() end):wait() end, debug.traceback)
  t:match(trace, "in function 'work'")
  t:match(trace, "%(a task started at testdata/lua/task_test.lua:%d+%)")
end

-- What time or a cancellation will wake is no deadlock.
function test_no_deadlock(t)
  local q = task.queue()
  local stuck = task.spawn(function() q:get() end)
  task.sleep(0)
  stuck:cancel()
  t:raises("the task was cancelled", stuck.wait, stuck)

  t:raises("TimeoutError", task.timeout, 0.05, function() return q:get() end)
  t:eq(task.spawn(function() return pcall(task.timeout, 0.05, q.get, q) end):wait(), false)
  t:raises("TimeoutError", task.timeout, 0.05, function() task.spawn(q.get, q):wait() end)

  t:raises("^x$", task.parallel, {1, 2}, function(i)
    if i == 1 then q:get() else task.sleep(0) error("x", 0) end
  end)

  local done = task.queue()
  local closing = task.spawn(function()
    kube.with({close = function() done:put("closed") end}, function() q:get() end)
  end)
  task.sleep(0)
  closing:cancel()
  t:eq(done:get(), "closed")
end

function test_cancelled_before_its_first_step(t)
  local ran = false
  local one = task.spawn(function() ran = true end)
  one:cancel()
  t:raises("the task was cancelled", one.wait, one)
  local go = task.spawn(rawset, {}, 1, 2)
  go:cancel()
  t:raises("the task was cancelled", go.wait, go)
  t:eq(ran, false)
end

function test_wait_in_time(t)
  local slow = task.spawn(task.sleep, 60)
  t:raises("TimeoutError", slow.wait, slow, {timeout = 0.01})
  t:raises("has not ended within 10ms", slow.wait, slow, 0.01)
  t:raises("TimeoutError", slow.wait, slow, 0)
  slow:cancel()
end

function test_cancel(t)
  local log = {}
  local inner
  local outer = task.spawn(function()
    inner = task.spawn(function() while true do pcall(task.sleep, 60) end end)
    kube.with({close = function() task.sleep(0.01) log[1] = "closed" end}, function()
      while true do pcall(function() while true do end end) end
    end)
  end)
  -- It never waits, so somebody has to end it from outside of its turn.
  outer:cancel()
  t:raises("the task was cancelled", outer.wait, outer)
  t:eq(outer:status(), "cancelled")

  local waiting = false
  outer = task.spawn(function()
    inner = task.spawn(function() while true do pcall(task.sleep, 60) end end)
    kube.with({close = function() task.sleep(0.01) log[1] = "closed" end}, function()
      waiting = true
      while true do pcall(task.sleep, 60) end
    end)
  end)
  t:eventually(function() return waiting end)
  outer:cancel()
  t:raises("the task was cancelled", outer.wait, outer)
  t:raises("the task was cancelled", inner.wait, inner)
  t:eq(log, {"closed"})
  outer:cancel()
  local done = task.spawn(function() return 1 end)
  t:eq(done:wait(), 1)
  done:cancel()
  t:eq(done:wait(), 1)
end

function test_cancelling_ends_calls_to_the_cluster(t)
  local waiting = task.spawn(function() cluster.configmaps:namespaced(t.namespace):watch():next() end)
  task.sleep(0)
  waiting:cancel()
  t:raises("the task was cancelled", waiting.wait, waiting)
end

function test_a_failure_cancels_what_the_task_started(t)
  local inner
  local outer = task.spawn(function()
    inner = task.spawn(task.sleep, 60)
    error("no")
  end)
  t:raises("no", outer.wait, outer)
  t:raises("the task that started it has failed", inner.wait, inner)
end

function test_what_a_task_started_outlives_it(t)
  local inner = task.spawn(function() return task.spawn(function() task.sleep(0.01) return 5 end) end):wait()
  t:eq(inner:wait(), 5)
  local w = task.spawn(function() return cluster.configmaps:namespaced(t.namespace):watch() end):wait()
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "late"}}
  t:eq(w:next(60).item.meta.name, "late")
  w:close()
end

function test_arguments(t)
  task.spawn(5) --> error: "task.spawn: argument 1 must be a function, not number"
  task.sleep("x") --> error: "task.sleep: the time must be a duration"
  task.sleep(-1) --> error: "task.sleep: the time must be a duration of 0 seconds or more, not -1"
  task.sleep(0/0) --> error: "must be a duration of 0 seconds or more"
  local one = task.spawn(print)
  one:wait{time = 1} --> error: "unknown option "time""
  one.wait() --> error: "the task before it is missing (call it with a colon)"
  local _ = one.wiat --> error: "a task has no "wiat" (did you mean "wait"?)"
  one.x = 1 --> error: "it is read-only"
  t:raises("a task can't wait for itself", function()
    local me
    me = task.spawn(function() me:wait() end)
    me:wait()
  end)
  local callable = setmetatable({}, {__call = function(_, x) return x end})
  t:eq(task.spawn(callable, 4):wait(), 4)
end

-- parallel

function test_parallel_keeps_order_and_limit(t)
  local now, most = 0, 0
  local results, errors = task.parallel({5, 4, 3, 2, 1}, function(x, i)
    now = now + 1
    most = math.max(most, now)
    task.sleep(x / 500)
    now = now - 1
    return i .. ":" .. x
  end, {limit = 2})
  t:eq(results, {"1:5", "2:4", "3:3", "4:2", "5:1"})
  t:eq(errors, {})
  t:eq(most, 2)
  t:eq(task.parallel({}, error), {})
end

function test_parallel_takes_whatever_a_loop_takes(t)
  t.configmaps(3)
  local view = cluster.configmaps:namespaced(t.namespace)
  local names = task.parallel(view, function(item) return item.meta.name end)
  t:eq({names[1], names[2], names[3]}, {"c0001", "c0002", "c0003"})
  t:eq(task.parallel(coroutine.wrap(function() for i = 1, 3 do task.sleep(0) coroutine.yield(i) end end), function(i) return i * 2 end), {2, 4, 6})
  local got = {}
  task.parallel(function(_, last) if not last then return 1, 2 end end, function(...) got = {...} end)
  t:eq(got, {1, 2})
  t:raises("a table is no iterator", function() for _ in {} do end end)
  task.parallel(5, print) --> error: "attempt to loop over a number value"
end

function test_parallel_stops_at_the_first_error(t)
  local log, ended = {}, 0
  t:raises("task_test.lua:%d+: bad 3", function()
    task.parallel({1, 2, 3, 4, 5, 6}, function(x)
      log[x] = true
      if x == 3 then error("bad 3") end
      kube.with({close = function() ended = ended + 1 end}, function() task.sleep(60) end)
    end, {limit = 3})
  end)
  t:eq(log, {true, true, true})
  t:eq(ended, 2)
end

function test_parallel_collects_errors(t)
  local results, errors = task.parallel({1, 2, 3, 4}, function(x)
    if x % 2 == 0 then error({x}) end
    return x
  end, {on_error = "collect"})
  t:eq({results[1], results[2], results[3], results[4]}, {1, nil, 3, nil})
  t:eq(errors[2], {2})
  t:eq(errors[4], {4})
  t:eq(errors[1], nil)
end

function test_parallel_tells_of_errors_without_a_value(t)
  local _, errors = task.parallel({1, 2}, function() error() end, {on_error = "collect"})
  t:match(tostring(errors[1]), "an error without a value")
  t:match(tostring(errors[2]), "an error without a value")
end

function test_parallel_whose_loop_fails(t)
  local ended = false
  t:raises("no more", function()
    task.parallel(function() if ended == nil then task.sleep(0) error("no more") end ended = nil return 1 end, function()
      kube.with({close = function() ended = true end}, function() task.sleep(60) end)
    end)
  end)
  t:eventually(function() return ended end)
end

function test_parallel_cancelled(t)
  local started, ended = 0, 0
  local all = task.spawn(task.parallel, {1, 2, 3}, function()
    kube.with({close = function() ended = ended + 1 end}, function() started = started + 1 task.sleep(60) end)
  end)
  t:eventually(function() return started == 3 end)
  all:cancel()
  t:raises("the task was cancelled", all.wait, all)
  t:eventually(function() return ended == 3 end)
end

function test_parallel_arguments(t)
  task.parallel({1}, print, {limit = 0}) --> error: "limit must be a whole number from 1 to 10000, not 0"
  task.parallel({1}, print, {limit = 2.5}) --> error: "limit must be a whole number"
  task.parallel({1}, print, {progress = 5}) --> error: "progress must be true or a word"
  task.parallel({a = 1}, print) --> error: "the table is no list: it has no [1]"
  task.parallel({1}, print, {on_error = "ignore"}) --> error: "on_error must be "stop" or "collect""
  task.parallel({1}, print, {limits = 2}) --> error: "unknown option "limits" (did you mean "limit"?)"
  task.parallel({1}, 2) --> error: "argument 2 must be a function"
end

function test_parallel_patches(t)
  t.configmaps(40)
  local view = cluster.configmaps:namespaced(t.namespace):filter{labels = "!kubernetes.io/x", fields = "metadata.name!=kube-root-ca.crt"}
  task.parallel(view, function(item) item.meta.labels:set("sweep", "1") end, {limit = 8})
  local n = 0
  for _ in view:filter{labels = {sweep = "1"}} do n = n + 1 end
  t:eq(n, 40)
end

-- queue

function test_queue(t)
  local q = task.queue(3)
  local log = {}
  local producer = task.spawn(function()
    for i = 1, 10 do
      q:put(i)
      log[#log + 1] = #q
    end
    q:close()
  end)
  t:eventually(function() return #q == 3 end)
  local got = {}
  for x in q do got[#got + 1] = x end
  t:eq(got, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  t:eq({q:get()}, {nil, "closed"})
  producer:wait()
  for _, n in ipairs(log) do t:ok(n <= 3) end
  t:raises("the queue is closed", q.put, q, 1)
end

function test_queue_in_time(t)
  local q = task.queue()
  t:eq({q:get(0)}, {nil, "timeout"})
  t:eq({q:get{timeout = 0.01}}, {nil, "timeout"})
  t:eq(q:put(1), true)
  t:eq({q:put(2, 0.01)}, {nil, "timeout"})
  t:eq({q:put(2, {timeout = 0})}, {nil, "timeout"})
  t:eq(q:get(), 1)
  q:put(nil) --> error: "nil can't be put into a queue"
  task.queue(0) --> error: "the size must be a whole number from 1"
  task.queue(1.5) --> error: "the size must be a whole number from 1"
end

function test_queue_in_time_among_others(t)
  local q = task.queue()
  local other = task.spawn(function() while true do q:put(1) q:get() task.sleep(0.01) end end)
  local began = kube.now()
  t:eq({q:get(0.1)}, {nil, "timeout"})
  t:ok(kube.now() - began < 1, tostring(kube.now() - began))
  other:cancel()
end

function test_queue_loses_and_doubles_nothing(t)
  local q, seen, n = task.queue(4), {}, 0
  local consumers = {}
  for i = 1, 7 do
    consumers[i] = task.spawn(function()
      while true do
        local x, why = q:get(i % 2 == 0 and 0.001 or nil)
        if why == "closed" then return end
        if x then
          t:eq(seen[x], nil)
          seen[x] = true
          n = n + 1
          if x % 5 == 0 then task.sleep(0.001) end
        end
      end
    end)
  end
  task.parallel({0, 1, 2, 3, 4}, function(p)
    for i = 1, 200 do q:put(p * 200 + i) end
  end)
  q:close()
  for _, c in ipairs(consumers) do c:wait() end
  t:eq(n, 1000)
end

-- select, timers

function test_select(t)
  local q = task.queue()
  local slow = task.timer(60)
  t:eq({task.select{a = q, b = slow, timeout = 0.01}}, {nil, "timeout"})
  t:eq({task.select{a = q, b = slow, timeout = 0}}, {nil, "timeout"})
  task.spawn(function() q:put("x") end)
  t:eq({task.select{a = q, b = slow}}, {"a", "x"})
  t:eq({task.select{q, slow, task.timer(0.01)}}, {3, 1})
  q:close()
  t:eq({task.select{a = q, b = slow}}, {"a", nil, "closed"})
  t:eq({task.select{done = task.spawn(function() return 1, 2 end)}}, {"done", 1, 2})
  t:raises("no way", task.select, {task.spawn(function() error("no way") end)})
end

function test_select_is_fair(t)
  local a, b = task.queue(100), task.queue(100)
  for i = 1, 100 do a:put(i) b:put(i) end
  local n = {a = 0, b = 0}
  for i = 1, 100 do
    local key = task.select{a = a, b = b}
    n[key] = n[key] + 1
  end
  t:ok(n.a > 20 and n.b > 20, n.a .. " and " .. n.b)
end

function test_select_of_watchers(t)
  local view = cluster.configmaps:namespaced(t.namespace)
  local w1 = view:watch{labels = {app = "one"}}
  local w2 = view:watch{labels = {app = "two"}}
  task.spawn(function()
    t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "b", labels = {app = "two"}}}
  end)
  local key, ev = task.select{one = w1, two = w2, timeout = 60}
  t:eq(key, "two")
  t:eq(ev.item.meta.name, "b")
  t:eq({task.select{one = w1, two = w2, timeout = 0}}, {nil, "timeout"})
  task.spawn(function() task.sleep(0.01) w1:close() end)
  t:eq({task.select{one = w1, two = w2}}, {"one", nil, "closed"})
  w2:close()
end

function test_select_of_timers(t)
  local tick = task.ticker(0.01)
  local tasks = {}
  for i = 1, 3 do
    tasks[i] = task.spawn(function() for _ = 1, 5 do task.select{tick} end end)
  end
  for _, each in ipairs(tasks) do each:wait(60) end

  local slow = task.timer(60)
  task.spawn(function() slow:close() end)
  t:eq({task.select{slow, timeout = 50}}, {1, nil, "closed"})
end

function test_select_leaves_others_their_turn(t)
  local q = task.queue(1000)
  local other = task.spawn(function() task.sleep(0.001) return kube.now() end)
  local began = kube.now()
  repeat
    q:put(1)
    task.select{q}
  until other:status() == "done" or kube.now() - began > 60
  t:eq(other:status(), "done")
end

function test_select_arguments(t)
  task.select{} --> error: "nothing to wait for"
  task.select{timeout = 1} --> error: "nothing to wait for"
  task.select(5) --> error: "must be a table of what to wait for"
  task.select{a = 5} --> error: "a is a number, which can't be waited for"
  task.select{cluster.pods} --> error: "which can't be waited for"
end

function test_timers(t)
  local later = task.timer(60)
  t:eq({later:next(0)}, {nil, "timeout"})
  later:close()
  local once = task.timer(0.01)
  t:eq(once:next(), 1)
  t:eq({once:next()}, {nil, "closed"})
  local ticks = {}
  local ticker = task.ticker(0.005)
  for n in ticker do
    ticks[#ticks + 1] = n
    if n == 3 then task.sleep(0.03) end
    if n == 5 then ticker:close() end
  end
  t:eq(ticks, {1, 2, 3, 4, 5})
  t:eq({ticker:next()}, {nil, "closed"})
  task.ticker(0) --> error: "a millisecond or more"
  task.timer("x") --> error: "must be a duration"
end

-- timeout

function test_timeout(t)
  t:eq({task.timeout(60, function(...) task.sleep(0) return ... end, 1, 2)}, {1, 2})
  t:raises("TimeoutError", task.timeout, 0.01, task.sleep, 60)
  t:raises("took longer than 10ms", task.timeout, 0.01, function() while true do pcall(function() while true do end end) end end)
  t:raises("mine", task.timeout, 60, error, "mine")
  t:raises("TimeoutError", task.timeout, 60, function() task.timeout(0.01, task.sleep, 60) end)
  local caught = select(2, pcall(task.timeout, 0.01, task.sleep, 60))
  t:ok(kube.is(caught, "TimeoutError"))
  task.timeout(1) --> error: "argument 2 must be a function"
end

function test_timeout_cancels_what_was_started_in_it(t)
  local inner
  t:raises("TimeoutError", task.timeout, 1, function()
    inner = task.spawn(task.sleep, 60)
    inner:wait()
  end)
  t:raises("the task was cancelled", inner.wait, inner)
end

function test_what_was_opened_in_time_stays_open(t)
  local w = task.timeout(60, function() return cluster.configmaps:namespaced(t.namespace):watch() end)
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "late"}}
  t:eq(w:next(60).item.meta.name, "late")
  w:close()
end

-- view:on

function test_on(t)
  local log = task.queue(100)
  local function note(word) return function(item, ev) log:put(word .. " " .. item.meta.name .. " " .. ev.evtype) end end
  local view = cluster.configmaps:namespaced(t.namespace)
  local old = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a", labels = {app = "x"}}}
  local handling = view:on{
    added = note("new"), modified = note("changed"), deleted = note("gone"),
    sync = function(ev) log:put(ev.evtype) end,
    labels = {app = "x"}, initial = true,
  }
  t:eq(log:get(60), "new a ADDED")
  t:eq(log:get(60), "SYNC")
  old.meta.labels:set("n", "1")
  t:eq(log:get(60), "changed a MODIFIED")
  old:delete()
  t:eq(log:get(60), "gone a DELETED")
  handling:cancel()
  t:raises("the task was cancelled", handling.wait, handling)

  local failing = view:on{added = function() error("not me") end}
  t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "b"}}
  t:raises("not me", failing.wait, failing)

  view:on{} --> error: "none of the functions added, modified, deleted and sync is given"
  view:on{added = 5} --> error: "option added must be a function, not number"
  view:on{add = print} --> error: "unknown option "add""
end

function test_a_busy_watch_leaves_others_their_turn(t)
  t.configmaps(100)
  local turns = 0
  local other = task.spawn(function() while true do task.sleep(0) turns = turns + 1 end end)
  local n = 0
  for ev in cluster.configmaps:namespaced(t.namespace):watch{initial = true} do
    n = n + 1
    local stop = os.clock() + 0.005
    while os.clock() < stop do end
    if n == 100 then break end
  end
  t:ok(turns >= 10, "the other task had " .. turns .. " turns")
  other:cancel()
end
