-- Times.

function test_time(t)
  local a = kube.time("2026-03-01T12:00:00Z")
  t:eq(tostring(a), "2026-03-01T12:00:00Z")
  t:eq(a:unix(), 1772366400)
  t:eq(kube.time("2026-03-01"):unix(), 1772323200)
  t:eq(kube.time("2026-03-01T13:00:00+01:00"), a)
  t:eq(kube.time("2026-03-01T12:00:00.25Z"):unix(), 1772366400.25)
  t:eq(tostring(kube.time("2026-03-01T12:00:00.123456Z")), "2026-03-01T12:00:00.123456Z")
  t:eq(tostring(kube.time("2026-03-01T13:00:00+01:00")), "2026-03-01T13:00:00+01:00")
  t:eq(kube.time("0001-01-01T00:00:00Z"):format("%Y"), "0001")
end

function test_wrong_texts(t)
  kube.time("yesterday") --> error: ""yesterday" is not a time (want RFC 3339, like 2026-03-01T12:00:00Z)"
  kube.time("2026-13-01T00:00:00Z") --> error: "is not a time"
  kube.time("2026-02-30") --> error: "is not a time"
  kube.time("") --> error: "is not a time"
  kube.time(5) --> error: "the time must be a string, not number"
  kube.time() --> error: "the time must be a string, not nil"
end

function test_arithmetic(t)
  local a, b = kube.time("2026-03-01T12:00:00Z"), kube.time("2026-03-01T12:01:30.5Z")
  t:eq(b - a, 90.5)
  t:eq(a - b, -90.5)
  t:eq(a + 90.5, b)
  t:eq(90.5 + a, b)
  t:eq(b - 90.5, a)
  t:eq(a + 0, a)
  t:eq(a + -1, kube.time("2026-03-01T11:59:59Z"))
  t:eq((a + 86400 * 365):format("%Y-%m-%d"), "2027-03-01")
  local _ = a + b --> error: "only a number of seconds can be added to a time"
  _ = a + "90" --> error: "only a number of seconds can be added"
  _ = 5 - a --> error: "t:unix()"
  _ = a - "5" --> error: "t:unix()"
  _ = a * 2 --> error: "arithmetic"
  _ = a + math.huge --> error: "only a number of seconds"
end

function test_order(t)
  local a, b = kube.time("2026-03-01T12:00:00Z"), kube.time("2026-03-01T12:00:01Z")
  t:ok(a < b and a <= b and b > a and b >= a and a ~= b and a == a and a <= a)
  t:ok(not (b < a) and not (a > b))
  t:ok(a == kube.time("2026-03-01T12:00:00.000Z"))
  local list = {b, a}
  table.sort(list)
  t:eq(list[1], a)
  t:ok(a ~= a:unix())
  t:ok(a ~= tostring(a))
  local _ = a < 5 --> error: "t:unix()"
  _ = 5 <= a --> error: "t:unix()"
  _ = a > "2026" --> error: "t:unix()"
end

function test_now(t)
  local before = kube.now()
  local now = kube.now()
  t:ok(now >= before)
  t:ok(now - before < 60)
  t:ok(math.abs(now:unix() - os.time()) < 60)
  t:ok(before:age() >= 0 and before:age() < 60)
  t:ok((before + 3600):age() < 0)
  t:ok((before - 3600):age() >= 3600)
end

function test_format(t)
  local a = kube.time("2026-03-01T12:34:56.789Z")
  t:eq(a:format("%Y-%m-%d %H:%M:%S"), "2026-03-01 12:34:56")
  t:eq(a:format("%a %b %e %I%p"), "Sun Mar  1 12PM")
  t:eq(a:format("100%%"), "100%")
  a:format("2006-01-02") --> error: "the layout has no conversion (it is os.date's"
  a:format("%Q") --> error: "invalid conversion specifier '%Q'"
  t:eq(a .. "", "2026-03-01T12:34:56.789Z")
  t:eq("at " .. a, "at 2026-03-01T12:34:56.789Z")
  a:format() --> error: "the layout must be a string, not nil"
  a.format("%Y") --> error: "call it with a colon"
  local _ = a.century --> error: "has no "century""
  a.x = 1 --> error: "can't set "x" of time"
end

