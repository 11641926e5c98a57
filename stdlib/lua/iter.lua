-- Lazy steps over anything that can be looped over. An element is one value or
-- two, as pairs gives them; a step does nothing before an element is asked for,
-- and what is asked for no more is left unread.

local lib = ...

local Iter = { __name = "iter.Iter", __metatable = "iter" }

-- new makes an iterator of a function that returns the next element, nil at the
-- end. It isn't called again after that.
local function new(step)
  local ended = false
  return setmetatable({ step = function()
    if ended then
      return nil
    end
    local a, b = step()
    ended = a == nil
    return a, b
  end }, Iter)
end

-- start makes an iterator over what a loop could be over.
local function start(x, state, control)
  if type(x) == "table" and rawget(x, "step") and getmetatable(x) == "iter" then
    return x
  end
  local fn, b
  fn, state, control = lib.iterator(x, state, control)
  return new(function()
    control, b = fn(state, control)
    return control, b
  end)
end

-- callable checks that an argument of a method can be called.
local function callable(fn, method)
  if type(fn) ~= "function" then
    lib.invalid("iter:" .. method .. ": want a function, not " .. type(fn))
  end
  return fn
end

-- number checks that an argument of a method is a whole number.
local function number(n, method, least)
  if type(n) ~= "number" or n < least or n ~= math.floor(n) then
    lib.invalid("iter:" .. method .. ": want a whole number from " .. least .. ", not " .. tostring(n))
  end
  return n
end

-- getter makes a function of a key: a function, or the name of a field, where
-- dots go deeper. Without one it is the element itself.
local function getter(key, method)
  if key == nil then
    return function(a)
      return a
    end
  elseif type(key) ~= "string" then
    return callable(key, method)
  end
  local names = {}
  for name in key:gmatch("[^.]+") do
    table.insert(names, name)
  end
  return function(a)
    for _, name in ipairs(names) do
      if a == nil then
        return nil
      end
      a = a[name]
    end
    return a
  end
end

-- sure is a getter that gives each element a key.
local function sure(key, method)
  local get = getter(key, method)
  return function(a, b)
    local k = get(a, b)
    if k == nil then
      lib.invalid("iter:" .. method .. ": the key of an element is nil")
    end
    return k
  end
end

local methods = {}

function methods.map(step, fn)
  callable(fn, "map")
  return new(function()
    while true do
      local a, b = step()
      if a == nil then
        return nil
      end
      local x, y = fn(a, b)
      if x ~= nil then
        return x, y
      end
    end
  end)
end

function methods.filter(step, fn)
  callable(fn, "filter")
  return new(function()
    while true do
      local a, b = step()
      if a == nil or fn(a, b) then
        return a, b
      end
    end
  end)
end

function methods.flat_map(step, fn)
  callable(fn, "flat_map")
  local inner
  return new(function()
    while true do
      if inner then
        local x, y = inner()
        if x ~= nil then
          return x, y
        end
      end
      local a, b = step()
      if a == nil then
        return nil
      end
      local x = fn(a, b)
      inner = x ~= nil and start(x).step or nil
    end
  end)
end

function methods.take(step, n)
  number(n, "take", 0)
  local taken = 0
  return new(function()
    if taken == n then
      return nil
    end
    taken = taken + 1
    return step()
  end)
end

function methods.skip(step, n)
  number(n, "skip", 0)
  return new(function()
    while n > 0 do
      n = n - 1
      if step() == nil then
        return nil
      end
    end
    return step()
  end)
end

function methods.take_while(step, fn)
  callable(fn, "take_while")
  return new(function()
    local a, b = step()
    if a ~= nil and fn(a, b) then
      return a, b
    end
  end)
end

function methods.skip_while(step, fn)
  callable(fn, "skip_while")
  local skipping = true
  return new(function()
    local a, b = step()
    while skipping and a ~= nil and fn(a, b) do
      a, b = step()
    end
    skipping = false
    return a, b
  end)
end

function methods.enumerate(step)
  local n = 0
  return new(function()
    local a = step()
    if a ~= nil then
      n = n + 1
      return n, a
    end
  end)
end

function methods.zip(step, other)
  local second = start(other).step
  return new(function()
    local a = step()
    if a == nil then
      return nil
    end
    local b = second()
    if b ~= nil then
      return a, b
    end
  end)
end

function methods.concat(step, other)
  local rest
  return new(function()
    if not rest then
      local a, b = step()
      if a ~= nil then
        return a, b
      end
      rest = start(other).step
    end
    return rest()
  end)
end

function methods.chunk(step, n)
  number(n, "chunk", 1)
  return new(function()
    local list = {}
    while #list < n do
      local a = step()
      if a == nil then
        break
      end
      table.insert(list, a)
    end
    if #list > 0 then
      return list
    end
  end)
end

function methods.uniq(step, key)
  local get, seen = sure(key, "uniq"), {}
  return new(function()
    while true do
      local a, b = step()
      if a == nil then
        return nil
      end
      local k = get(a, b)
      if not seen[k] then
        seen[k] = true
        return a, b
      end
    end
  end)
