package schedule

import (
	"context"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// What the loop does when times have come and runs have ended.

// look deals with what is due.
func (s *Scheduler) look() {
	now := s.now()
	if by := s.last.Add(time.Since(s.looked)).Sub(now); by > time.Second {
		s.setBack(by, now)
	}
	s.last, s.looked = now, time.Now()
	for first := s.wakes.first(); !first.IsZero() && !first.After(now); first = s.wakes.first() {
		one := s.wakes[0]
		one.ring(s, now)
		if a := one.clock(); a.place >= 0 && a.wake.Equal(first) {
			// It can't go on now. What it waits for says when it can.
			s.wakes.set(one, time.Time{})
		}
	}
}

// setBack keeps what waits for a time from waiting longer because the clock was
// set back.
func (s *Scheduler) setBack(by time.Duration, now time.Time) {
	s.Log.Warn("the clock was set back", "by", by.Round(time.Second))
	s.writes.after = time.Time{}
	if !s.noteAt.IsZero() {
		s.noteAt = now
	}
	for _, d := range s.duties {
		if d.state == pausing {
			d.retry = d.retry.Add(-by)
		}
		if d.turnBack(now) {
			s.writes.add(d.passes(now))
		}
		s.wakes.set(d, d.nextWake())
	}
	for _, f := range s.follows {
		for _, o := range f.objects {
			if !o.wake.IsZero() {
				s.wakes.set(o, o.wake.Add(-by))
			}
		}
	}
}

// handle does what is due for a job.
func (s *Scheduler) handle(d *duty, now time.Time) {
	switch d.state {
	case idle:
		s.step(d, now)
	case running: // and its next run replaces it
		d.cancel(errReplaced)
		s.wakes.set(d, time.Time{})
		return
	case pausing:
		if next := d.next(); d.Job.Overlap == engine.OverlapReplace && !next.IsZero() && !next.After(now) {
			d.state = idle
			s.step(d, now)
		} else {
			s.begin(d, d.claim.Scheduled, d.claim.Attempt+1, now)
		}
	}
	s.wakes.set(d, d.nextWake())
}

// step takes the next step in a job's schedule.
func (s *Scheduler) step(d *duty, now time.Time) {
	next := d.due(now)
	switch {
	case next.at.IsZero():
	case next.run:
		s.begin(d, next.at, 1, now)
	default:
		d.deal(next)
		s.Log.Warn("passed over: it is too late for what was missed", "job", d.Job.Name, "until", next.at)
		s.Runner.Observe.tell(Passed{d.Job, next.at, PassedLate})
		s.writes.add(d.passes(now))
	}
}

// passes is the claim that says up to when the schedule was dealt with.
func (d *duty) passes(now time.Time) Claim {
	return Claim{Job: d.Job.Name, Schedule: d.identity, Scheduled: d.done, At: now}
}

// begin begins a run: it is claimed as soon as there is a slot for it.
func (s *Scheduler) begin(d *duty, at time.Time, attempt int, now time.Time) {
	switch {
	case s.draining:
	case !s.Runner.slots.take(s.slot):
		s.waiting = append(s.waiting, d)
		d.claim = Claim{Scheduled: at, Attempt: attempt - 1} // what state goes back to
		d.state = queued
	default:
		d.claim = Claim{Job: d.Job.Name, Schedule: d.identity, Scheduled: at, Attempt: attempt, At: now}
		d.state = claiming
		s.writes.add(d.claim)
	}
}

// unclaim has a job be as it was before its run was to be claimed.
func (d *duty) unclaim() {
	if d.state == claiming {
		d.claim.Attempt--
	}
	d.state = idle
	if d.claim.Attempt > 0 {
		d.state = pausing
	}
}

// retake tries those that wait for a slot.
func (s *Scheduler) retake() {
	waiting := s.waiting
	s.waiting = nil
	now := s.now()
	for _, one := range waiting {
		one.retake(s, now)
	}
}

// launch starts a run that was claimed.
func (s *Scheduler) launch(c Claim) {
	d := s.duties[c.Job]
	if stopped := s.runs.Err() != nil; d == nil || d.state != claiming || d.gone || stopped {
		s.Runner.slots.give()
		s.forget(d)
		r := Result{Job: c.Job, Scheduled: c.Scheduled, Attempt: c.Attempt, Finished: s.now(), Outcome: Cancelled, Error: "it did not begin"}
		if stopped {
			r.Retry = r.Finished // whoever schedules next makes it
		}
		s.writes.finish(r)
		return
	}
	d.deal(step{c.Scheduled, true})
	s.start(d, c, engine.BySchedule)
}

// start starts a run. There is a slot for it.
func (s *Scheduler) start(d *duty, c Claim, by engine.Trigger) {
	d.state = running
	d.last = Run{Trigger: by, Scheduled: c.Scheduled, Attempt: c.Attempt, Started: s.now()}
	ctx, cancel := context.WithCancelCause(s.runs)
	d.cancel = cancel
	s.running++
	definition := d.Definition
	go func() {
		defer cancel(nil)
		e := s.Runner.run(ctx, definition, engine.JobRun{Scheduled: c.Scheduled.In(definition.zone()), Attempt: c.Attempt, Trigger: by})
		cause := context.Cause(ctx)
		s.mail.post(func() { s.ended(d, e, cause == errReplaced || cause == errRemoved) })
	}()
	s.wakes.set(d, d.nextWake())
}

// zone is where the clock of the job's schedule stands.
func (d *Definition) zone() *time.Location {
	if d.Job.Schedule == nil {
		return time.Local
	}
	return d.Job.Schedule.Zone()
}

// forget forgets a job that nobody describes any more.
func (s *Scheduler) forget(d *duty) {
	if d != nil && d.gone {
		delete(s.duties, d.Job.Name)
	}
}

// ended notes how a run has ended, and whether it was given up for good.
func (s *Scheduler) ended(d *duty, e Ended, givenUp bool) {
	s.running--
	now := s.now()
	result := Result{Job: d.Job.Name, Scheduled: e.Scheduled, Attempt: e.Attempt, Finished: now, Outcome: e.Outcome, Error: short(e.Err)}
	d.state = idle
	byHand := e.Trigger == engine.ByHand
	if e.Err != nil && !byHand && e.Attempt <= d.Job.Retries && !givenUp {
		pause := d.Job.Backoff.Pause(e.Attempt)
		result.Retry = now.Add(pause)
		d.state, d.retry = pausing, result.Retry
		s.Log.Info("will be tried again", "job", d.Job.Name, "attempt", e.Attempt, "again", pause)
	}
	d.last.Finished, d.last.Outcome, d.last.Error, d.last.Retry = now, result.Outcome, result.Error, result.Retry
	if byHand {
		s.ranOther(e)
	} else {
		s.writes.finish(result)
	}
	s.forget(d)
	if d.gone || s.runs.Err() != nil {
		return
	}
	if d.state == idle && d.agenda.ended(now) {
		s.Log.Warn("passed over: the job was still running", "job", d.Job.Name, "until", now)
		s.Runner.Observe.tell(Passed{d.Job, now, PassedRunning})
		s.writes.add(d.passes(now))
	}
	s.wakes.set(d, d.nextWake())
}
