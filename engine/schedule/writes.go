package schedule

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// The pause before the ledger is tried again doubles from first to last.
const (
	firstPause = 500 * time.Millisecond
	lastPause  = 10 * time.Second
)

// How long one write into the ledger may take, and how long it may go on once
// nothing is to be scheduled any more: one that is broken off may have been made.
const (
	ledgerTime  = 30 * time.Second
	ledgerGrace = 3 * time.Second
)

// writes are what is to be written into the ledger. While one write goes on, others
// gather for the next.
type writes struct {
	claims  []Claim
	results []Result
	notes   map[string]Note // by the names of jobs
	going   bool
	claimed bool          // the write before was one of claims
	pause   time.Duration // before the next try; 0 while writes succeed
	after   time.Time     // when that is; zero for at once
}

// add adds a claim.
func (w *writes) add(c Claim) {
	// Only the newest one of a job without a run matters.
	w.claims = slices.DeleteFunc(w.claims, func(other Claim) bool { return other.Job == c.Job && other.Attempt == 0 })
	w.claims = append(w.claims, c)
}

// finish adds a result.
func (w *writes) finish(r Result) { w.results = append(w.results, r) }

// note adds a note to what is noted of a job already.
func (w *writes) note(job string, n Note) {
	if w.notes == nil {
		w.notes = map[string]Note{}
	}
	all := w.notes[job]
	all.Add(n)
	w.notes[job] = all
}

// some tells whether there is anything to write.
func (w *writes) some() bool { return w.going || len(w.claims)+len(w.results)+len(w.notes) > 0 }

// resultsFirst tells whether results are to be written before claims: those of the
// same jobs, and those that have waited for one write.
func (w *writes) resultsFirst() bool {
	if w.claimed && len(w.results) > 0 {
		return true
	}
	jobs := map[string]bool{}
	for _, r := range w.results {
		jobs[r.Job] = true
	}
	return slices.ContainsFunc(w.claims, func(c Claim) bool { return jobs[c.Job] })
}

// write begins to write what there is, if nothing is being written.
func (s *Scheduler) write(ctx context.Context) {
	w := &s.writes
	switch {
	case w.going || !w.some() || s.now().Before(w.after):
	case len(w.claims) > 0 && !w.resultsFirst():
		s.writeClaims(ctx)
	case len(w.results) > 0:
		s.writeResults(ctx)
	default:
		s.writeNotes(ctx)
	}
}

func (s *Scheduler) writeClaims(ctx context.Context) {
	w := &s.writes
	claims := w.claims
	w.claims, w.claimed = nil, true
	s.send(ctx, func(ctx context.Context) error { return s.Ledger.Claim(ctx, claims) }, func(err error) {
		for _, c := range claims {
			switch {
			case c.Attempt > 0 && err == nil:
				s.launch(c)
			case c.Attempt > 0:
				s.unclaim(c)
			case err != nil && !slices.ContainsFunc(w.claims, func(newer Claim) bool { return newer.Job == c.Job }):
				w.claims = append(w.claims, c)
			}
		}
	})
}

func (s *Scheduler) writeResults(ctx context.Context) {
	w := &s.writes
	results := w.results
	w.results, w.claimed = nil, false
	s.send(ctx, func(ctx context.Context) error { return s.Ledger.Finish(ctx, results) }, func(err error) {
		if err != nil {
			w.results = append(results, w.results...)
		}
	})
}

func (s *Scheduler) writeNotes(ctx context.Context) {
	w := &s.writes
	notes := w.notes
	w.notes = nil
	s.send(ctx, func(ctx context.Context) error { return s.Ledger.Note(ctx, notes) }, func(err error) {
		if err == nil {
			return
		}
		newer := w.notes
		w.notes = notes
		for job, n := range newer {
			w.note(job, n)
		}
	})
}

// send has something written beside the loop, which does what follows from it.
func (s *Scheduler) send(ctx context.Context, write func(context.Context) error, then func(error)) {
	s.writes.going, s.writes.after = true, time.Time{}
	ctx, cancel := outlasting(ctx)
	go func() {
		defer cancel()
		err := write(ctx)
		s.mail.post(func() {
			then(s.wrote(err))
			s.checkDrained()
		})
	}()
}

// wrote notes how a write went, whose error it returns.
func (s *Scheduler) wrote(err error) error {
	w := &s.writes
	w.going = false
	switch {
	case err == nil:
		if w.pause > 0 {
			s.Log.Info("the ledger can be written again")
		}
		w.pause = 0
	case errors.Is(err, ErrLost):
		s.lost = err
	default:
		w.pause = min(max(2*w.pause, firstPause), lastPause)
		w.after = s.now().Add(w.pause)
		s.Log.Error("the ledger can't be written, so no run begins", "error", short(err), "again", w.pause)
	}
	return err
}

// unclaim gives up a claim that could not be written. What it was for is still due.
func (s *Scheduler) unclaim(c Claim) {
	s.Runner.slots.give()
	d := s.duties[c.Job]
	if d == nil || d.state != claiming {
		return
	}
	d.unclaim()
	if s.forget(d); !d.gone {
		s.wakes.set(d, s.writes.after)
	}
}

// outlasting is a context for a write that is begun under another one.
func outlasting(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(parent), ledgerTime)
	stop := context.AfterFunc(parent, func() {
		if kube.Sleep(ctx, ledgerGrace) == nil {
			cancel()
		}
	})
	return ctx, func() { stop(); cancel() }
}
