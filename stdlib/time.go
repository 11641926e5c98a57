package stdlib

import (
	"math"
	"strings"
	"time"
	_ "time/tzdata" // the zones, where the machine has none

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/util/duration"

	"github.com/kubelua/kubelua/stdlib/host"
)

// timeFunctions are the functions of the module time.
var timeFunctions = functions{
	"date":     timeDate,
	"duration": func(c call) int { return c.push(c.span(c.duration(c.L.Get(1), "time.duration: the argument"))) },
	"human": func(c call) int {
		return c.push(lua.LString(human(c.duration(c.L.Get(1), "time.human: the argument"))))
	},
	"now":   func(c call) int { return c.push(c.time(c.host.Now())) },
	"parse": timeParse,
	"unix": func(c call) int {
		seconds, fraction := math.Modf(c.number(1, "time.unix: the number of seconds"))
		c.inRange(seconds)
		return c.push(c.time(time.Unix(int64(seconds), int64(fraction*1e9)).UTC()))
	},
}

// timestamp is a time as Lua sees it.
type timestamp struct{ time.Time }

// String is the time in RFC 3339, with fractions of a second where it has any.
func (t timestamp) String() string { return t.Format(time.RFC3339Nano) }

// TimeValue is the value that scripts have of a time.
func TimeValue(L *lua.LState, h host.Host, t time.Time) lua.LValue {
	return call{L, h}.time(t)
}

// TimeOf is the time that a value is; false for other values.
func TimeOf(v lua.LValue) (time.Time, bool) {
	t, ok := objectOf[timestamp](v)
	return t.Time, ok
}

func timeClass() class[timestamp] {
	return class[timestamp]{
		name:       "time",
		documented: "time.Time",
		attributes: map[string]func(call, timestamp) lua.LValue{
			"day":     func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.Day()) },
			"hour":    func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.Hour()) },
			"minute":  func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.Minute()) },
			"month":   func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.Month()) },
			"second":  func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.Second()) },
			"weekday": func(_ call, t timestamp) lua.LValue { return lua.LString(t.Weekday().String()) },
			"yearday": func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.YearDay()) },
			"zone":    func(_ call, t timestamp) lua.LValue { return lua.LString(t.Location().String()) },
			"year":    func(_ call, t timestamp) lua.LValue { return lua.LNumber(t.Year()) },
		},
		methods: map[string]func(call, timestamp) int{
			"add": timeAdd,
			"age": func(c call, t timestamp) int {
				return c.push(lua.LNumber(c.host.Now().Sub(t.Time).Seconds()))
			},
			"format": timeFormat,
			"human_age": func(c call, t timestamp) int {
				return c.push(lua.LString(human(c.host.Now().Sub(t.Time))))
			},
			"start_of": timeStartOf,
			"to_zone": func(c call, t timestamp) int {
				return c.push(c.time(t.In(c.zone(c.text(2, "the zone")))))
			},
			"truncate": func(c call, t timestamp) int {
				to := c.duration(c.L.Get(2), "the duration")
				return c.push(c.time(t.Truncate(to)))
			},
			"unix": func(c call, t timestamp) int {
				return c.push(lua.LNumber(float64(t.Unix()) + float64(t.Nanosecond())/1e9))
			},
		},
		text: timestamp.String,
		meta: merged(comparison(call.instant, func(a, b timestamp) int { return a.Compare(b.Time) }), map[string]func(call) int{
			"__add": func(c call) int {
				at, by := 1, 2
				if _, ok := objectOf[timestamp](c.L.Get(1)); !ok {
					at, by = 2, 1
				}
				return c.push(c.time(c.instant(at).Add(c.added(by))))
			},
			"__sub": func(c call) int {
				_, other := c.L.Get(2).(*lua.LUserData)
				if _, isSpan := objectOf[span](c.L.Get(2)); !other && c.L.Get(2).Type() == lua.LTNumber || isSpan {
					return c.push(c.time(c.instant(1).Add(-c.added(2))))
				}
				return c.push(lua.LNumber(c.instant(1).Sub(c.instant(2).Time).Seconds()))
			},
		}),
	}
}

