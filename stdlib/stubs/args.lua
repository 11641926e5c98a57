---@meta args

--- The options and words of a script, declared once: they are read and checked, and --help is made of them. Wrong usage ends
--- the script with a line on stderr and exit code 2.
---
--- ```lua
--- local args = require "args"
--- local opts = args.parse {
---   about = "Lists pods that are older than they should be.",
---   words = { { "NAMESPACE", help = "where to look", optional = true } },
---   { "--older-than", "-o", type = "duration", default = "7d", help = "the age from which on a pod is listed" },
---   { "--selector", "-l", type = "selector", help = "only pods with these labels" },
---   { "--quiet", "-q", help = "print nothing but names" },
---   examples = { "kubelua old.lua shop --older-than 2d" },
--- }
--- print(opts.namespace, opts.older_than, opts.selector, opts.quiet)
--- ```
---@class argslib
local args = {}

--- Calls a function and returns what it returns. A ValueError that it raises ends the script as wrong usage.
---
--- ```lua
--- local pods = args.check(cluster.pods.filter, cluster.pods, { labels = arg[1] })
--- ```
---@param call function
---@param ... any
---@return any
function args.check(call, ...) end

--- Ends the script as wrong usage.
---
--- ```lua
--- if arg[1] == arg[2] then args.fail("both are the same namespace") end
--- ```
---@param message string
function args.fail(message) end

--- Reads the arguments. The result has the options and words under their names, in lower case and with _ for what isn't a
--- letter or digit, and single words under 1, 2 and so on, too.
---
--- ```lua
--- local opts = args.parse({ { "--older-than", type = "duration", default = "7d" } }, { "--older-than", "2h" })
--- print(opts.older_than)                         --> 2h
--- ```
---@param declaration args.Declaration
---@param argv? string[] arg unless told.
---@return table<string|integer, any>
function args.parse(declaration, argv) end

---@class args.Declaration
---@field [integer] args.Option
---@field about? string What the script does, for --help.
---@field examples? string[] Calls of it, for --help.
---@field usage? string What follows "usage: kubelua", made of the words unless given.
---@field words? args.Word[] The words that are no options, in order.

--- The type of an option or word. A list is text between commas; a duration, quantity or time is as their modules have it.
---@alias args.Type "string"|"number"|"integer"|"bool"|"duration"|"quantity"|"time"|"list"|"selector"

--- An option: { "--selector", "-l", type = "selector" }. One with neither type, value nor choices is a switch, which is true
--- or false, and --no-NAME turns it off.
---@class args.Option
---@field [1] string The long name.
---@field [2]? string The short one.
---@field choices? string[] All that may be given.
---@field default? any What it is where it isn't given; a text is read as if it were.
---@field help? string
---@field many? boolean It may be given several times, and is a list.
---@field max? any
---@field min? any
---@field name? string Under which the result has it.
---@field required? boolean
---@field type? args.Type "string" unless told.
---@field value? string What --help calls its value.

---@class args.Word
---@field [1] string What --help calls it.
---@field choices? string[] All that may be given.
---@field help? string
---@field many? boolean It takes all words that are left, and is a list.
---@field max? any
---@field min? any
---@field name? string Under which the result has it.
---@field optional? boolean
---@field type? args.Type "string" unless told.

return args
