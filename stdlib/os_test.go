package stdlib_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// inZone runs the test in a time zone.
func inZone(t *testing.T, name string) {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Skip(err)
	}
	before := time.Local
	time.Local = zone
	t.Cleanup(func() { time.Local = before })
}

func TestOS(t *testing.T) {
	runLua(t, []luaTest{
		{"difftime", `print(os.difftime(10, 4), os.difftime(5))`, "6\t5"},
		{"clock", `print(type(os.clock()), os.clock() >= 0)`, "number\ttrue"},
		{"setlocale", `print(os.setlocale(), os.setlocale("C"), os.setlocale("de_DE"))`, "C\tC\tnil"},
	})
}

func TestDate(t *testing.T) {
	inZone(t, "Europe/Paris")
	runLua(t, []luaTest{
		{"utc", `print(os.date("!%Y-%m-%d %H:%M:%S %Z %z", 0))`, "1970-01-01 00:00:00 UTC +0000"},
		{"local, winter", `print(os.date("%Y-%m-%d %H:%M:%S %Z %z", 1705316400))`, "2024-01-15 12:00:00 CET +0100"},
		{"local, summer", `print(os.date("%H:%M %Z", 1720000000))`, "11:46 CEST"},
		{"C89", `print(os.date("!%a %A %b %B %d %H %I %j %m %M %p %S %w %x %X %y %Y %%", 1705316405))`, "Mon Monday Jan January 15 11 11 015 01 00 AM 05 1 01/15/24 11:00:05 24 2024 %"},
		{"weeks", `print(os.date("!%U %W %V %G %u", 1704067200), os.date("!%U %W %V %G %u", 1735689599), os.date("!%U %W %V %g", 1104537600))`,
			"00 01 01 2024 1\t52 53 01 2025 2\t00 00 53 04"},
		{"more", `print(os.date("!%C %D %e %F %h %R %r %s %T %n%t|", 1705316405))`, "20 01/15/24 15 2024-01-15 Jan 11:00 11:00:05 AM 1705316405 11:00:05 \n\t|"},
		{"default", `print(os.date("!%c", 0), os.date("%c", 0) == os.date(nil, 0))`, "Thu Jan  1 00:00:00 1970\ttrue"},
		{"table", `local d = os.date("*t", 1720000000) print(d.year, d.month, d.day, d.hour, d.min, d.sec, d.wday, d.yday, d.isdst) print(os.date("!*t", 0).isdst)`,
			"2024\t7\t3\t11\t46\t40\t4\t185\ttrue\nfalse"},
		{"round trip", `for _, t in ipairs{0, 1705316405, 1720000000, 1711846799, 1711846800, 1729990799, 1729990800, 1729994400} do assert(os.time(os.date("*t", t)) == t, t) end print("ok")`, "ok"},
		{"wrong", `print(pcall(os.date, "%Q")) print(pcall(os.date, "%")) print(pcall(os.date, "%c", 1e20)) print(pcall(os.date, "%c", "x"))`,
			"false\tbad argument #1 (invalid conversion specifier '%Q')\nfalse\tbad argument #1 (invalid conversion specifier '%')\nfalse\tbad argument #2 (time out of range)\nfalse\tbad argument #2 (number expected, got string)"},
	})
}

func TestTime(t *testing.T) {
	inZone(t, "Europe/Paris")
	runLua(t, []luaTest{
		{"fields", `print(os.time{year = 2024, month = 1, day = 15, hour = 12}, os.time{year = 2024, month = 1, day = 15}, os.time{year = "2024", month = "1", day = "15", hour = 12, min = 1, sec = 2})`,
			"1705316400\t1705316400\t1705316462"},
		{"normalised", `print(os.date("%F %T", os.time{year = 2024, month = 14, day = 0, hour = 25, min = -1, sec = 61}))`, "2025-02-01 01:00:01"},
		{"across the change", `print(os.date("%T %Z", os.time{year = 2024, month = 3, day = 31, hour = 3, min = 30}))`, "03:30:00 CEST"},
		{"doubled hour", `local d = {year = 2024, month = 10, day = 27, hour = 2, min = 30}
			d.isdst = true print(os.date("%T %Z", os.time(d))) d.isdst = false print(os.date("%T %Z", os.time(d)))`, "02:30:00 CEST\n02:30:00 CET"},
		{"summer time in winter", `print(os.date("%F %T %Z", os.time{year = 2024, month = 1, day = 15, hour = 12, isdst = true}))`, "2024-01-15 11:00:00 CET"},
		{"winter time in summer", `print(os.date("%F %T %Z", os.time{year = 2024, month = 7, day = 15, hour = 12, isdst = false}))`, "2024-07-15 13:00:00 CEST"},
		{"wrong", `print(pcall(os.time, {year = 2024})) print(pcall(os.time, {year = 2024, month = "x", day = 1})) print(pcall(os.time, {year = 1e300, month = 1, day = 1}))`,
			"false\tfield 'month' missing in date table\nfalse\tfield 'month' missing in date table\nfalse\tfield 'year' is out of range"},
	})
}

func TestSummerTimeWhereThereIsNone(t *testing.T) {
	inZone(t, "Asia/Tokyo")
	runLua(t, []luaTest{
		{"isdst", `print(os.date("%T", os.time{year = 2024, month = 1, day = 15, hour = 12, isdst = false}))`, "12:00:00"},
	})
}

func TestClock(t *testing.T) {
	now := time.Unix(1720000000, 5e8)
	world := engine.World{Now: func() time.Time { now = now.Add(time.Second); return now }}
	got, err := runScript(`print(os.time(), os.date("!%T"), os.clock())`, world)
	require.NoError(t, err)
	assert.Equal(t, "1720000002\t09:46:43\t3", got)
}