function test_times_of_objects(t)
  local created = cluster.namespaces:fetch("default").meta.created
  t:ok(created < kube.now())
  t:ok(created:age() > 0)
  t:eq(kube.now() - created > 0, true)
  t:eq(created, kube.time(cluster.namespaces:fetch("default").raw.metadata.creationTimestamp))
end

function test_times_are_sent_as_text(t)
  local at = kube.time("2026-03-01T12:00:00Z")
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {at = at}}
  t:eq(item.raw.data.at, "2026-03-01T12:00:00Z")
end

local time = require "time"

function test_module(t)
  t:ok(time.now() - kube.now() < 60)
  t:eq(time.parse("2026-03-01T12:00:00Z"), kube.time("2026-03-01T12:00:00Z"))
  t:eq(time.unix(1.5), kube.time("1970-01-01T00:00:01.5Z"))
  t:eq(tostring(time.date{year = 2026}), "2026-01-01T00:00:00Z")
  t:eq(tostring(time.date{year = 2026, month = 13, day = 0}), "2026-12-31T00:00:00Z")
  t:eq(tostring(time.date{year = 2026, month = 7, day = 1, hour = 9, zone = "Europe/Paris"}), "2026-07-01T09:00:00+02:00")
  time.date{month = 1} --> error: "the year is missing"
  time.date{year = 2026, mnth = 1} --> error: "unknown option "mnth" (did you mean "month"?)"
  time.unix(1e300) --> error: "out of range"
end

function test_parse(t)
  for text, want in pairs {
    ["2026-03-01T12:00:00+02:00"] = "2026-03-01T12:00:00+02:00",
    ["Sun, 01 Mar 2026 12:00:00 GMT"] = "2026-03-01T12:00:00Z",
    ["2026-03-01"] = "2026-03-01T00:00:00Z",
    [" 2026-03-01 12:30 "] = "2026-03-01T12:30:00Z",
    ["2026-03-01T12:30:15"] = "2026-03-01T12:30:15Z",
  } do
    t:eq(tostring(time.parse(text)), want)
  end
  t:eq(tostring(time.parse("31/Jan/2026 10:20", {layout = "%d/%b/%Y %H:%M", zone = "America/New_York"})), "2026-01-31T10:20:00-05:00")
  t:eq(tostring(time.parse("2026-060", {layout = "%Y-%j"})), "2026-03-01T00:00:00Z")
  time.parse("yesterday") --> error: "time.parse: "yesterday" is not a time (want RFC 3339"
  time.parse("1", {layout = "%Y"}) --> error: "(want %Y)"
  time.parse("x", {layout = "%U"}) --> error: "%U can't be read"
  time.parse("x", {layout = "Jan %Y"}) --> error: "would be read as a part of the time"
  time.parse("x", {zone = "Mars/Olympus"}) --> error: "unknown zone "Mars/Olympus""
  time.parse("x", {zone = "../../etc/passwd"}) --> error: "unknown zone"
end

function test_fields(t)
  local a = time.parse("2026-03-01T23:34:56Z"):to_zone("Asia/Tokyo")
  t:eq({a.year, a.month, a.day, a.hour, a.minute, a.second, a.yearday}, {2026, 3, 2, 8, 34, 56, 61})
  t:eq(a.weekday, "Monday")
  t:eq(a.zone, "Asia/Tokyo")
  t:eq(tostring(a), "2026-03-02T08:34:56+09:00")
  t:eq(a, time.parse("2026-03-01T23:34:56Z"))
  local _ = a.yaer --> error: "a time has no "yaer" (did you mean "year"?)"
end

function test_calendar(t)
  local a = time.parse("2026-01-31T10:20:30Z")
  local function at(added) return tostring(a:add(added)) end
  t:eq(at{months = 1}, "2026-02-28T10:20:30Z")
  t:eq(at{months = -2}, "2025-11-30T10:20:30Z")
  t:eq(at{years = 2, months = 1}, "2028-02-29T10:20:30Z")
  t:eq(at{weeks = 1, days = 1, hours = 1, minutes = -20, seconds = -30}, "2026-02-08T11:00:00Z")
  t:eq(tostring(a:start_of("week")), "2026-01-26T00:00:00Z")
  t:eq(tostring(a:start_of("month")), "2026-01-01T00:00:00Z")
  t:eq(tostring(a:start_of("year")), "2026-01-01T00:00:00Z")
  t:eq(tostring(a:start_of("hour")), "2026-01-31T10:00:00Z")
  t:eq(tostring(a:start_of("minute")), "2026-01-31T10:20:00Z")
  t:eq(tostring(a:truncate("6h")), "2026-01-31T06:00:00Z")
  a:start_of("wek") --> error: "unknown unit "wek" (did you mean "week"?)"
  a:add{month = 1} --> error: "unknown option "month" (did you mean "months"?)"
  a:add{months = 1.5} --> error: "months must be a whole number"
