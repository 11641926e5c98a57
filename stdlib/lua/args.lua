-- Declared options of a script, read from its arguments.

local lib = ...

local args = {}

--- Ends the script because it was called wrongly.
function args.fail(message)
  io.stderr:write(arg and arg[0] or "kubelua", ": ", tostring(message), " (--help shows the usage)\n")
  os.exit(2)
end

--- Calls fn and returns what it returns. A ValueError, which means that an
--- argument can't be used, ends the script as one that was called wrongly.
function args.check(fn, ...)
  local results = table.pack(pcall(fn, ...))
  local err = results[2]
  if results[1] then
    return unpack(results, 2, results.n)
  elseif type(err) == "userdata" and getmetatable(err) == "error" and err.type == "ValueError" then
    args.fail(err.message)
  end
  error(err, 0)
end

-- What texts of the types are made into; nil and why where that can't be.
local types = {}

function types.string(text)
  return text
end

function types.number(text)
  local n = tonumber(text)
  if n and n == n and math.abs(n) < math.huge and not text:find("^%s*[-+]?0[xX]") then
    return n
  end
  return nil, "want a number"
end

function types.integer(text)
  local n = types.number(text)
  if n and n == math.floor(n) then
    return n
  end
  return nil, "want a whole number"
end

local truth = { ["true"] = true, yes = true, on = true, ["false"] = false, no = false, off = false }

function types.bool(text)
  local value = truth[text:lower()]
  if value == nil then
    return nil, "want true or false"
  end
  return value
end

-- parsed calls a function that raises for a text that isn't one.
local function parsed(fn, text)
  local ok, value = pcall(fn, text)
  if ok then
    return value
  end
  return nil, type(value) == "userdata" and value.message or tostring(value)
end

function types.duration(text)
  return parsed(require("time").duration, text), 'want a duration like "90s", "5m" or "2d"'
end

function types.quantity(text)
  return parsed(require("quantity").parse, text), 'want a quantity like "250m" or "1Gi"'
end

function types.time(text)
  return parsed(require("time").parse, text), "want a time like 2026-03-01T12:00:00Z"
end

function types.list(text)
  local list = {}
  for part in (text .. ","):gmatch("([^,]*),") do
    if part ~= "" then
      table.insert(list, part)
    end
  end
  return list
end

-- A selector is checked by a view, which asks no server for that.
function types.selector(text)
  local ok, err = pcall(function()
    return cluster.pods:filter { labels = text }
  end)
  if not ok and kube.is(err, "ValueError") then
    return nil, err.message
  end
  return text
end

local optionFields = {
  "choices", "default", "help", "many", "max", "min", "name", "required", "type", "value",
}

local wordFields = { "choices", "help", "many", "max", "min", "name", "optional", "type" }

-- known raises where a table has a field that it may not have.
local function known(t, names, what)
  local set = {}
  for _, name in ipairs(names) do
    set[name] = true
  end
  for name in pairs(t) do
    if type(name) == "string" and not set[name] then
      lib.invalid("args: unknown field " .. name .. " of " .. what .. lib.suggest(name, names))
    end
  end
end

-- keyOf is the field of the result that an option or word has.
local function keyOf(name)
  return (name:gsub("^%-+", ""):gsub("[^%w]", "_"):lower())
end

-- prepared checks the declaration of an option or word, and completes it.
local function prepared(row, what)
  row.many = row.many or row.type == "list" and what:sub(1, 1) == "-"
  if row.type and not types[row.type] then
    local names = {}
    for name in pairs(types) do
      table.insert(names, name)
    end
    lib.invalid("args: unknown type " .. tostring(row.type) .. " of " .. what .. lib.suggest(tostring(row.type), names))
  end
  return row
end