// time makes a value of a time.
func (c call) time(t time.Time) lua.LValue { return object(c, timestamp{t}, timeClass) }

// instant is the time at i of an operator.
func (c call) instant(i int) timestamp {
	t, ok := objectOf[timestamp](c.L.Get(i))
	if !ok {
		c.invalid("a time and %s can't be combined (for a number of seconds take t:unix())", host.Quoted(c.L.Get(i)))
	}
	return t
}

// added is what is added to a time at i of an operator.
func (c call) added(i int) time.Duration {
	v := c.L.Get(i)
	n, number := v.(lua.LNumber)
	_, isSpan := objectOf[span](v)
	if !isSpan && !(number && math.Abs(float64(n)*float64(time.Second)) < math.MaxInt64) {
		c.invalid("only a number of seconds can be added to a time, or a duration, not %s", host.Quoted(v))
	}
	return c.duration(v, "the duration")
}

// inRange raises for a number of seconds since 1970 that the calendar lacks.
func (c call) inRange(seconds float64) {
	if math.Abs(seconds) > 1e12 {
		c.invalid("a time of %g seconds since 1970 is out of range", seconds)
	}
}

// zone finds a zone by its name.
func (c call) zone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil || name == "" {
		c.invalid("unknown zone %q (want a name like Europe/Paris, UTC, or Local for that of this machine)", name)
	}
	return zone
}

// zoneOr is an option that names a zone, or missing where it isn't given.
func (c call) zoneOr(name string, missing *time.Location) *time.Location {
	if name == "" {
		return missing
	}
	return c.zone(name)
}

// human is a duration as kubectl shows an age.
func human(d time.Duration) string { return duration.HumanDuration(d) }

// timeFormat implements t:format(layout).
func timeFormat(c call, t timestamp) int {
	layout := c.text(2, "the layout")
	if !strings.Contains(layout, "%") {
		c.invalid(`the layout has no conversion (it is os.date's: "%%Y-%%m-%%d %%H:%%M")`)
	}
	text, err := FormatTime(c.L, t.Time, layout)
	if err != nil {
		c.invalid("the layout: %w", err)
	}
	return c.pushText(text)
}

// timeLayouts are what time.parse knows by itself.
var timeLayouts = []string{
	time.RFC3339Nano, time.DateOnly, time.DateTime, "2006-01-02T15:04:05", "2006-01-02 15:04",
	time.RFC1123, time.RFC1123Z, time.RFC850, time.ANSIC, time.UnixDate,
}

// timeParse implements time.parse(text, {layout =, zone =}).
func timeParse(c call) int {
	text := c.text(1, "time.parse: the text")
	given := options[struct{ Layout, Zone string }](c, 2)
	zone := c.zoneOr(given.Zone, time.UTC)
	layouts := timeLayouts
	if given.Layout != "" {
		layout, err := parsingLayout(given.Layout)
		if err != nil {
			c.invalid("time.parse: the layout: %w", err)
		}
		layouts = []string{layout}
	}
	for _, layout := range layouts {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(text), zone); err == nil {
			return c.push(c.time(t))
		}
	}
	want := "RFC 3339, like 2026-03-01T12:00:00Z"
	if given.Layout != "" {
		want = given.Layout
	}
	c.invalid("time.parse: %s is not a time (want %s)", host.QuotedText(text), want)
	return 0
}

// parsingLayout is the layout of Go for one of os.date.
func parsingLayout(format string) (string, error) {
	var b strings.Builder
	for {
		plain, rest, found := strings.Cut(format, "%")
		// What stands between conversions must mean nothing to Go.
		if other := time.Date(1987, 11, 28, 23, 46, 57, 0, time.UTC); other.Format(plain) != plain {
			return "", host.Invalidf("%q between the conversions would be read as a part of the time", plain)
		}
		b.WriteString(plain)
		if !found {
			return b.String(), nil
		}
		if rest == "" {
			return "", host.Invalidf("invalid conversion specifier '%%'")
		}
		layout, ok := layoutOf(rest[0])
		switch {
		case ok:
		case rest[0] == 'e':
			layout = "_2"
		case rest[0] == 'j':
			layout = "002"
		default:
			return "", host.Invalidf("%%%c can't be read", rest[0])
		}
		b.WriteString(layout)
		format = rest[1:]
	}
}

