package schedule

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// Status is how things stand with a job.
type Status struct {
	Job     *engine.Job
	Next    time.Time // when its next run begins, or the next attempt; zero for never
	Running bool      // its run goes on
	Objects int       // of those whose events trigger it: how many wait for their runs or have them
	Last    Run       // its newest run, the one that goes on included; the zero Run for none

	// Elsewhere says that another process schedules it, if any does. Then Next goes
	// by the schedule alone.
	Elsewhere bool
}

// Status tells how things stand, in the order of the jobs' names. It waits until
// the scheduler is run; the error is the cause of ctx.
func (s *Scheduler) Status(ctx context.Context) ([]Status, error) {
	var all []Status
	err := s.ask(ctx, func() {
		for name, d := range s.duties {
			if d.gone {
				continue
			}
			status := Status{Job: d.Job, Running: d.state == running, Last: newest(d.last, d.other), Next: d.next()}
			if d.state == pausing {
				status.Next = d.retry
			}
			if f := s.follows[name]; f != nil {
				status.Objects = len(f.objects)
			}
			all = append(all, status)
		}
	})
	slices.SortFunc(all, func(a, b Status) int { return cmp.Compare(a.Job.Name, b.Job.Name) })
	return all, err
}

// Ready waits until the scheduler is run, and its ledger is loaded. The error is the
// cause of ctx.
func (s *Scheduler) Ready(ctx context.Context) error { return s.ask(ctx, func() {}) }

// Trigger has a job run once now, by hand, beside its schedule. A job that isn't known, or has a run, is an error.
func (s *Scheduler) Trigger(ctx context.Context, name string) error {
	var failed error
	err := s.ask(ctx, func() {
		d := s.duties[name]
		switch {
		case d == nil || d.gone:
			failed = fmt.Errorf("there is no job %s", name)
		case s.draining:
			failed = ErrStopped
		case d.state != idle:
			failed = fmt.Errorf("the job %s has a run already", name)
		case !s.Runner.slots.take(s.slot):
			failed = fmt.Errorf("as many runs go on as there may be")
		default:
			s.start(d, Claim{Job: name, Scheduled: s.now().Truncate(time.Second), Attempt: 1}, engine.ByHand)
		}
	})
	if err != nil {
		return err
	}
	return failed
}

// ask has the loop call fn and waits for it, or until ctx ends, whose cause it
// returns then.
func (s *Scheduler) ask(ctx context.Context, fn func()) error {
	begun := make(chan bool, 1) // who takes the value decides
	begun <- true
	done := make(chan struct{})
	s.mail.post(func() {
		select {
		case <-begun:
			fn()
			close(done)
		default: // nobody waits any more
		}
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-begun:
		return context.Cause(ctx)
	case <-done: // it had begun
		return nil
	}
}
