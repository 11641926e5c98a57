package schedule

import (
	"hash/fnv"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// agenda is how far the schedule of a job has been dealt with, and what comes next.
// It knows neither clocks nor runs.
type agenda struct {
	job  *engine.Job
	done time.Time // times until then were run or passed over

	// backlog is until when times have their runs one after another, however late:
	// they came while the job ran and are queued, or were missed and all count.
	backlog time.Time
}

// setBack is by how much a clock may be set back so that the schedule only waits
// until it shows again what it showed. One that is set back by more was wrong
// before. (The bound is that of cron(8).)
const setBack = 3 * time.Hour

// step is what is to be done about a schedule.
type step struct {
	at  time.Time // deals with times until then; zero for nothing to do
	run bool      // the one at then has its run
}

// next is when there is something to do next; the zero time for never.
func (a *agenda) next() time.Time {
	if a.job.Schedule == nil {
		return time.Time{}
	}
	first := a.job.Schedule.Next(a.done)
	if first.IsZero() {
		return first
	}
	return a.begins(first)
}

// begins is when the run for a time begins: up to the job's jitter later, by an
// amount that depends on the job and the time alone.
func (a *agenda) begins(at time.Time) time.Time {
	if a.job.Jitter <= 0 {
		return at
	}
	h := fnv.New64a()
	h.Write([]byte(a.job.Name))
	h.Write(at.UTC().AppendFormat(nil, time.RFC3339))
	return at.Add(time.Duration(h.Sum64() % uint64(a.job.Jitter)))
}

// due is what is to be done now. The job doesn't run.
func (a *agenda) due(now time.Time) step {
	if a.job.Schedule == nil {
		return step{}
	}
	first := a.job.Schedule.Next(a.done)
	if first.IsZero() || a.begins(first).After(now) {
		return step{}
	}
	queued := !first.After(a.backlog)
	switch {
	case a.job.Missed == engine.MissedAll:
		if !queued {
			first = a.within(first, now)
		}
		a.backlog = now
		if first.IsZero() {
			return step{now, false}
		}
		return step{first, true}
	case queued && a.job.Overlap == engine.OverlapQueue:
		return step{first, true}
	case queued:
		return step{a.last(first, now), true}
	}
	last := a.last(first, now)
	return step{last, !a.tooLate(last, now)}
}

// last is the last time that has come by now, of which first is one.
func (a *agenda) last(first, now time.Time) time.Time {
	last := a.job.Schedule.Last(a.done, now)
	for last.After(first) && a.begins(last).After(now) {
		last = a.job.Schedule.Last(a.done, last.Add(-1))
	}
	return last
}

// within is the first time from first on that may still have its run; the zero time
// where none of those that have come may.
func (a *agenda) within(first, now time.Time) time.Time {
	if a.tooLate(first, now) {
		first = a.job.Schedule.Next(now.Add(-a.job.Grace - a.job.Jitter - 1))
		for !first.IsZero() && a.tooLate(first, now) {
			first = a.job.Schedule.Next(first)
		}
	}
	if first.IsZero() || a.begins(first).After(now) {
		return time.Time{}
	}
	return first
}

// tooLate tells whether it is too late for the run of a time.
func (a *agenda) tooLate(at, now time.Time) bool {
	return a.job.Grace > 0 && now.Sub(a.begins(at)) > a.job.Grace
}

// deal notes that a step was taken.
func (a *agenda) deal(s step) {
	if s.at.After(a.done) {
		a.done = s.at
	}
}

// ended notes that the job has run until now, its further attempts included. It
// tells whether times were passed over that came meanwhile.
func (a *agenda) ended(now time.Time) (passed bool) {
	if a.job.Schedule == nil {
		return false
	}
	first := a.job.Schedule.Next(a.done)
	came := !first.IsZero() && !a.begins(first).After(now)
	switch {
	case !came:
	case a.job.Overlap != engine.OverlapSkip, !first.After(a.backlog):
		a.backlog = now
	default:
		a.done = now
		return true
	}
	return false
}

// turnBack begins anew where the clock was set back by so much that it must have
// been wrong. It tells whether it has done so.
func (a *agenda) turnBack(now time.Time) bool {
	if !a.done.After(now.Add(setBack)) {
		return false
	}
	a.done, a.backlog = now, time.Time{}
	return true
}
