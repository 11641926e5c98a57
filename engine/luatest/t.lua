-- What a test function gets as t. It is documented in the stubs, as test.T; what
-- only Go can do for it comes as the argument.
local suite = ...

local T = { name = suite.name, printed = suite.printed, here = suite.here }

local kinds = {
  APIError = true, DeniedError = true, KubeError = true, LookupError = true, NamespaceError = true,
  StatusError = true, TimeoutError = true, ValueError = true,
}

-- show forms a value for a message.
local function show(value, depth)
  depth = depth or 0
  if type(value) == "string" then
    return string.format("%q", value)
  elseif type(value) ~= "table" then
    return type(value) == "userdata" and tostring(getmetatable(value)) .. " " .. tostring(value) or tostring(value)
  elseif depth > 6 then
    return "{...}"
  end
  local parts = {}
  for key, member in pairs(value) do
    parts[#parts + 1] = (type(key) == "string" and key or "[" .. tostring(key) .. "]") .. " = " .. show(member, depth + 1)
  end
  table.sort(parts)
  return (getmetatable(value) == "array" and "array" or "") .. "{" .. table.concat(parts, ", ") .. "}"
end

-- The most differences that a message lists.
local most = 10

-- differences adds to a list where two values differ, and how.
local function differences(got, want, strict, path, list)
  if #list > most then
    return list
  elseif type(got) ~= "table" or type(want) ~= "table" or strict and getmetatable(got) ~= getmetatable(want) then
    if got ~= want then
      list[#list + 1] = { path, got, want }
    end
    return list
  end
  local keys = {}
  for key in pairs(want) do
    keys[#keys + 1] = key
  end
  for key in pairs(got) do
    if want[key] == nil then
      keys[#keys + 1] = key
    end
  end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for _, key in ipairs(keys) do
    differences(got[key], want[key], strict, path .. "." .. tostring(key), list)
  end
  return list
end

local function lines(text)
  local list = {}
  for line in (text .. "\n"):gmatch("(.-)\n") do
    list[#list + 1] = line
  end
  return list
end

-- unlike shows where two texts of several lines differ.
local function unlike(got, want)
  local a, b = lines(got), lines(want)
  local first, last = 1, 0
  while a[first] and a[first] == b[first] do
    first = first + 1
  end
  while #a - last >= first and #b - last >= first and a[#a - last] == b[#b - last] do
    last = last + 1
  end
  local out = { "got (+) isn't want (-), from line " .. first .. " on:" }
  for i = first, math.min(#b - last, first + most) do
    out[#out + 1] = "  - " .. b[i]
  end
  for i = first, math.min(#a - last, first + most) do
    out[#out + 1] = "  + " .. a[i]
  end
  return table.concat(out, "\n")
end

-- shown is one difference as a message has it.
local function shown(difference)
  local path, got, want = unpack(difference, 1, 3)
  local text = path == "" and "" or "at " .. path:sub(2) .. ": "
  if type(got) == "string" and type(want) == "string" and (got .. want):find("\n") then
    return text .. unlike(got, want)
  end
  return text .. "got " .. show(got) .. ", want " .. show(want)
end

-- with is the end of a message that the test adds something to.
local function with(message) return message and ": " .. tostring(message) or "" end

-- compare fails where two values differ, and tells whether they don't.
local function compare(got, want, strict, message)
  if type(want) == "table" and type(got) == "userdata" then
    got = kube.totable(got)
  end
  local list = differences(got, want, strict, "", {})
  if #list == 1 then
    suite.fail(shown(list[1]) .. with(message))
  elseif #list > 1 then
    local out = { "got isn't want" .. with(message) .. ":" }
    for i = 1, math.min(#list, most) do
      out[#out + 1] = "  " .. shown(list[i])
    end
    if #list > most then
      out[#out + 1] = "  and more"
    end
    suite.fail(table.concat(out, "\n"))
  end
  return #list == 0
end

local function find(text, want)
  if text:find(want, 1, true) then
    return true
  end
  local ok, found = pcall(string.find, text, want)
  return ok and found ~= nil
end

function T:eq(got, want, message) return compare(got, want, false, message) end

function T:same(got, want, message) return compare(got, want, true, message) end

function T:ne(got, other)
  if got == other then
    suite.fail("got " .. show(got) .. ", want something else")
  end
end

function T:ok(value, message)
  if not value then
    suite.fail("got " .. show(value) .. ", want it true" .. with(message))
  end
end

function T:match(text, pattern)
  if type(text) ~= "string" or not find(text, pattern) then
    suite.fail("got " .. show(text) .. ", want it to hold " .. show(pattern))
  end
end

function T:raises(want, fn, ...)
  local results = table.pack(pcall(fn, ...))
  local err = results[2]
  if results[1] then
    suite.fatal("got no error but " .. show(err) .. ", want " .. want)
  elseif kinds[want] then
    if not kube.is(err, "KubeError") or err.type ~= want then
      suite.fatal("got " .. (kube.is(err, "KubeError") and err.type .. ": " or "") .. tostring(err) .. ", want " .. want)
    end
  elseif not find(tostring(err), want) then
    suite.fatal("got the error " .. show(tostring(err)) .. ", want one that holds " .. show(want))
  end
  return err
end

-- fails is what a line with --> error: becomes.
function T:fails(want, fn)
  local here = suite.here()
  local ok, err = pcall(fn)
  if ok then
    suite.fail("got no error, want " .. show(want))
  elseif kube.is(err, "KubeError") then
    if err.where ~= here then
      suite.fail("got an error at " .. tostring(err.where) .. ", want it at " .. here .. ": " .. tostring(err))
    end
  elseif type(err) ~= "string" or err:sub(1, #here + 2) ~= here .. ": " then
    suite.fail("got the error " .. show(err) .. ", want it to start with " .. here)
  end
  if not ok and not find(tostring(err), want) then
    suite.fail("got the error " .. show(tostring(err)) .. ", want one that holds " .. show(want))
  end
end

function T:fail(message) suite.fatal(message) end

function T:skip(reason) suite.skip(reason or "") end

function T:log(...)
  local parts = {}
  for i = 1, select("#", ...) do
    parts[i] = tostring((select(i, ...)))
  end
  suite.log(table.concat(parts, "\t"))
end

-- Waits get longer up to this, in seconds.
local longest = 0.2

function T:eventually(fn, options)
  local timeout = suite.seconds(type(options) == "table" and options.timeout or options, 60)
  for key in pairs(type(options) == "table" and options or {}) do
    if key ~= "timeout" then
      error("unknown option " .. tostring(key) .. " (known: timeout)", 2)
    end
  end
  local ends, pause, err = suite.elapsed() + timeout, 0.02, nil
  repeat
    local ok, value = pcall(fn)
    if ok and value then
      return value
    elseif not ok and not kube.is(value, "LookupError") and not kube.is(value, "StatusError") then
      error(value, 0)
    end
    err = not ok and value or nil
    suite.pause(pause)
    pause = math.min(pause * 1.5, longest)
  until suite.elapsed() > ends
  suite.fatal("waited " .. timeout .. " seconds in vain" .. with(err))
end

local deferred = {}

function T:defer(fn) deferred[#deferred + 1] = fn end

function T:clock(time)
  suite.set(type(time) == "string" and kube.time(time) or time)
  return {
    advance = function(_, duration) suite.advance(duration) end,
    now = function() return kube.now() end,
    set = function(_, new) suite.set(type(new) == "string" and kube.time(new) or new) end,
  }
end

function T:create(data)
  return cluster:create(data, { namespace = self.namespace })
end

-- found is the object that some data names, if it is there.
local function found(data)
  local ok, item = pcall(function()
    local meta = data.metadata
    local view = cluster:view { api_version = data.apiVersion, kind = data.kind }
    return view:find(meta.name, meta.namespace and { namespace = meta.namespace } or nil)
  end)
  return ok and item
end

-- remove deletes an object, which may be gone. The next test that applies it finds
-- nothing of it, unless something holds it up.
local function remove(item)
  local ok, err = pcall(item.delete, item, { wait = "10s" })
  if not ok and not kube.is(err, "LookupError") and not kube.is(err, "TimeoutError") then
    error(err, 0)
  end
end

-- key names an object among those of all tests.
local function key(data)
  local meta = data.metadata or {}
  return table.concat({ tostring(data.apiVersion), tostring(data.kind), meta.namespace or "", meta.name or "" }, "/")
end

function T:apply(fixture)
  if type(fixture) == "string" and not fixture:find("\n") and (fixture:find("%.ya?ml$") or fixture:find("%.json$")) then
    fixture = suite.read(fixture)
  end
  local namespace = self.namespace
  local single = type(fixture) == "table" and fixture.kind
  if single then
    fixture = { fixture } -- of a list those that live in namespaces go to this one
  end
  -- What stands outside of the namespace isn't gone with it.
  for _, data in ipairs(type(fixture) == "string" and kube.parse(fixture) or fixture) do
    suite.hold(key(data), function() return found(data) end)
    self:defer(function()
      suite.leave(key(data), function()
        local item = found(data)
        if item and item.meta.namespace ~= namespace then
          remove(item)
        end
      end)
    end)
  end
  local applied = cluster:apply(fixture, { namespace = namespace })
  return single and applied[1] or applied
end

function T:run(script, ...)
  return suite.run(script, ...)
end

local t = setmetatable({}, {
  __index = function(self, key)
    if key == "namespace" then
      local namespace = suite.namespace()
      rawset(self, key, namespace)
      return namespace
    elseif T[key] == nil then
      error("t has no " .. tostring(key), 2)
    end
    return T[key]
  end,
})

-- call calls a global function of the test's file with t, if there is one.
local function call(name)
  local fn = rawget(_G, name)
  if fn ~= nil then
    fn(t)
  end
end

return {
  methods = T,
  t = t,
  run = function(name)
    call("setup")
    call(name)
    suite.done()
  end,
  finish = function()
    t:defer(function() call("teardown") end)
    for i = #deferred, 1, -1 do
      local ok, err = pcall(deferred[i])
      if not ok then
        suite.fail(tostring(err))
      end
    end
  end,
}
