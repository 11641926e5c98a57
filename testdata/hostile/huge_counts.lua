-- Gives huge and odd numbers to all that takes a count, an index or a time.
-- harmless
local numbers = { 1e9, 2 ^ 31, 2 ^ 53, 2 ^ 63, 1e300, math.huge, -math.huge, -1, -2 ^ 63, 0 / 0, 0.5 }
local item = cluster.configmaps:fetch "target"
local functions = {
  function(n) return ("x"):rep(n) end, function(n) return ("x"):sub(n, n) end, function(n) return ("x"):byte(n) end, function(n) return ("x"):byte(1, n) end,
  function(n) return ("x"):find("x", n) end, function(n) return ("x"):gsub("x", "y", n) end, function(n) return string.char(n) end,
  function(n) return ("%d %c %x %g %5.1f"):format(n, n, n, n, n) end, function(n) return table.concat({}, "x", 1, n) end, function(n) return table.concat({}, "x", n) end,
  function(n) return unpack({}, 1, n) end, function(n) return unpack({}, n, 1) end, function(n) return unpack({}, n, n) end, function(n) return table.insert({}, n, 1) end,
  function(n) return table.remove({}, n) end, function(n) local t = {} t[n] = 1 return #t end, function(n) return select(n, 1) end, function(n) return math.random(n) end,
  function(n) return math.random(n, n) end, function(n) return math.randomseed(n) end, function(n) return os.date("%c", n) end, function(n) return os.time { year = n, month = n, day = n } end,
  function(n) return error("x", n) end, function(n) return getfenv(n) end, function(n) return setfenv(n, {}) end, function(n) return debug.traceback("x", n) end,
  function(n) return debug.getinfo(n) end, function(n) return tonumber("10", n) end, function(n) return tonumber(n, 10) end, function(n) return io.stdin:read(n) end,
  function(n) return io.stdin:seek("set", n) end, function(n) return io.stdout:setvbuf("full", n) end, function(n) return collectgarbage("step", n) end,
  function(n) return task.queue(n) end, function(n) return task.parallel({}, print, { limit = n }) end, function(n) return task.timeout(n, function() end) end,
  function(n) return task.ticker(n):close() end, function(n) return task.timer(n):close() end, function(n) return kube.int64(n) end, function(n) return kube.now() + n end,
  function(n) return kube.now() - n end, function(n) return kube.get({}, "[" .. n .. "]") end, function(n) return kube.json({ n }, { indent = n }) end, function(n) return item.raw[n] end,
  function(n) return cluster.configmaps:watch():next { timeout = math.min(n, 0) } end, function(n) return item:patch { data = { n = n } } end,
  function(n) return item:delete { grace = n, wait = n, propagation = n } end, function(n) for _ = n, n, n do end end, function(n) return cluster.proxy:get("/api/v1/pods", { params = { limit = n } }) end,
}
for i, fn in ipairs(functions) do
  for _, n in ipairs(numbers) do
    local ok, err = pcall(fn, n)
    assert(ok or not tostring(err):find("internal error", 1, true), i .. ": " .. tostring(err))
  end
end
