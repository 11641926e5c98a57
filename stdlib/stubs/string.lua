---@meta string

--- Strings, whose functions are also their methods: ("x"):rep(3). Positions count from 1, negative ones from the end.
---@class stringlib
string = {}

--- The codes of bytes.
---
--- ```lua
--- print(("AZ"):byte(1, -1))                      --> 65 90
--- ```
---@param s string
---@param first? integer 1 unless given.
---@param last? integer first unless given.
---@return integer ...
function string.byte(s, first, last) end

--- The string of the bytes with these codes.
---
--- ```lua
--- print(string.char(65, 90))                     --> AZ
--- ```
---@param ... integer
---@return string
function string.char(...) end

--- Where a pattern is found first: start, end and captures; nil where it isn't.
---
--- ```lua
--- print(("web-7f9c"):find("-", 1, true))         --> 4 4
--- ```
---@param s string
---@param pattern string
---@param from? integer Where to begin, 1 unless given.
---@param plain? boolean The pattern is a plain text.
---@return integer? first
---@return integer? last
---@return any ... # The captures.
function string.find(s, pattern, from, plain) end

--- Values in a format: %s any text, %d an integer, %.2f a number, %q quoted, %-10s padded.
---
--- ```lua
--- print(("%-20s %5.1f"):format(pod.meta.name, 0.5))
--- ```
---@param format string
---@param ... any
---@return string
function string.format(format, ...) end

--- For loops over all matches of a pattern: the captures, or the match.
---
--- ```lua
--- for word in ("a b c"):gmatch("%a+") do print(word) end
--- ```
---@param s string
---@param pattern string
---@return fun(): any ...
function string.gmatch(s, pattern) end

--- Replaces matches of a pattern: the new string, and how many were replaced.
---
--- ```lua
--- print(("a.b.c"):gsub("%.", "/"))               --> a/b/c 2
--- ```
---@param s string
---@param pattern string
---@param by string|table|fun(...: string): any A text in which %1 is the first capture; or a table or function of it.
---@param most? integer No more than so many.
---@return string
---@return integer count
function string.gsub(s, pattern, by, most) end

--- The number of bytes.
---
--- ```lua
--- print(("größe"):len())                         --> 7
--- ```
---@param s string
---@return integer
function string.len(s) end

--- The string in lower case.
---
--- ```lua
--- print(("CrashLoop"):lower())                   --> crashloop
--- ```
---@param s string
---@return string
function string.lower(s) end

--- The captures of the first match of a pattern, or the match; nil where there is none.
---
--- ```lua
--- print(("web-7f9c"):match("^(%w+)-"))           --> web
--- ```
---@param s string
---@param pattern string
---@param from? integer Where to begin, 1 unless given.
---@return any ...
function string.match(s, pattern, from) end

--- The string n times.
---
--- ```lua
--- print(("ab"):rep(3, "-"))                      --> ab-ab-ab
--- ```
---@param s string
---@param n integer
---@param separator? string What stands between.
---@return string
function string.rep(s, n, separator) end

--- The string backwards.
---
--- ```lua
--- print(("abc"):reverse())                       --> cba
--- ```
---@param s string
---@return string
function string.reverse(s) end

--- A part of the string.
---
--- ```lua
--- print(("web-7f9c"):sub(1, 3), ("web-7f9c"):sub(-4))        --> web 7f9c
--- ```
---@param s string
---@param first integer
---@param last? integer -1 unless given.
---@return string
function string.sub(s, first, last) end

--- The string in upper case.
---
--- ```lua
--- print(("web"):upper())                         --> WEB
--- ```
---@param s string
---@return string
function string.upper(s) end
