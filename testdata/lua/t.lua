-- What a test function gets as t. The harness runs this file before the test
-- file; its global suite is what only Go can do for a test.
--
--   t.namespace                 a namespace of the test's own, made on first use
--   t.kubeconfig                path of the administrator's kubeconfig
--   t:eq(got, want)             equal; tables member by member
--   t:ne(got, other)            not equal
--   t:same(got, want)           equal, and {} is not []
--   t:ok(value, [message])      neither false nor nil
--   t:match(text, pattern)      holds the text or matches the pattern
--   t:raises(want, fn, ...)     fn raises an error of that kind, or one whose
--                               text holds want or matches it; returns the error
--   t:eventually(fn, [seconds]) waits until fn returns something true; returns it
--   t:create(data)              creates an object in t.namespace
--   t:defer(fn)                 calls fn when the test ends, however it ends
--   t.here()                    the line that calls it, "file:line"
--   t.kubectl(...)              what kubectl prints; raises where it fails
--   t.file(text)                path of a file with that text
--   t.proxy([base])             address of a `kubectl proxy` of the test's own,
--                               which serves below the path base
--   t.cut(), t.mend()           end that proxy, and start it again where it was
--   t.printed()                 what was printed so far
--   t.configmaps(n)             makes n ConfigMaps c0001, c0002, ... at once
--   t.many(n, version, kind)    the same of another kind
--   t.boxes()                   the view of t.namespace on a kind that keeps what
--                               it is given: Box of suite.example.com/v1
--
-- A line that ends in --> error: "pattern" must raise there. The rest of the
-- line is a statement of its own.
--
-- eq, ne, same, ok and match report and go on; the others end the test.

local suite = suite

local kinds = {
  APIError = true, KubeError = true, LookupError = true, NamespaceError = true,
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

-- difference returns where two values differ first, and how; nil where they
-- don't.
local function difference(got, want, strict, path)
  if type(got) ~= "table" or type(want) ~= "table" then
    if got ~= want then
      return path, got, want
    end
    return nil
  end
  if strict and getmetatable(got) ~= getmetatable(want) then
    return path, got, want
  end
  for key, member in pairs(want) do
    local at, a, b = difference(got[key], member, strict, path .. "." .. tostring(key))
    if at then
      return at, a, b
    end
  end
  for key, member in pairs(got) do
    if want[key] == nil then
      return path .. "." .. tostring(key), member, nil
    end
  end
end

local function compare(got, want, strict)
  if type(want) == "table" and type(got) == "userdata" then
    got = kube.totable(got)
  end
  local at, a, b = difference(got, want, strict, "")
  if at then
    suite.fail((at == "" and "" or "at " .. at:sub(2) .. ": ") .. "got " .. show(a) .. ", want " .. show(b))
  end
  return not at
end

local function find(text, want)
  if text:find(want, 1, true) then
    return true
  end
  local ok, found = pcall(string.find, text, want)
  return ok and found ~= nil
end

local T = {
  kubeconfig = suite.kubeconfig,
  kubectl = suite.kubectl, file = suite.file, proxy = suite.proxy, cut = suite.cut, mend = suite.mend,
  printed = suite.printed, here = suite.where,
}

function T:eq(got, want) return compare(got, want, false) end

function T:same(got, want) return compare(got, want, true) end

function T:ne(got, other)
  if got == other then
    suite.fail("got " .. show(got) .. ", want something else")
  end
end

function T:ok(value, message)
  if not value then
    suite.fail("got " .. show(value) .. ", want it true" .. (message and ": " .. message or ""))
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
  local here = suite.where()
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

function T:eventually(fn, seconds)
  seconds = seconds or 60
  local deadline = kube.now() + seconds
  repeat
    local value = fn()
    if value then
      return value
    end
    suite.pause()
  until kube.now() > deadline
  suite.fatal("waited " .. seconds .. " seconds in vain")
end

function T:create(data)
  return cluster:create(data, {namespace = self.namespace})
end

function T.many(n, version, kind) suite.many(t.namespace, n, version, kind) end

function T.configmaps(n) T.many(n, "v1", "ConfigMap") end

function T.boxes()
  suite.boxes()
  return cluster.boxes:namespaced(t.namespace)
end

local deferred = {}

function T:defer(fn) deferred[#deferred + 1] = fn end

-- finish is called by the harness when the test has ended.
function T:finish()
  for i = #deferred, 1, -1 do
    deferred[i]()
  end
end

t = setmetatable({}, {__index = function(self, key)
  if key == "namespace" then
    self.namespace = suite.namespace()
    return self.namespace
  end
  if T[key] == nil then
    error("t has no " .. tostring(key), 2)
  end
  return T[key]
end})
