--- Reads the options of a script from its arguments.
---
--- A script declares what it takes, one row an option:
---
---     local opts = options.parse(arg, {
---       usage = "sweep.lua VIEW [--selector SELECTOR] [--apply]",
---       words = 1,
---       { "--selector", "-l", value = "SELECTOR" },
---       { "--apply" },
---     })
---     print(opts.selector, opts.apply, opts[1])
---
--- `--name VALUE` and `--name=VALUE` are the same, words that are no options
--- are kept in order under 1, 2, ..., as many as `words` says, and `--` ends the
--- options. `--help` prints the usage. Wrong arguments end the script with one
--- line on stderr and exit code 2.
local options = {}

---@class OptionRow
---@field [1] string long name, "--field-selector"; its key is field_selector
---@field [2]? string short name, "-f"
---@field value? string what the option takes, for messages; without it the option is a switch

--- Ends the script because it was called wrongly.
---@param message string
function options.fail(message)
  io.stderr:write(arg[0], ": ", message, " (--help shows the usage)\n")
  os.exit(2)
end

--- Calls fn and returns its result. A ValueError, which means that an argument
--- can't be used, ends the script as one that was called wrongly.
---@generic T
---@param fn fun(...): T
---@return T
function options.check(fn, ...)
  local ok, result = pcall(fn, ...)
  if not ok and kube.is(result, "ValueError") then
    options.fail(result.message)
  elseif not ok then
    error(result, 0)
  end
  return result
end

--- Finds the row of an option.
---@param rows OptionRow[]
---@param name string
---@return OptionRow?
local function find(rows, name)
  for _, row in ipairs(rows) do
    if row[1] == name or row[2] == name then
      return row
    end
  end
end

--- Reads the arguments.
---@param argv string[]
---@param spec { usage: string, words?: integer, [integer]: OptionRow }
---@return table<string|integer, string|boolean>
function options.parse(argv, spec)
  local found, i, rest = {}, 1, false
  while i <= #argv do
    local word = argv[i]
    local name, value = word:match("^(%-%-[^=]+)=(.*)$")
    name = name or word
    if rest or not word:find("^%-.") then
      if #found == (spec.words or 0) then
        options.fail(string.format("unexpected argument %q", word))
      end
      table.insert(found, word)
    elseif word == "--" then
      rest = true
    elseif name == "--help" or name == "-h" then
      print("usage: kubelua " .. spec.usage)
      os.exit(0)
    else
      local row = find(spec, name)
      if not row then
        options.fail("unknown option " .. name)
      end
      if row.value and not value then
        i = i + 1
        value = argv[i]
      end
      if row.value and (value == nil or value == "") then
        options.fail(name .. " needs a " .. row.value)
      elseif not row.value and value then
        options.fail(name .. " takes no value")
      end
      found[row[1]:gsub("^%-%-", ""):gsub("%-", "_")] = value or true
    end
    i = i + 1
  end
  return found
end

return options