-- declared reads a declaration: the options by each of their names, in order, and
-- the words.
local function declared(spec)
  known(spec, { "about", "examples", "usage", "words" }, "the declaration")
  local options, byName, words = {}, {}, {}
  for _, row in ipairs(spec) do
    local long = row[1]
    if type(long) ~= "string" or not long:find("^%-%-%w") then
      lib.invalid("args: an option begins with its long name, as in { \"--selector\", \"-l\" }, not " .. tostring(long))
    elseif row[2] and not row[2]:find("^%-[%w]$") then
      lib.invalid("args: the short name of " .. long .. " must be like -x, not " .. tostring(row[2]))
    end
    known(row, optionFields, long)
    local option = {}
    for name, value in pairs(row) do
      option[name] = value
    end
    option.key = row.name or keyOf(long)
    option.long, option.short = long, row[2]
    option.switch = not (row.type or row.value or row.choices)
    option.type = option.type or "string"
    if not option.switch then
      option.value = row.value or row.choices and table.concat(row.choices, "|") or option.type:upper()
    end
    prepared(option, long)
    for _, name in ipairs { long, row[2] } do
      if byName[name] or name == "--help" or name == "-h" then
        lib.invalid("args: the option " .. name .. " is there twice")
      end
      byName[name] = option
    end
    table.insert(options, option)
  end
  for i, row in ipairs(spec.words or {}) do
    local word = type(row) == "string" and { row } or row
    known(word, wordFields, tostring(word[1]))
    word = prepared({
      title = word[1], key = word.name or keyOf(word[1]), help = word.help, type = word.type or "string", optional = word.optional,
      many = word.many, choices = word.choices, min = word.min, max = word.max,
    }, word[1])
    if words[i - 1] and (words[i - 1].many or words[i - 1].optional and not word.optional) then
      lib.invalid("args: nothing can follow the word " .. words[i - 1].title)
    end
    words[i] = word
  end
  return options, byName, words
end

-- converted is a text as a value of the type of its option or word.
local function converted(row, text, name)
  if row.choices then
    for _, choice in ipairs(row.choices) do
      if choice == text then
        return text
      end
    end
    args.fail(string.format("%s: %q is none of %s%s", name, text, table.concat(row.choices, ", "), ""))
  end
  local value, why = types[row.type](text)
  if value == nil then
    args.fail(string.format("%s: %q can't be used: %s", name, text, why))
  elseif row.min and value < row.min then
    args.fail(string.format("%s: %s is too small (the least is %s)", name, text, row.min))
  elseif row.max and value > row.max then
    args.fail(string.format("%s: %s is too large (the most is %s)", name, text, row.max))
  end
  return value
end

-- signature is how a word stands in the usage.
local function signature(word)
  local text = word.title .. (word.many and "..." or "")
  return word.optional and "[" .. text .. "]" or text
end

-- usage is the text of --help.
local function usage(spec, options, words)
  local lines, rows = {}, {}
  if spec.about then
    table.insert(lines, (spec.about:gsub("^%s+", ""):gsub("%s+$", "")))
    table.insert(lines, "")
  end
  local call = { (arg and arg[0] or "SCRIPT"):match("[^/\\]+$") }
  for _, word in ipairs(words) do
    table.insert(call, signature(word))
    if word.help then
      table.insert(rows, { word.title, word.help })
    end
  end
  table.insert(call, "[options]")
  table.insert(lines, "usage: kubelua " .. (spec.usage or table.concat(call, " ")))
  table.insert(lines, "")
  for _, o in ipairs(options) do
    local name = (o.short and o.short .. ", " or "    ") .. (o.switch and o.default == true and "--no-" .. o.long:sub(3) or o.long)
    if not o.switch then
      name = name .. " " .. o.value
    end
    local help = o.help or ""
    if o.default ~= nil and not o.switch then
      help = help .. (help == "" and "" or " ") .. "(default " .. tostring(o.default) .. ")"
    elseif o.required then
      help = help .. (help == "" and "" or " ") .. "(required)"
    end
    table.insert(rows, { name, help })
  end
  table.insert(rows, { "-h, --help", "show this" })
  local width = 0
  for _, row in ipairs(rows) do
    width = math.max(width, lib.columns(row[1]))
  end
  for _, row in ipairs(rows) do
    local indent = "\n" .. (" "):rep(width + 4)
    local line = "  " .. row[1] .. (" "):rep(width - lib.columns(row[1])) .. "  " .. row[2]:gsub("%s*\n%s*", indent)
    table.insert(lines, (line:gsub("%s+$", "")))
  end
  if spec.examples then
    table.insert(lines, "")
    table.insert(lines, "examples:")
    for _, example in ipairs(spec.examples) do
      table.insert(lines, "  " .. example)
    end
  end
  return table.concat(lines, "\n")
end

-- Result of reading: the values by their keys.
local Reader = {}
Reader.__index = Reader

