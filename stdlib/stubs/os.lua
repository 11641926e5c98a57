---@meta os

--- Time, the end of a run, and what the host grants: variables, files, programs. What it refuses raises DeniedError.
---@class oslib
os = {}

--- The seconds since the run began.
---
--- ```lua
--- print(("took %.1f s"):format(os.clock()))
--- ```
---@return number
function os.clock() end

--- A time as a text, or with "*t" as a table.
---
--- ```lua
--- print(os.date("!%Y-%m-%dT%H:%M:%SZ"))
--- ```
---@param format? string As for strftime of C; with ! first in UTC.
---@param time? number Now unless given.
---@return any
function os.date(format, time) end

--- The seconds between two times.
---
--- ```lua
--- print(os.difftime(90, 60))                     --> 30
--- ```
---@param later number
---@param earlier? number
---@return number
function os.difftime(later, earlier) end

--- Runs a program, without a shell between, and returns its exit code and "exit", or the number of the signal that ended it and "signal". Needs --allow-run.
---
--- ```lua
--- assert(os.execute{ "git", "push" } == 0, "not pushed")
--- ```
---@param command? string|string[] A line of words with a shell's quotes, or a list of words. Without one the result is 0: there is no shell.
---@return integer? code
---@return string? how
---@return integer? number
function os.execute(command) end

--- Ends the run.
---
--- ```lua
--- if pod.phase == "Failed" then os.exit(1) end
--- ```
---@param code? integer|boolean The exit code; true, and nothing, is 0, false 1.
function os.exit(code) end

--- A variable of the environment, nil where it isn't set or the script may not read it (--allow-env).
---
--- ```lua
--- local namespace = os.getenv("NAMESPACE") or "shop"
--- ```
---@param name string
---@return string?
function os.getenv(name) end

--- Removes a file or an empty folder. Needs --allow-write.
---
--- ```lua
--- local ok, message = os.remove("report.csv")
--- ```
---@param path string
---@return boolean? ok
---@return string? message
---@return integer? number
function os.remove(path) end

--- Renames a file or folder; what has the new name is replaced. Needs --allow-write for both.
---
--- ```lua
--- assert(os.rename("report.new.csv", "report.csv"))
--- ```
---@param from string
---@param to string
---@return boolean? ok
---@return string? message
---@return integer? number
function os.rename(from, to) end

--- The locale, which is always C.
---
--- ```lua
--- print(os.setlocale())                          --> C
--- ```
---@param locale? string
---@return string?
function os.setlocale(locale) end

--- The seconds since 1970, now or at the time that a table says.
---
--- ```lua
--- print(os.time { year = 2026, month = 1, day = 1, hour = 0 })
--- ```
---@param t? table With year, month, day, and hour, min, sec, isdst.
---@return number
function os.time(t) end

--- The path of a new, empty file. Needs --allow-write for the folder of temporary files.
---
--- ```lua
--- local path = os.tmpname()
--- ```
---@return string
function os.tmpname() end
