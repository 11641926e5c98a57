package schedule

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// duty is a job that a scheduler looks after. The scheduler's loop alone uses it.
type duty struct {
	*Definition
	agenda
	identity string // of the schedule, see [Record]

	state  state
	claim  Claim     // of the run that is being claimed or goes on, or that is to be tried again
	retry  time.Time // when it is tried again
	cancel context.CancelCauseFunc
	last   Run  // the newest run by the schedule or by hand, the one that goes on included
	other  Run  // the newest one that has ended of those by hand and by events
	gone   bool // nobody describes the job any more; it is forgotten when its run is over

	alarm
}

// state is what goes on with a job.
type state int

const (
	idle     state = iota
	queued         // it is due, and there is no slot
	claiming       // its run is being claimed
	running        // its run goes on
	pausing        // its run has failed and is to be tried again
)

// Causes of runs that are cancelled.
var (
	errReplaced = errors.New("the next run of the job replaces it")
	errRemoved  = errors.New("its job is no longer described by any file")
)

func newDuty(d *Definition) *duty {
	return &duty{Definition: d, agenda: agenda{job: d.Job}, identity: identity(d.Job), alarm: alarm{place: -1}}
}

// identity identifies the schedule of a job; "" for none.
func identity(j *engine.Job) string {
	if j.Schedule == nil {
		return ""
	}
	return digest(j.Schedule.String())
}

// digest is short for a text.
func digest(text string) string {
	h := fnv.New64a()
	h.Write([]byte(text))
	return fmt.Sprintf("%016x", h.Sum64())
}

// redefine changes what the job is; true where its schedule is another one.
func (d *duty) redefine(by *Definition) (rescheduled bool) {
	d.Definition, d.agenda.job = by, by.Job
	id := identity(by.Job)
	rescheduled = id != d.identity
	d.identity = id
	return rescheduled
}

// ring does what is due for the job.
func (d *duty) ring(s *Scheduler, now time.Time) { s.handle(d, now) }

// retake tries again to get a slot.
func (d *duty) retake(s *Scheduler, now time.Time) {
	if d.state == queued && !d.gone {
		d.unclaim()
		s.handle(d, now)
	}
}

// nextWake is when to look at it next.
func (d *duty) nextWake() time.Time {
	replaces := d.Job.Overlap == engine.OverlapReplace
	switch {
	case d.gone:
	case d.state == idle, d.state == running && replaces:
		return d.next()
	case d.state == pausing && replaces:
		if next := d.next(); !next.IsZero() && next.Before(d.retry) {
			return next
		}
		return d.retry
	case d.state == pausing:
		return d.retry
	}
	return time.Time{}
}
