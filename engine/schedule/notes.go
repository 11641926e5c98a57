package schedule

import "time"

// noteTime is for how long notes gather, but when runs are to begin no longer.
const noteTime = 5 * time.Second

// noteSoon says that there is something to note.
func (s *Scheduler) noteSoon() {
	if s.noteAt.IsZero() {
		s.noteAt = s.now().Add(noteTime)
	}
}

// note has what is to be noted be written, if it is time.
func (s *Scheduler) note() {
	now := s.now()
	if s.noteAt.IsZero() || !s.draining && now.Before(s.noteAt) {
		return
	}
	s.noteAt = time.Time{}
	for job, r := range s.others {
		s.writes.note(job, Note{Other: r})
	}
	clear(s.others)
	s.mark(now)
	s.checkDrained()
}

// ranOther notes how a run has ended that no schedule had begun.
func (s *Scheduler) ranOther(e Ended) {
	now := s.now()
	r := Run{
		Trigger: e.Trigger, Scheduled: e.Scheduled, Attempt: e.Attempt,
		Started: now.Add(-e.Took), Finished: now, Outcome: e.Outcome, Error: short(e.Err),
	}
	if d := s.duties[e.Job.Name]; d != nil {
		d.other = r
	}
	s.others[e.Job.Name] = r
	s.noteSoon()
}
