package schedule

import "time"

// settle looks after the jobs that were set.
func (s *Scheduler) settle() {
	if s.runs == nil {
		return
	}
	s.mu.Lock()
	all := s.all
	s.mu.Unlock()
	now := s.now()
	there := map[string]bool{}
	for _, definition := range all {
		name := definition.Job.Name
		there[name] = true
		d := s.duties[name]
		switch {
		case d == nil:
			d = newDuty(definition)
			s.duties[name] = d
			s.resume(d, s.records[name], now)
		case d.gone: // and its run, which was cancelled, hasn't ended yet
			d.gone = false
			d.redefine(definition)
			s.renew(d, now)
		case d.Definition == definition:
			continue
		case d.redefine(definition):
			s.renew(d, now) // what came before doesn't concern the new schedule
		}
		s.wakes.set(d, d.nextWake())
		s.follow(definition)
	}
	for name, d := range s.duties {
		if !there[name] && !d.gone {
			s.remove(d)
		}
	}
}

// renew has the schedule of a job begin now.
func (s *Scheduler) renew(d *duty, now time.Time) {
	d.done, d.backlog = now, time.Time{}
	if d.Job.Schedule != nil {
		s.writes.add(d.passes(now))
	}
}

// remove gives up a job. One that has a run, or is about to, is known until that is
// over: it may come back meanwhile, and has one run at a time.
func (s *Scheduler) remove(d *duty) {
	d.gone = true
	switch d.state {
	case running:
		d.cancel(errRemoved)
	case claiming:
	default:
		delete(s.duties, d.Job.Name)
	}
	s.wakes.set(d, time.Time{})
	s.unfollow(d.Job.Name, errRemoved)
	// Where it comes back, it begins anew.
	delete(s.records, d.Job.Name)
}

// resume goes on with a job where its record says.
func (s *Scheduler) resume(d *duty, r Record, now time.Time) {
	d.done, d.last, d.other = r.Scheduled, r.Run, r.Other
	if r.Scheduled.IsZero() || r.Schedule != d.identity || d.turnBack(now) {
		s.renew(d, now)
	}
	again := r.Run.Retry
	if r.Run.Attempt > 0 && r.Run.Finished.IsZero() {
		// Who made it is gone.
		lost := Result{Job: d.Job.Name, Scheduled: r.Run.Scheduled, Attempt: r.Run.Attempt, Finished: now, Outcome: Lost, Error: "who ran it was gone before it ended"}
		if r.Run.Attempt <= d.Job.Retries {
			again = now.Add(d.Job.Backoff.Pause(r.Run.Attempt))
			lost.Retry = again
		}
		s.Log.Warn("a run was lost: who ran it is gone", "job", d.Job.Name, "scheduled", r.Run.Scheduled, "attempt", r.Run.Attempt)
		s.writes.finish(lost)
		d.last.Finished, d.last.Outcome, d.last.Error, d.last.Retry = now, lost.Outcome, lost.Error, lost.Retry
	}
	if !again.IsZero() && d.Job.Schedule != nil {
		d.claim = Claim{Job: d.Job.Name, Schedule: d.identity, Scheduled: r.Run.Scheduled, Attempt: r.Run.Attempt}
		d.state, d.retry = pausing, again
	}
}