end

-- collected is the list of the first values of all elements.
local function collected(step)
  local list = {}
  for a in step do
    table.insert(list, a)
  end
  return list
end

function methods.sort_by(step, key, options)
  local get, sorted, at = getter(key, "sort_by"), nil, 0
  local descending = options and options.descending
  for name in pairs(options or {}) do
    if name ~= "descending" then
      lib.invalid("unknown option " .. tostring(name) .. lib.suggest(tostring(name), { "descending" }))
    end
  end
  return new(function()
    if not sorted then
      sorted = {}
      for a, b in step do
        table.insert(sorted, { a = a, b = b, key = get(a, b), at = #sorted })
      end
      table.sort(sorted, function(x, y)
        if x.key == y.key then
          return x.at < y.at
        elseif descending then
          return y.key < x.key
        end
        return x.key < y.key
      end)
    end
    at = at + 1
    if sorted[at] then
      return sorted[at].a, sorted[at].b
    end
  end)
end

function methods.collect(step)
  return collected(step)
end

function methods.to_map(step)
  local map = {}
  for k, v in step do
    map[k] = v
  end
  return map
end

function methods.to_set(step)
  return require("set").new(collected(step))
end

function methods.group_by(step, key)
  local get, groups = sure(key, "group_by"), {}
  for a, b in step do
    local k = get(a, b)
    groups[k] = groups[k] or {}
    table.insert(groups[k], a)
  end
  return groups
end

function methods.count_by(step, key)
  local get, counts = sure(key, "count_by"), {}
  for a, b in step do
    local k = get(a, b)
    counts[k] = (counts[k] or 0) + 1
  end
  return counts
end

function methods.partition(step, fn)
  callable(fn, "partition")
  local yes, no = {}, {}
  for a, b in step do
    table.insert(fn(a, b) and yes or no, a)
  end
  return yes, no
end

function methods.reduce(step, fn, value)
  callable(fn, "reduce")
  for a, b in step do
    if value == nil then
      value = a
    else
      value = fn(value, a, b)
    end
  end
  return value
end

function methods.count(step, fn)
  local n = 0
  for a, b in step do
    if not fn or fn(a, b) then
      n = n + 1
    end
  end
  return n
end

function methods.sum(step, key)
  local get, sum = getter(key, "sum"), nil
  for a, b in step do
    local value = get(a, b)
    if value ~= nil then
      sum = sum and sum + value or value
    end
  end
  return sum or 0
end

-- most makes a method that finds the element whose key stands before all others.
local function most(method, before)
  return function(step, key)
    local get, found, other, best = getter(key, method), nil, nil, nil
    for a, b in step do
      local k = get(a, b)
      if k ~= nil and (best == nil or before(k, best)) then
        found, other, best = a, b, k
      end
    end
    return found, other
  end
end

methods.min_by = most("min_by", function(a, b)
  return a < b
end)

methods.max_by = most("max_by", function(a, b)
  return b < a
end)

function methods.any(step, fn)
  callable(fn, "any")
  for a, b in step do
    if fn(a, b) then
      return true
    end
  end
  return false
end

function methods.all(step, fn)
  callable(fn, "all")
  for a, b in step do
    if not fn(a, b) then
      return false
    end
  end
  return true
end

function methods.first(step, fn)
  for a, b in step do
    if not fn or fn(a, b) then
      return a, b
    end
  end
end

function methods.last(step)
  local a, b
  for x, y in step do
    a, b = x, y
  end
  return a, b
end

function methods.each(step, fn)
  callable(fn, "each")
  for a, b in step do
    fn(a, b)
  end
end

function methods.join(step, separator)
  local texts = {}
  for a in step do
    table.insert(texts, tostring(a))
  end
  return table.concat(texts, separator or ", ")
end

local bound = {}
for name, method in pairs(methods) do
  bound[name] = function(self, ...)
    if type(self) ~= "table" or getmetatable(self) ~= "iter" then
      lib.invalid("iter:" .. name .. ": the iterator before it is missing (call it with a colon)")
    end
    return method(self.step, ...)
  end
end

function Iter.__index(_, name)
  if bound[name] then
    return bound[name]
  end
  local known = {}
  for method in pairs(bound) do
    table.insert(known, method)
  end
  lib.invalid("an iterator has no \"" .. tostring(name) .. "\"" .. lib.suggest(tostring(name), known))
end

function Iter.__iter(self)
  return self.step
end

function Iter.__tostring()
  return "iterator"
end

local iter = {}

function iter.range(first, last, by)
  by = by or 1
  if type(first) ~= "number" or last ~= nil and type(last) ~= "number" or type(by) ~= "number" or by == 0 then
    lib.invalid("iter.range: want numbers, and a step other than 0")
  end
  local at = first - by
  return new(function()
    at = at + by
    if last == nil or by > 0 and at <= last or by < 0 and at >= last then
      return at
    end
  end)
end

return setmetatable(iter, {
  __call = function(_, ...)
    return start(...)
  end,
})
