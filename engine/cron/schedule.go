package cron

import (
	"strings"
	"time"
	_ "time/tzdata" // the zones, for machines that have none
)

// Schedule is when something is to happen: the times of one or several
// expressions, in one zone.
type Schedule struct {
	texts []string
	all   []times
	zone  *time.Location
}

// times are the times of one expression.
type times interface {
	// next is the first time after the given one; the zero time if there is none.
	next(after time.Time, zone *time.Location) time.Time
}

// Parse reads a schedule. Each text is one of
//
//	MINUTE HOUR DAY MONTH WEEKDAY
//	SECOND MINUTE HOUR DAY MONTH WEEKDAY
//	@every DURATION
//	@hourly, @daily, @midnight, @weekly, @monthly, @yearly, @annually
//
// with fields as in crontab(5): lists of numbers, ranges and steps, months and days
// of the week by their English names, too. Where neither the day nor the weekday
// begins with "*", a day that fits one of them will do. A text that never comes is
// an error, like every other one that makes no sense.
func Parse(zone *time.Location, texts ...string) (*Schedule, error) {
	s := &Schedule{texts: texts, zone: zone}
	for _, text := range texts {
		t, err := parse(text)
		if err != nil {
			return nil, err
		}
		s.all = append(s.all, t)
	}
	return s, nil
}

// Next is the first time after the given one; the zero time if there is none.
// Times are whole seconds.
func (s *Schedule) Next(after time.Time) time.Time {
	var first time.Time
	for _, t := range s.all {
		if next := t.next(after, s.zone); first.IsZero() || !next.IsZero() && next.Before(first) {
			first = next
		}
	}
	return first
}

// Last is the last time after from and until the given one; the zero time if there
// is none.
func (s *Schedule) Last(from, until time.Time) time.Time {
	// Next only looks forward. So a time near until is found by steps back that
	// get longer, and then the last one between it and until by halves.
	var last time.Time
	for step := time.Second; last.IsZero(); step *= 2 {
		start := until.Add(-step)
		if !start.After(from) {
			start = from
		}
		if last = s.within(start, until); last.IsZero() && start.Equal(from) {
			return last
		}
	}
	for end := until; ; {
		next := s.within(last, until)
		if next.IsZero() {
			return last
		}
		middle := last.Add(end.Sub(last) / 2)
		if later := s.within(middle, until); !later.IsZero() {
			next = later
		} else {
			end = middle
		}
		last = next
	}
}

// within is the first time after from and until the given one; the zero time if
// there is none.
func (s *Schedule) within(from, until time.Time) time.Time {
	if next := s.Next(from); !next.After(until) {
		return next
	}
	return time.Time{}
}

// Zone is where the clock stands that the schedule goes by.
func (s *Schedule) Zone() *time.Location { return s.zone }

// Texts are the expressions.
func (s *Schedule) Texts() []string { return s.texts }

// String is the expressions and the zone. Schedules with the same text are the
// same.
func (s *Schedule) String() string { return strings.Join(s.texts, ", ") + " " + s.zone.String() }
