package cron

import (
	"math/bits"
	"time"
)

// clock is a cron expression: what a wall clock shows when its times come.
type clock struct {
	second, minute, hour, day, month, weekday set

	either bool // a day that fits day or weekday will do
	hourly bool // it is for every hour
}

// set is a set of small numbers.
type set uint64

func (s set) has(n int) bool { return s&(1<<n) != 0 }

// from is the smallest member that is n or more; false if there is none.
func (s set) from(n int) (int, bool) {
	rest := s >> n << n
	return bits.TrailingZeros64(uint64(rest)), rest != 0
}

// A reading is what a wall clock shows, as the time in UTC at which a clock there
// shows it.
type reading = time.Time

// horizon is how many years ahead a time is looked for. The calendar repeats itself
// after so many.
const horizon = 400

// next is the first time after the given one.
func (c *clock) next(after time.Time, zone *time.Location) time.Time {
	if c.hourly {
		return c.shown(after, zone)
	}
	for at := read(after.In(zone)); ; {
		if at = c.reading(at.Add(time.Second)); at.IsZero() {
			return at
		}
		// The clock may have shown it, before it was set back.
		if t := first(at, zone); t.After(after) {
			return t
		}
	}
}

// shown is the first time after the given one at which the clock shows what the
// expression says.
func (c *clock) shown(after time.Time, zone *time.Location) time.Time {
	for t := after.Truncate(time.Second).Add(time.Second).In(zone); ; {
		at := c.reading(read(t))
		if at.IsZero() {
			return at
		}
		_, end := bounds(t)
		if came := t.Add(at.Sub(read(t))); end.IsZero() || came.Before(end) {
			return came
		}
		t = end
	}
}

// first is when the clock of a zone first shows a reading or a later one.
func first(at reading, zone *time.Location) time.Time {
	// No clock is a whole day off.
	for t := at.Add(-24 * time.Hour).In(zone); ; {
		start, end := bounds(t)
		_, offset := t.Zone()
		came := at.Add(-time.Duration(offset) * time.Second).In(zone)
		switch {
		case !end.IsZero() && !came.Before(end):
			t = end
		case came.Before(start):
			return start
		default:
			return came
		}
	}
}

// bounds are between which times a zone has the offset that it has at t, or at least
// has it, too. ZoneBounds itself names an end before t on the last day of a leap
// year, where the tables of a zone have come to an end (Go 1.26, after 2037).
func bounds(t time.Time) (start, end time.Time) {
	start, end = t.ZoneBounds()
	if !end.IsZero() && !end.After(t) {
		end = t.Add(24 * time.Hour)
	}
	return start, end
}

// read is what the clock of a time's zone shows then.
func read(t time.Time) reading {
	_, offset := t.Zone()
	return t.Truncate(time.Second).Add(time.Duration(offset) * time.Second).UTC()
}

// reading is the first reading, from the given one on, that fits; the zero time if
// there is none.
func (c *clock) reading(from reading) reading {
	year, month, day := from.Date()
	last := year + horizon
	hour, minute, second := from.Clock()
	found := false
	if c.fits(from) {
		if hour, minute, second, found = c.timeOfDay(hour, minute, second); found {
			return time.Date(year, month, day, hour, minute, second, 0, time.UTC)
		}
	}
	hour, minute, second, _ = c.timeOfDay(0, 0, 0)
	for at := time.Date(year, month, day+1, hour, minute, second, 0, time.UTC); at.Year() <= last; {
		switch {
		case !c.month.has(int(at.Month())):
			at = time.Date(at.Year(), at.Month()+1, 1, hour, minute, second, 0, time.UTC)
		case !c.fits(at):
			at = at.AddDate(0, 0, 1)
		default:
			return at
		}
	}
	return time.Time{}
}

// fits tells whether the date fits.
func (c *clock) fits(at reading) bool {
	day, weekday := c.day.has(at.Day()), c.weekday.has(int(at.Weekday()))
	return c.month.has(int(at.Month())) && (day && weekday || c.either && (day || weekday))
}

// timeOfDay is the first time of a day, from the given one on, that fits.
func (c *clock) timeOfDay(hour, minute, second int) (h, m, s int, ok bool) {
	first := func(of set) int { n, _ := of.from(0); return n }
	if h, ok = c.hour.from(hour); !ok {
		return 0, 0, 0, false
	}
	if h > hour {
		return h, first(c.minute), first(c.second), true
	}
	if m, ok = c.minute.from(minute); ok && m > minute {
		return h, m, first(c.second), true
	}
	if ok {
		if s, ok = c.second.from(second); ok {
			return h, m, s, true
		}
		if m, ok = c.minute.from(minute + 1); ok {
			return h, m, first(c.second), true
		}
	}
	if h, ok = c.hour.from(hour + 1); ok {
		return h, first(c.minute), first(c.second), true
	}
	return 0, 0, 0, false
}
