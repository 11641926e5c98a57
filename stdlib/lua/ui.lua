-- What a script shows to whoever sits at the terminal, and asks. Nothing of it is
-- shown where stderr is no terminal; stdout is the script's.

local lib = ...

local task = require "task"
local human, now = require("time").human, require("time").now

local ui = {}

-- options checks a table of options.
local function options(given, known)
  given = given or {}
  if type(given) ~= "table" then
    lib.invalid("options must be a table, not " .. type(given))
  end
  for name in pairs(given) do
    local found = false
    for _, other in ipairs(known) do
      found = found or other == name
    end
    if not found then
      lib.invalid("unknown option " .. tostring(name) .. lib.suggest(tostring(name), known))
    end
  end
  return given
end

-- bar is a bar of so many characters, of which a share is full.
local function bar(share)
  local width = 30
  local full = math.floor(width * math.min(share, 1))
  return "[" .. ("="):rep(full) .. (full < width and ">" or "") .. (" "):rep(width - full - 1) .. "]"
end

local Progress = { __name = "ui.Progress", __metatable = "progress" }
Progress.__index = Progress

-- show draws how far it is.
function Progress:show()
  if self.ended then
    return
  end
  local text = self.label and self.label .. " " or ""
  if self.total then
    local share = self.total > 0 and self.count / self.total or 1
    text = text .. bar(share) .. string.format(" %d/%d %3d%%", self.count, self.total, math.floor(share * 100))
  else
    text = text .. self.count
  end
  local took = now() - self.began
  if took >= 1 then
    text = text .. " " .. human(took)
  end
  lib.status(text)
end

function Progress:add(n)
  self.count = self.count + (n or 1)
  self:show()
  return self
end

function Progress:set(n)
  self.count = n
  self:show()
  return self
end

function Progress:close()
  self.ended = true
  lib.status("")
end

function ui.progress(given)
  given = options(given, { "label", "total" })
  if given.total ~= nil and type(given.total) ~= "number" then
    lib.invalid("option total must be a number, not " .. type(given.total))
  end
  local progress = setmetatable({ count = 0, total = given.total, label = given.label, began = now() }, Progress)
  progress:show()
  return progress
end

function ui.track(over, given)
  local step, state, control = lib.iterator(over)
  given = options(given, { "label", "total" })
  local total = given.total
  if not total and type(over) == "table" and not getmetatable(over) then
    total = #over
  end
  local progress
  return function()
    progress = progress and progress:add() or ui.progress { label = given.label, total = total }
    local second
    control, second = step(state, control)
    if control == nil then
      progress:close()
    end
    return control, second
  end
end

function ui.spinner(label, fn, ...)
  if type(fn) ~= "function" then
    lib.invalid("ui.spinner: want a function, not " .. type(fn))
  end
  local began = now()
  local spinning = task.spawn(function()
    local frames, n = { "|", "/", "-", "\\" }, 0
    while true do
      n = n % #frames + 1
      local took = now() - began
      lib.status(frames[n] .. " " .. tostring(label) .. (took >= 1 and " " .. human(took) or ""))
      task.sleep(0.12)
    end
  end)
  local results = table.pack(pcall(fn, ...))
  spinning:cancel()
  lib.status("")
  if not results[1] then
    error(results[2], 0)
  end
  return unpack(results, 2, results.n)
end

-- answer asks for a line; nil where the input ends.
local function answer(question)
  lib.status("")
  io.stderr:write(question)
  local line = io.stdin:read("*l")
  if line == nil then
    io.stderr:write("\n")
  end
  return line
end

function ui.confirm(question, given)
  given = options(given, { "default" })
  if not lib.attended() then
    return given.default == true
  end
  while true do
    local line = answer(tostring(question) .. (given.default and " [Y/n] " or " [y/N] "))
    local word = line and line:lower():match("^%s*(.-)%s*$")
    if word == nil then
      return false
    elseif word == "" then
      return given.default == true
    elseif word == "y" or word == "yes" then
      return true
    elseif word == "n" or word == "no" then
      return false
    end
  end
end

-- unanswered is what is taken where nobody can be asked.
local function unanswered(question, default)
  if default == nil then
    lib.invalid("nobody is there to answer " .. string.format("%q", tostring(question)) .. ": stdin is no terminal, and there is no default")
  end
  return default
end

function ui.ask(question, given)
  given = options(given, { "default" })
  if not lib.attended() then
    return unanswered(question, given.default)
  end
  local line = answer(tostring(question) .. (given.default and " [" .. tostring(given.default) .. "] " or " "))
  if line == nil or line == "" then
    return given.default
  end
  return line
end

function ui.select(question, choices, given)
  given = options(given, { "default" })
  if not lib.attended() then
    return unanswered(question, given.default)
  end
  for i, choice in ipairs(choices) do
    io.stderr:write(string.format("%3d  %s\n", i, tostring(choice)))
  end
  while true do
    local line = answer(tostring(question) .. (given.default and " [" .. tostring(given.default) .. "] " or " "))
    if line == nil then
      return given.default
    elseif line == "" and given.default ~= nil then
      return given.default
    end
    for i, choice in ipairs(choices) do
      if tonumber(line) == i or line == tostring(choice) then
        return choice
      end
    end
  end
end

return ui