end

-- A day of the calendar has 23 or 25 hours where the clock is put forward or back.
function test_summer_time(t)
  local before = time.date{year = 2026, month = 3, day = 28, hour = 12, zone = "Europe/Paris"}
  t:eq(before:add{days = 1} - before, 23 * 3600)
  t:eq(before:add{hours = 24}.hour, 13)
  local day = time.date{year = 2026, month = 10, day = 25, hour = 12, zone = "Europe/Paris"}:start_of("day")
  t:eq(day:add{days = 1} - day, 25 * 3600)
  -- The hour from two to three comes twice.
  local first = time.parse("2026-10-25T00:30:00Z"):to_zone("Europe/Paris")
  local second = first + 3600
  t:eq({first.hour, second.hour}, {2, 2})
  t:eq(tostring(first:start_of("hour")), "2026-10-25T02:00:00+02:00")
  t:eq(tostring(second:start_of("hour")), "2026-10-25T02:00:00+01:00")
  -- Chile put the clock forward at midnight, and back there.
  local gap = time.date{year = 2026, month = 9, day = 6, hour = 12, zone = "America/Santiago"}:start_of("day")
  t:eq({gap.day, gap.hour}, {6, 1})
  local twice = time.date{year = 2026, month = 11, day = 1, hour = 12, zone = "America/Havana"}:start_of("day")
  t:eq(tostring(twice), "2026-11-01T00:00:00-04:00")
  -- Lord Howe Island moves by half an hour.
  local there = time.date{year = 2026, month = 4, day = 5, hour = 1, zone = "Australia/Lord_Howe"}
  t:eq(there:add{days = 1} - there, 24.5 * 3600)
end

function test_durations(t)
  local d = time.duration("1h30m")
  t:eq({d.hours, d.minutes, d.seconds}, {1.5, 90, 5400})
  t:eq(tostring(d), "1h30m")
  for text, want in pairs {["2d"] = "48h", ["1w1d"] = "192h", ["1.5d"] = "36h", ["-90s"] = "-1m30s", ["1d2h3m"] = "26h3m", ["0"] = "0s", ["250ms"] = "250ms"} do
    t:eq(tostring(time.duration(text)), want)
  end
  t:eq(time.duration(90), time.duration("90s"))
  t:ok(time.duration("1h") < d and d <= d and d > time.duration(5))
  t:ok(d ~= 5400)
  t:eq(tostring(d + "30m"), "2h")
  t:eq(tostring(d - 1800), "1h")
  t:eq(tostring(2 * d), "3h")
  t:eq(tostring(d / 2), "45m")
  t:eq(d / time.duration("45m"), 2)
  t:eq(tostring(-d), "-1h30m")
  t:eq(tostring(d:truncate("1h")), "1h")
  t:eq(tostring(d:round("1h")), "2h")
  t:eq(time.duration("51h"):human(), "2d3h")
  t:eq(time.human(90), "90s")
  local a = time.parse("2026-03-01T12:00:00Z")
  t:eq(tostring(a + d), "2026-03-01T13:30:00Z")
  t:eq(tostring(d + a), "2026-03-01T13:30:00Z")
  t:eq(tostring(a - d), "2026-03-01T10:30:00Z")
  t:eq((time.now() - time.duration("3h")):human_age(), "3h")
  t:eq(kube.json{d}, '["1h30m"]')
  for _, wrong in ipairs {"", "1x", "1d-2h", "1h2d", "d", "1e3d", "--1h", "106752d", "nand", "1d 2h"} do
    t:raises("must be a duration", time.duration, wrong)
  end
  time.duration({}) --> error: "must be a duration (seconds, or a text like "90s", "5m" or "2d"), not table"
  local _ = d * 1e300 --> error: "the duration is too long"
  local _ = d / 0 --> error: "the duration is too long"
end

function test_what_waits_takes_durations(t)
  task.sleep(time.duration(0.001))
  task.sleep("0d")
end
