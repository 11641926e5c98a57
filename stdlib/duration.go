package stdlib

import (
	"cmp"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// span is a duration as Lua sees it.
type span struct{ time.Duration }

// String is the duration without units that are zero: "1h30m".
func (d span) String() string {
	text := d.Duration.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

func (d span) nanoseconds() float64 { return float64(d.Duration) }

// MarshalText is how it is written in JSON and YAML.
func (d span) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// DurationOf is the duration that a value is; false for other values.
func DurationOf(v lua.LValue) (time.Duration, bool) {
	d, ok := objectOf[span](v)
	return d.Duration, ok
}

// ParseDuration is time.ParseDuration, which knows weeks (7w) and days (2d) too,
// of 24 hours. They come first.
func ParseDuration(text string) (time.Duration, error) {
	rest, negative := strings.CutPrefix(text, "-")
	days, found := 0.0, false
	for _, unit := range []struct {
		name string
		days float64
	}{{"w", 7}, {"d", 1}} {
		number, after, ok := strings.Cut(rest, unit.name)
		if !ok {
			continue
		}
		n, err := strconv.ParseFloat(number, 64)
		if err != nil || strings.ContainsAny(number, "+-eEpPxXnN") {
			return 0, errors.New("not a duration")
		}
		days += n * unit.days
		rest, found = after, true
	}
	var d time.Duration
	if rest != "" || !found {
		var err error
		if d, err = time.ParseDuration(rest); err != nil || d < 0 {
			return 0, errors.New("not a duration")
		}
	}
	if days*float64(24*time.Hour)+float64(d) >= math.MaxInt64 {
		return 0, errors.New("too long")
	}
	d += time.Duration(days * float64(24*time.Hour))
	if negative {
		d = -d
	}
	return d, nil
}

// durationClass is what time.duration makes.
func durationClass() class[span] {
	in := func(unit time.Duration) func(call, span) lua.LValue {
		return func(_ call, d span) lua.LValue { return lua.LNumber(float64(d.Duration) / float64(unit)) }
	}
	return class[span]{
		name:       "duration",
		documented: "time.Duration",
		attributes: map[string]func(call, span) lua.LValue{
			"days": in(24 * time.Hour), "hours": in(time.Hour), "milliseconds": in(time.Millisecond),
			"minutes": in(time.Minute), "seconds": in(time.Second),
		},
		methods: map[string]func(call, span) int{
			"human": func(c call, d span) int { return c.push(lua.LString(human(d.Duration))) },
			"round": func(c call, d span) int {
				return c.push(c.span(d.Round(c.duration(c.L.Get(2), "the unit"))))
			},
			"truncate": func(c call, d span) int {
				return c.push(c.span(d.Truncate(c.duration(c.L.Get(2), "the unit"))))
			},
		},
		text: span.String,
		meta: merged(comparison(call.spanOperand, func(a, b span) int { return cmp.Compare(a.Duration, b.Duration) }), map[string]func(call) int{
			"__add": func(c call) int {
				if t, ok := TimeOf(c.L.Get(2)); ok {
					return c.push(c.time(t.Add(c.spanOperand(1).Duration)))
				}
				return c.push(c.spanNumber(c.spanOperand(1).nanoseconds() + c.spanOperand(2).nanoseconds()))
			},
			"__div": func(c call) int {
				if _, ok := DurationOf(c.L.Get(2)); ok {
					return c.push(lua.LNumber(c.spanOperand(1).nanoseconds() / c.spanOperand(2).nanoseconds()))
				}
				return c.push(c.spanNumber(c.spanOperand(1).nanoseconds() / c.number(2, "what a duration is divided by")))
			},
			"__mul": func(c call) int {
				d, by := 1, 2
				if c.L.Get(1).Type() == lua.LTNumber {
					d, by = 2, 1
				}
				return c.push(c.spanNumber(c.spanOperand(d).nanoseconds() * c.number(by, "what a duration is multiplied by")))
			},
			"__sub": func(c call) int {
				return c.push(c.spanNumber(c.spanOperand(1).nanoseconds() - c.spanOperand(2).nanoseconds()))
			},
			"__unm": func(c call) int { return c.push(c.span(-c.spanOperand(1).Duration)) },
		}),
	}
}

// span makes a value of a duration.
func (c call) span(d time.Duration) lua.LValue { return object(c, span{d}, durationClass) }

// spanNumber makes a value of a duration in nanoseconds.
func (c call) spanNumber(d float64) lua.LValue {
	if math.IsNaN(d) || math.Abs(d) >= math.MaxInt64 {
		c.invalid("the duration is too long")
	}
	return c.span(time.Duration(d))
}

// spanOperand is the duration at i of an operator.
func (c call) spanOperand(i int) span {
	return span{c.duration(c.L.Get(i), "what is combined with a duration")}
}