-- set notes the value of an option.
function Reader:set(option, name, text)
  local value = option.switch or converted(option, text, name)
  if not option.many then
    self.found[option.key] = value
    return
  end
  local list = self.given[option.key] and self.found[option.key] or {}
  for _, v in ipairs(option.type == "list" and value or { value }) do
    table.insert(list, v)
  end
  self.found[option.key], self.given[option.key] = list, true
end

-- option finds the option of a name, or ends the script.
function Reader:option(name)
  local option = self.byName[name]
  if not option then
    local names = { "--help" }
    for known in pairs(self.byName) do
      if known:sub(1, 2) == "--" then
        table.insert(names, known)
      end
    end
    args.fail("unknown option " .. name .. lib.suggest(name, names))
  end
  return option
end

-- value is what follows an option: what is written to it, or the next word.
function Reader:value(option, name, attached)
  if attached == nil then
    self.at = self.at + 1
    attached = self.argv[self.at]
  end
  if attached == nil or attached == "" then
    args.fail(name .. " needs a " .. option.value)
  end
  return attached
end

-- long reads --name, --name=VALUE, --name VALUE or --no-name.
function Reader:long(word)
  local name, attached = word:match("^(%-%-[^=]+)=(.*)$")
  name = name or word
  local positive = self.byName["--" .. name:sub(6)]
  if name:sub(1, 5) == "--no-" and not self.byName[name] and positive and positive.switch then
    if attached then
      args.fail(name .. " takes no value")
    end
    self.found[positive.key] = false
    return
  end
  local option = self:option(name)
  if not option.switch then
    self:set(option, name, self:value(option, name, attached))
  elseif attached and truth[attached:lower()] == nil then
    args.fail(name .. " takes no value but true or false")
  else
    self.found[option.key] = not attached or truth[attached:lower()]
  end
end

-- short reads -x, -xVALUE, -x VALUE or several switches in one word.
function Reader:short(word)
  for i = 2, #word do
    local name = "-" .. word:sub(i, i)
    if name == "-h" then
      self.help()
    end
    local option = self:option(name)
    if not option.switch then
      local attached = word:sub(i + 1):gsub("^=", "")
      self:set(option, name, self:value(option, name, i < #word and attached or nil))
      return
    end
    self:set(option, name)
  end
end

-- words gives the words their values.
function Reader:words(texts, words)
  for i, word in ipairs(words) do
    local name = word.title
    if texts[i] == nil and not word.optional then
      args.fail(name .. " is missing")
    elseif word.many then
      local list = {}
      for n = i, #texts do
        table.insert(list, converted(word, texts[n], name))
      end
      self.found[word.key] = list
    elseif texts[i] ~= nil then
      self.found[word.key] = converted(word, texts[i], name)
      self.found[i] = self.found[word.key]
    end
  end
  local last = words[#words]
  if #texts > #words and not (last and last.many) then
    args.fail(string.format("unexpected argument %q", texts[#words + 1]))
  end
end

--- Reads the arguments of the script as they are declared.
function args.parse(spec, argv)
  if type(spec) ~= "table" then
    lib.invalid("args.parse: the declaration must be a table, not " .. type(spec))
  end
  local options, byName, words = declared(spec)
  local reader = setmetatable({ argv = argv or arg or {}, at = 1, found = {}, given = {}, byName = byName }, Reader)
  function reader.help()
    print(usage(spec, options, words))
    os.exit(0)
  end
  for _, o in ipairs(options) do
    if o.switch then
      reader.found[o.key] = o.default or false
    elseif type(o.default) == "string" then
      reader.found[o.key] = o.choices and o.default or assert(types[o.type](o.default))
    else
      reader.found[o.key] = o.default
    end
  end
  local texts, ended = {}, false
  while reader.at <= #reader.argv do
    local word = reader.argv[reader.at]
    if ended or word == "-" or word:sub(1, 1) ~= "-" or word:find("^%-%d") and not byName[word:sub(1, 2)] then
      table.insert(texts, word)
    elseif word == "--" then
      ended = true
    elseif word == "--help" then
      reader.help()
    elseif word:sub(1, 2) == "--" then
      reader:long(word)
    else
      reader:short(word)
    end
    reader.at = reader.at + 1
  end
  for _, o in ipairs(options) do
    if o.required and reader.found[o.key] == nil then
      args.fail(o.long .. " is required")
    end
  end
  reader:words(texts, words)
  return reader.found
end

return args
