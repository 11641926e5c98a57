package stdlib

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// unixTime is argument n as a time, in seconds since 1970.
func unixTime(L *lua.LState, n int) time.Time {
	seconds := float64(L.CheckNumber(n))
	// Year 1 to 9999 and some; outside of it the calendar overflows.
	if math.IsNaN(seconds) || math.Abs(seconds) > 1e12 {
		L.ArgError(n, "time out of range")
	}
	return time.Unix(int64(math.Floor(seconds)), 0)
}

// dateTable is what os.date("*t") returns.
func dateTable(L *lua.LState, t time.Time) *lua.LTable {
	table := L.CreateTable(0, 9)
	for _, field := range []struct {
		name  string
		value int
	}{
		{"year", t.Year()}, {"month", int(t.Month())}, {"day", t.Day()},
		{"hour", t.Hour()}, {"min", t.Minute()}, {"sec", t.Second()},
		{"wday", int(t.Weekday()) + 1}, {"yday", t.YearDay()},
	} {
		table.RawSetString(field.name, lua.LNumber(field.value))
	}
	table.RawSetString("isdst", lua.LBool(t.IsDST()))
	return table
}

// tableTime is the local time that the fields of a table name, normalised as
// C's mktime does: day 0 is the last of the month before, and so on. isdst says
// whether the fields are meant in summer time; without it the zone's rules do.
func tableTime(L *lua.LState, table *lua.LTable) time.Time {
	field := func(name string, missing int) int {
		value := L.GetField(table, name)
		if text, ok := value.(lua.LString); ok {
			value = parseNumber(string(text))
		}
		n, ok := value.(lua.LNumber)
		switch {
		case value == lua.LNil && missing >= 0:
			return missing
		case !ok:
			L.RaiseError("field '%s' missing in date table", name)
		case math.IsNaN(float64(n)) || math.Abs(float64(n)) > 1e10:
			L.RaiseError("field '%s' is out of range", name)
		}
		return int(n)
	}
	year, month, day := field("year", -1), field("month", -1), field("day", -1)
	hour, minute, second := field("hour", 12), field("min", 0), field("sec", 0)
	t := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.Local)
	if dst, ok := L.GetField(table, "isdst").(lua.LBool); ok && bool(dst) != t.IsDST() {
		if offset, found := otherOffset(t, bool(dst)); found {
			fields := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
			t = fields.Add(-time.Duration(offset) * time.Second)
		}
	}
	return t
}

// otherOffset is the zone's offset in seconds, with or without summer time as
// asked, that was in force nearest to t; false if the zone has none within a
// year or so.
func otherOffset(t time.Time, dst bool) (seconds int, found bool) {
	start, end := t.ZoneBounds()
	for range 4 {
		if !end.IsZero() {
			if end.IsDST() == dst {
				_, seconds = end.Zone()
				return seconds, true
			}
			_, end = end.ZoneBounds()
		}
		if !start.IsZero() {
			before := start.Add(-time.Second)
			if before.IsDST() == dst {
				_, seconds = before.Zone()
				return seconds, true
			}
			start, _ = before.ZoneBounds()
		}
	}
	return 0, false
}

// FormatTime formats a time as os.date does: by the conversions of C's strftime,
// in the C locale. An unknown conversion is an error. It raises where the text
// gets too long.
func FormatTime(L *lua.LState, t time.Time, format string) (string, error) {
	var b strings.Builder
	effort := host.Effort{L: L}
	for {
		effort.Spend(conversionCost)
		host.CheckLength(L, b.Len())
		plain, rest, found := strings.Cut(format, "%")
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		if rest == "" {
			return "", errors.New("invalid conversion specifier '%'")
		}
		text, ok := conversion(rest[0], t)
		if !ok {
			return "", errors.New("invalid conversion specifier '%" + rest[:1] + "'")
		}
		b.WriteString(text)
		format = rest[1:]
	}
}

// conversionCost is about how many steps a conversion takes.
const conversionCost = 16

// conversion is one conversion of FormatTime: those of C89 and the ones of C99
// without modifiers.
func conversion(c byte, t time.Time) (string, bool) {
	if layout, ok := layoutOf(c); ok {
		return t.Format(layout), true
	}
	isoYear, isoWeek := t.ISOWeek()
	weekday := int(t.Weekday())
	switch c {
	case '%':
		return "%", true
	case 'n':
		return "\n", true
	case 't':
		return "\t", true
	case 'C':
		return fmt.Sprintf("%02d", t.Year()/100), true
	case 'e':
		return fmt.Sprintf("%2d", t.Day()), true
	case 'g':
		return fmt.Sprintf("%02d", isoYear%100), true
	case 'G':
		return strconv.Itoa(isoYear), true
	case 'j':
		return fmt.Sprintf("%03d", t.YearDay()), true
	case 's':
		return strconv.FormatInt(t.Unix(), 10), true
	case 'u':
		return strconv.Itoa((weekday+6)%7 + 1), true
	case 'U': // week of the year, from the first Sunday on
		return fmt.Sprintf("%02d", (t.YearDay()+6-weekday)/7), true
	case 'V':
		return fmt.Sprintf("%02d", isoWeek), true
	case 'w':
		return strconv.Itoa(weekday), true
	case 'W': // week of the year, from the first Monday on
		return fmt.Sprintf("%02d", (t.YearDay()+6-(weekday+6)%7)/7), true
	}
	return "", false
}

// layoutOf is the layout for a conversion that Go's time has too.
func layoutOf(c byte) (string, bool) {
	switch c {
	case 'a':
		return "Mon", true
	case 'A':
		return "Monday", true
	case 'b', 'h':
		return "Jan", true
	case 'B':
		return "January", true
	case 'c':
		return "Mon Jan _2 15:04:05 2006", true
	case 'd':
		return "02", true
	case 'D', 'x':
		return "01/02/06", true
	case 'F':
		return "2006-01-02", true
	case 'H':
		return "15", true
	case 'I':
		return "03", true
	case 'm':
		return "01", true
	case 'M':
		return "04", true
	case 'p':
		return "PM", true
	case 'r':
		return "03:04:05 PM", true
	case 'R':
		return "15:04", true
	case 'S':
		return "05", true
	case 'T', 'X':
		return "15:04:05", true
	case 'y':
		return "06", true
	case 'Y':
		return "2006", true
	case 'z':
		return "-0700", true
	case 'Z':
		return "MST", true
	}
	return "", false
}