// field is a part of a date, which may be negative where it is added.
func (c call) field(v lua.LValue, name string, missing int) int {
	if v == nil || v == lua.LNil {
		return missing
	}
	const most = 1e7
	n, ok := v.(lua.LNumber)
	if !ok || n != lua.LNumber(int(n)) || math.Abs(float64(n)) > most {
		c.invalid("%s must be a whole number, not %s", name, host.Quoted(v))
	}
	return int(n)
}

// timeDate implements time.date{year =, month =, day =, hour =, minute =,
// second =, zone =}.
func timeDate(c call) int {
	given := options[struct {
		Year, Month, Day, Hour, Minute, Second lua.LValue
		Zone                                   string
	}](c, 1)
	if given.Year == nil {
		c.invalid("time.date: the year is missing")
	}
	t := time.Date(
		c.field(given.Year, "year", 0), time.Month(c.field(given.Month, "month", 1)), c.field(given.Day, "day", 1),
		c.field(given.Hour, "hour", 0), c.field(given.Minute, "minute", 0), c.field(given.Second, "second", 0),
		0, c.zoneOr(given.Zone, time.UTC))
	return c.push(c.time(t))
}

// timeAdd implements t:add{years =, months =, weeks =, days =, hours =, minutes =,
// seconds =}. Years, months, weeks and days are those of the calendar, in the time's zone; a day
// that the month lacks becomes its last.
func timeAdd(c call, t timestamp) int {
	given := options[struct{ Years, Months, Weeks, Days, Hours, Minutes, Seconds lua.LValue }](c, 2)
	moved := t.Time
	if months := 12*c.field(given.Years, "years", 0) + c.field(given.Months, "months", 0); months != 0 {
		first := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
		last := first.AddDate(0, 1, -1).Day()
		moved = time.Date(first.Year(), first.Month(), min(t.Day(), last), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), t.Location())
	}
	if days := 7*c.field(given.Weeks, "weeks", 0) + c.field(given.Days, "days", 0); days != 0 {
		moved = moved.AddDate(0, 0, days)
	}
	moved = moved.Add(time.Duration(c.field(given.Hours, "hours", 0))*time.Hour +
		time.Duration(c.field(given.Minutes, "minutes", 0))*time.Minute +
		time.Duration(c.field(given.Seconds, "seconds", 0))*time.Second)
	return c.push(c.time(moved))
}

// timeStartOf implements t:start_of(unit): when the minute, hour, day, week, month
// or year began in which t is, in its zone. Weeks begin on Monday.
func timeStartOf(c call, t timestamp) int {
	year, month, day := t.Date()
	switch unit := c.text(2, "the unit"); unit {
	case "minute":
		return c.push(c.time(t.Add(-sinceMinute(t.Time))))
	case "hour":
		return c.push(c.time(t.Add(-sinceMinute(t.Time) - time.Duration(t.Minute())*time.Minute)))
	case "day":
	case "week":
		day -= (int(t.Weekday()) + 6) % 7
	case "month":
		day = 1
	case "year":
		day, month = 1, time.January
	default:
		c.invalid("unknown unit %q%s", unit, c.host.Suggest(unit, []string{"minute", "hour", "day", "week", "month", "year"}))
	}
	return c.push(c.time(startOfDay(year, month, day, t.Location())))
}

// sinceMinute is how long the minute of t has lasted.
func sinceMinute(t time.Time) time.Duration {
	return time.Duration(t.Second())*time.Second + time.Duration(t.Nanosecond())
}

// startOfDay is when a day begins: at midnight, at the first one where the clock
// has two, and after the gap where it has none.
func startOfDay(year int, month time.Month, day int, zone *time.Location) time.Time {
	start := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if start.Hour() > 12 { // it is on the day before
		return start.Add(time.Hour)
	}
	if earlier := start.Add(-time.Hour); earlier.Day() == start.Day() {
		return earlier
	}
	return start
}
