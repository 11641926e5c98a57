---@meta regexp

--- Regular expressions as RE2 has them. They take time in proportion to the text, whatever it is.
---
--- ```lua
--- local regexp = require "regexp"
--- local image = regexp.compile [[^(?:(?P<registry>[^/]+\.[^/]+)/)?(?P<name>[^:@]+)(?::(?P<tag>[^@]+))?]]
--- print(image:find("ghcr.io/org/app:1.2").groups.tag)    --> 1.2
--- ```
---@class regexplib
local regexp = {}

--- The expression of a text, best written in [[ ]].
---
--- ```lua
--- print(regexp.compile([[^web-\d+$]]):matches("web-0"))      --> true
--- ```
---@param expression string
---@return regexp.Regexp
function regexp.compile(expression) end

--- A text as an expression that matches it.
---
--- ```lua
--- print(regexp.escape("registry.example.com"))   --> registry\.example\.com
--- ```
---@param text string
---@return string
function regexp.escape(text) end

--- Where an expression matches. [0] is the text, [1], [2] ... are its groups; those without a part in it are nil.
---@class regexp.Match
---@field [integer] string
---@field first integer Where it begins.
---@field groups table<string, string> The groups that have names.
---@field last integer Where it ends.

--- An expression.
---@class regexp.Regexp
---@field names string[] The names of its groups.
local Regexp = {}

--- The first match, nil if there is none.
---
--- ```lua
--- print(regexp.compile("[0-9]+"):find("a12").first)  --> 2
--- ```
---@param text string
---@return regexp.Match?
function Regexp:find(text) end

--- All matches.
---
--- ```lua
--- for _, match in ipairs(regexp.compile([[\d+]]):find_all("a1b22")) do print(match[0]) end
--- ```
---@param text string
---@param limit? integer No more of them.
---@return regexp.Match[]
function Regexp:find_all(text, limit) end

--- Whether it matches somewhere in a text.
---
--- ```lua
--- print(regexp.compile("^kube-"):matches("shop"))            --> false
--- ```
---@param text string
---@return boolean
function Regexp:matches(text) end

--- A text with the matches replaced: by a text, in which $1 and ${name} stand for groups and $$ for $, or by what a function
--- makes of each; nil leaves it.
---
--- ```lua
--- print(regexp.compile("[0-9]+"):replace("a1b22", "<$0>"))    --> a<1>b<22>
--- ```
---@param text string
---@param by string|fun(match: regexp.Match): string?
---@param limit? integer No more of them.
---@return string
function Regexp:replace(text, by, limit) end

--- The parts of a text between the matches.
---
--- ```lua
--- print(#regexp.compile(", *"):split("a, b,c"))      --> 3
--- ```
---@param text string
---@param limit? integer No more parts.
---@return string[]
function Regexp:split(text, limit) end

return regexp
