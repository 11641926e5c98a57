-- retry(fn, options) calls fn until it doesn't raise.

local lib = ...

local task = require "task"

-- The options and what they are where they aren't given.
local defaults = { attempts = 5, first = 1, factor = 2, max = 60, jitter = 0.2 }

-- seconds is a duration as a number.
local function seconds(value, name)
  local ok, duration = pcall(require("time").duration, value)
  if not ok then
    lib.invalid("retry: option " .. name .. ": " .. tostring(duration))
  end
  return duration.seconds
end

-- checked is the options with those that aren't given.
local function checked(options)
  local all = {}
  for name, value in pairs(defaults) do
    all[name] = value
  end
  for name, value in pairs(options or {}) do
    if defaults[name] == nil and name ~= "on" then
      lib.invalid("unknown option " .. tostring(name)
        .. lib.suggest(tostring(name), { "attempts", "factor", "first", "jitter", "max", "on" }))
    end
    all[name] = value
  end
  if type(all.attempts) ~= "number" or all.attempts < 1 then
    lib.invalid("retry: option attempts must be a number from 1, not " .. tostring(all.attempts))
  elseif type(all.factor) ~= "number" or all.factor < 1 then
    lib.invalid("retry: option factor must be a number from 1, not " .. tostring(all.factor))
  elseif type(all.jitter) ~= "number" or all.jitter < 0 or all.jitter > 1 then
    lib.invalid("retry: option jitter must be a number from 0 to 1, not " .. tostring(all.jitter))
  elseif all.on ~= nil and type(all.on) ~= "function" then
    lib.invalid("retry: option on must be a function, not " .. type(all.on))
  end
  all.first, all.max = seconds(all.first, "first"), seconds(all.max, "max")
  return all
end

local function retry(fn, options)
  if type(fn) ~= "function" then
    lib.invalid("retry: want a function, not " .. type(fn))
  end
  local o = checked(options)
  local pause, attempt = o.first, 1
  while true do
    local results = table.pack(pcall(fn, attempt))
    if results[1] then
      return unpack(results, 2, results.n)
    end
    local err = results[2]
    if attempt >= o.attempts or o.on and o.on(err, attempt) == false then
      error(err, 0)
    end
    -- Those that failed together don't come back together.
    task.sleep(math.min(pause, o.max) * (1 - o.jitter * math.random()))
    pause, attempt = math.min(pause * o.factor, o.max), attempt + 1
  end
end

return setmetatable({}, {
  __call = function(_, ...)
    return retry(...)
  end,
})
