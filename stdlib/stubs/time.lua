---@meta time

--- Times, durations and zones. Times are those that objects have, and that kube.now() and kube.time() give.
---
--- ```lua
--- local time = require "time"
--- local t = time.parse("2026-01-31T10:20:30Z")
--- print(t:add { months = 1 }:start_of("day"))    --> 2026-02-28T00:00:00Z
--- ```
---@class timelib
local time = {}

--- The time with these fields, at midnight unless told.
---
--- ```lua
--- print(time.date { year = 2026, month = 7, day = 1, hour = 9, zone = "Europe/Paris" })
--- ```
---@param options time.DateOptions
---@return time.Time
function time.date(options) end

---@class time.DateOptions
---@field year integer
---@field month? integer 1 unless told; what is out of range counts on, month 13 is January.
---@field day? integer
---@field hour? integer
---@field minute? integer
---@field second? integer
---@field zone? string UTC unless told.

--- A duration: of a text like "90s", "1h30m", "2d" or "1w", where a day has 24 hours, or of a number of seconds.
---
--- ```lua
--- print(time.duration("1h30m") * 2)                 --> 3h
--- ```
---@param value string|number|time.Duration
---@return time.Duration
function time.duration(value) end

--- A duration as kubectl shows ages: 45s, 12m, 7h, 3d.
---
--- ```lua
--- print(time.human("51h"))                          --> 2d3h
--- ```
---@param value string|number|time.Duration
---@return string
function time.human(value) end

--- The time now.
---
--- ```lua
--- print(time.now():add { hours = -1 } < time.now())          --> true
--- ```
---@return time.Time
function time.now() end

--- The time that a text says: RFC 3339, RFC 1123, 2026-03-01, 2026-03-01 12:00, or as a layout says.
---
--- ```lua
--- print(time.parse("31/Jan/2026 10:20", { layout = "%d/%b/%Y %H:%M", zone = "Europe/Paris" }))
--- ```
---@param text string
---@param options? time.ParseOptions
---@return time.Time
function time.parse(text, options) end

---@class time.ParseOptions
---@field layout? string As for os.date.
---@field zone? string Of a text that says none; UTC unless told.

--- The time so many seconds after the start of 1970, in UTC.
---
--- ```lua
--- print(time.unix(0))                            --> 1970-01-01T00:00:00Z
--- ```
---@param seconds number
---@return time.Time
function time.unix(seconds) end

--- A time. a - b is in seconds, t + 90 a time, as is t + time.duration("2h"); times compare among themselves, and print
--- in RFC 3339. Its fields are those of the calendar in its zone.
---
--- ```lua
--- print(kube.now() - pod.meta.created > 3600)
--- ```
---@class time.Time
---@field year integer
---@field month integer
---@field day integer
---@field hour integer
---@field minute integer
---@field second integer
---@field weekday string "Monday".
---@field yearday integer
---@field zone string The name of its zone.
local Time = {}

--- The time that much later; with negative numbers earlier. Years, months, weeks and days are those of the calendar: a day
--- that a month lacks becomes its last one.
---
--- ```lua
--- print(time.parse("2026-01-31T00:00:00Z"):add { months = 1 })      --> 2026-02-28T00:00:00Z
--- ```
---@param options time.AddOptions
---@return time.Time
function Time:add(options) end

---@class time.AddOptions
---@field years? integer
---@field months? integer
---@field weeks? integer
---@field days? integer
---@field hours? integer
---@field minutes? integer
---@field seconds? integer

--- How many seconds ago it was.
---
--- ```lua
--- if pod.meta.created:age() > 7 * 86400 then print(pod) end
--- ```
---@return number
function Time:age() end

--- The time as a text.
---
--- ```lua
--- print(pod.meta.created:format("%Y-%m-%d %H:%M"))
--- ```
---@param layout string As for os.date.
---@return string
function Time:format(layout) end

--- How long ago it was, as kubectl shows it: 3d, 7h.
---
--- ```lua
--- print(time.now():add({ hours = -50 }):human_age())         --> 2d2h
--- ```
---@return string
function Time:human_age() end

--- When the unit began in which it is, in its zone.
---
--- ```lua
--- print(time.parse("2026-11-26T10:20:30Z"):start_of("month"))       --> 2026-11-01T00:00:00Z
--- ```
---@param unit "minute"|"hour"|"day"|"week"|"month"|"year" Weeks begin on Monday.
---@return time.Time
function Time:start_of(unit) end

--- The same time in another zone.
---
--- ```lua
--- print(time.parse("2026-07-01T10:00:00Z"):to_zone("Europe/Berlin"))    --> 2026-07-01T12:00:00+02:00
--- ```
---@param zone string A name like Europe/Paris, UTC, or Local for that of the machine.
---@return time.Time
function Time:to_zone(zone) end

--- The time cut to a multiple of a duration, in UTC.
---
--- ```lua
--- print(time.parse("2026-11-26T10:22:30Z"):truncate("15m"))         --> 2026-11-26T10:15:00Z
--- ```
---@param to string|number|time.Duration
---@return time.Time
function Time:truncate(to) end

--- The seconds since 1970.
---
--- ```lua
--- print(time.parse("1970-01-01T01:00:00Z"):unix())           --> 3600
--- ```
---@return number
function Time:unix() end

--- A duration. Durations add up, are multiplied and divided by numbers, and compare among themselves; whatever takes a
--- number of seconds or "90s" takes one.
---@class time.Duration
---@field days number All of it in days of 24 hours; hours, minutes, seconds, milliseconds alike.
---@field hours number
---@field minutes number
---@field seconds number
---@field milliseconds number
local Duration = {}

--- The duration as kubectl shows ages: 45s, 12m, 7h, 3d.
---
--- ```lua
--- print(time.duration("51h"):human())            --> 2d3h
--- ```
---@return string
function Duration:human() end

--- The nearest multiple of a unit.
---
--- ```lua
--- print(time.duration("1h29m"):round("1h"))      --> 1h
--- ```
---@param unit string|number|time.Duration
---@return time.Duration
function Duration:round(unit) end

--- The multiple of a unit that is not larger.
---
--- ```lua
--- print(time.duration("1h59m"):truncate("1h"))   --> 1h
--- ```
---@param unit string|number|time.Duration
---@return time.Duration
function Duration:truncate(unit) end

return time
