package cron

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// field is one of the fields of an expression.
type field struct {
	name     string // as messages say it
	min, max int
	names    []string // of the values from min on
}

// fields are the fields in order. The first may be left out.
var fields = []field{
	{name: "second", max: 59},
	{name: "minute", max: 59},
	{name: "hour", max: 23},
	{name: "day of the month", min: 1, max: 31},
	{name: "month", min: 1, max: 12, names: strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")},
	{name: "day of the week", max: 7, names: strings.Fields("sun mon tue wed thu fri sat")},
}

// named are the expressions that have names.
var named = map[string]string{
	"@annually": "0 0 1 1 *",
	"@daily":    "0 0 * * *",
	"@hourly":   "0 * * * *",
	"@midnight": "0 0 * * *",
	"@monthly":  "0 0 1 * *",
	"@weekly":   "0 0 * * 0",
	"@yearly":   "0 0 1 1 *",
}

// parse reads one expression.
func parse(text string) (times, error) {
	t, err := parseWords(strings.Fields(text))
	if err != nil {
		return nil, fmt.Errorf("schedule %q: %w", text, err)
	}
	return t, nil
}

func parseWords(words []string) (times, error) {
	switch {
	case len(words) == 0:
		return nil, fmt.Errorf("is empty")
	case strings.EqualFold(words[0], "@every"):
		return parseEvery(words[1:])
	case strings.HasPrefix(words[0], "@"):
		expression, ok := named[strings.ToLower(words[0])]
		if !ok || len(words) > 1 {
			return nil, fmt.Errorf("%s is unknown (known are @every DURATION, @hourly, @daily, @weekly, @monthly, @yearly)", strings.Join(words, " "))
		}
		words = strings.Fields(expression)
	case strings.HasPrefix(words[0], "TZ=") || strings.HasPrefix(words[0], "CRON_TZ="):
		return nil, fmt.Errorf("%s: the time zone has a field of its own, timezone", words[0])
	}
	if len(words) == len(fields)-1 {
		words = append([]string{"0"}, words...)
	}
	if len(words) != len(fields) {
		return nil, fmt.Errorf("has %d fields (want minute, hour, day of the month, month, day of the week; or second before them)", len(words))
	}
	var sets [6]set
	for i, f := range fields {
		var err error
		if sets[i], err = f.parse(words[i]); err != nil {
			return nil, fmt.Errorf("%s: %w", f.name, err)
		}
	}
	c := &clock{second: sets[0], minute: sets[1], hour: sets[2], day: sets[3], month: sets[4], weekday: sets[5]}
	if c.weekday.has(7) { // Sunday, too
		c.weekday |= 1
	}
	c.either = !wild(words[3]) && !wild(words[5])
	c.hourly = c.hour == 1<<24-1
	if c.reading(time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("never comes: no month of these has such a day")
	}
	return c, nil
}

// wild tells whether a field says that any day will do. So does "*/2", in all
// crons since Vixie's.
func wild(text string) bool { return strings.HasPrefix(text, "*") || strings.HasPrefix(text, "?") }

func parseEvery(words []string) (times, error) {
	if len(words) != 1 {
		return nil, fmt.Errorf(`want one duration: "@every 10m"`)
	}
	d, err := time.ParseDuration(words[0])
	if err != nil || d < time.Second || d%time.Second != 0 {
		return nil, fmt.Errorf("%s is no interval of whole seconds (want 30s, 10m or 1h30m)", words[0])
	}
	return every(d), nil
}

// parse reads the list that a field is.
func (f field) parse(text string) (set, error) {
	var all set
	for part := range strings.SplitSeq(text, ",") {
		s, err := f.part(part)
		if err != nil {
			return 0, err
		}
		all |= s
	}
	return all, nil
}

// part reads one element of a list: *, N, N-M, and each of them with /STEP.
func (f field) part(text string) (set, error) {
	span, step, stepped := strings.Cut(text, "/")
	low, high := f.min, f.max
	if f.max == 7 && wild(span) {
		high = 6 // Sunday counts once
	}
	if span != "*" && span != "?" {
		from, to, ranges := strings.Cut(span, "-")
		var err error
		if low, err = f.number(from); err != nil {
			return 0, err
		}
		switch {
		case ranges:
			if high, err = f.number(to); err != nil {
				return 0, err
			}
			if f.max == 7 && high == 0 && low > 0 {
				high = 7 // until Sunday
			}
		case !stepped:
			high = low
		}
		if low > high {
			return 0, fmt.Errorf("%s goes backwards (want %s-%d,%d-%s)", span, from, f.last(), f.min, to)
		}
	}
	by := 1
	if stepped {
		n, err := strconv.Atoi(step)
		if err != nil || n < 1 {
			return 0, fmt.Errorf("%q is no step", step)
		}
		if n > high-low && n > 1 {
			return 0, fmt.Errorf("a step of %d leads out of %d-%d at once", n, low, high)
		}
		by = n
	}
	var s set
	for n := low; n <= high; n += by {
		s |= 1 << n
	}
	return s, nil
}

// last is the greatest value.
func (f field) last() int {
	if f.max == 7 {
		return 6
	}
	return f.max
}

// number reads a number or a name.
func (f field) number(text string) (int, error) {
	if i := slices.Index(f.names, strings.ToLower(text)); i >= 0 {
		return f.min + i, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || strings.HasPrefix(text, "+") {
		return 0, fmt.Errorf("%q is no number%s", text, f.orName())
	}
	if n < f.min || n > f.max {
		return 0, fmt.Errorf("%d is not between %d and %d", n, f.min, f.max)
	}
	return n, nil
}

func (f field) orName() string {
	if f.names == nil {
		return ""
	}
	return fmt.Sprintf(", nor a name (%s to %s)", f.names[0], f.names[len(f.names)-1])
}
