package cron

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// The times of simulated years are compared with those of an observer who watches
// a clock, every five minutes or every second, and knows nothing of how times
// are reckoned.

// expected is an expression as the observer understands it.
type expected struct {
	text   string
	fits   func(face) bool // whether the clock shows it so
	hourly bool
}

// face is what a clock shows.
type face struct {
	seconds              int64 // since 1970 began there
	month, day, weekday  int
	hour, minute, second int
}

func faceOf(seconds int64) face {
	c := time.Unix(seconds, 0).UTC()
	return face{seconds, int(c.Month()), c.Day(), int(c.Weekday()), c.Hour(), c.Minute(), c.Second()}
}

var expressions = []expected{
	{"30 2 * * *", func(c face) bool { return c.hour == 2 && c.minute == 30 }, false},
	{"15,45 2 * * *", func(c face) bool { return c.hour == 2 && (c.minute == 15 || c.minute == 45) }, false},
	{"0 0 * * *", func(c face) bool { return c.hour == 0 && c.minute == 0 }, false},
	{"30 23 * * sun", func(c face) bool { return c.hour == 23 && c.minute == 30 && c.weekday == 0 }, false},
	{"*/20 0-3 * * *", func(c face) bool { return c.hour <= 3 && c.minute%20 == 0 }, false},
	{"45 1 1 * sun", func(c face) bool {
		return c.hour == 1 && c.minute == 45 && (c.day == 1 || c.weekday == 0)
	}, false},
	{"30 * * * *", func(c face) bool { return c.minute == 30 }, true},
	{"*/10 * * * *", func(c face) bool { return c.minute%10 == 0 }, true},
	{"*/25 * */9 3,4,9-11 *", func(c face) bool {
		return c.minute%25 == 0 && c.day%9 == 1 && slices.Contains([]int{3, 4, 9, 10, 11}, c.month)
	}, true},
}

var yearsOfZones = []struct {
	zone string
	year int
}{
	{"Europe/Paris", 2026},
	{"America/New_York", 2026},
	{"Australia/Lord_Howe", 2026}, // by half an hour
	{"America/Sao_Paulo", 2018},   // at midnight
	{"Africa/Casablanca", 2026},   // back during Ramadan
	{"Pacific/Apia", 2011},        // without 30 December
	{"Asia/Tehran", 2022},
	{"America/Caracas", 2007}, // for good, by half an hour
}

func TestYears(t *testing.T) {
	t.Parallel()
	for _, of := range yearsOfZones {
		t.Run(of.zone, func(t *testing.T) {
			t.Parallel()
			start := time.Date(of.year, 1, 1, 12, 0, 0, 0, time.UTC)
			o := observe(zone(t, of.zone), start, start.AddDate(1, 0, 0), 5*time.Minute)
			for _, e := range expressions {
				o.compare(t, e)
			}
		})
	}
}

// TestSeconds is the same for the days of a change, by the second.
func TestSeconds(t *testing.T) {
	t.Parallel()
	for _, start := range []time.Time{time.Date(2026, 3, 28, 12, 0, 0, 0, time.UTC), time.Date(2026, 10, 24, 12, 0, 0, 0, time.UTC)} {
		o := observe(zone(t, "Europe/Paris"), start, start.AddDate(0, 0, 1), time.Second)
		o.compare(t, expected{"*/17 59 1,2 * * *", func(c face) bool {
			return c.second%17 == 0 && c.minute == 59 && (c.hour == 1 || c.hour == 2)
		}, false})
	}
}

// observer is somebody who looks at the clock of a zone every tick.
type observer struct {
	zone       *time.Location
	start, end time.Time
	tick       time.Duration
	shown      []face // at start and after each tick
}

func observe(zone *time.Location, start, end time.Time, tick time.Duration) *observer {
	o := &observer{zone: zone, start: start, end: end, tick: tick}
	for at := start; !at.After(end); at = at.Add(tick) {
		_, ahead := at.In(zone).Zone()
		o.shown = append(o.shown, faceOf(at.Unix()+int64(ahead)))
	}
	return o
}

// notes are the times that the observer notes for an expression. A time that the
// clock shows or has passed since the last look is noted, once a look; what it had
// shown before it was set back isn't looked at again, unless it is for every hour.
func (o *observer) notes(e expected) (times []time.Time) {
	latest := o.shown[0].seconds
	for i, shown := range o.shown[1:] {
		noted := e.hourly && e.fits(shown)
		for !e.hourly && latest < shown.seconds {
			passed := shown
			if latest += int64(o.tick / time.Second); latest < shown.seconds {
				passed = faceOf(latest)
			}
			noted = noted || e.fits(passed)
		}
		if noted {
			times = append(times, o.start.Add(time.Duration(i+1)*o.tick).In(o.zone))
		}
	}
	return times
}

// compare compares what a schedule reckons with what the observer notes.
func (o *observer) compare(t *testing.T, e expected) {
	t.Helper()
	var got []time.Time
	s := schedule(t, o.zone, e.text)
	for at := s.Next(o.start); !at.After(o.end); at = s.Next(at) {
		got = append(got, at)
	}
	want := o.notes(e)
	assert.NotEmpty(t, want)
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || !got[i].Equal(want[i]) {
			t.Errorf("%s: %d times, want %d; they begin to differ at number %d: %v, want %v",
				e.text, len(got), len(want), i, got[min(i, len(got)):min(i+1, len(got))], want[min(i, len(want)):min(i+1, len(want))])
			return
		}
	}
}
