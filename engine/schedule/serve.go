package schedule

import (
	"context"
	"errors"
	"time"
)

// ErrStopped is the cause of runs that are cancelled because the process is to end.
var ErrStopped = errors.New("the scheduler was stopped")

// Grace is how long runs may take to end before they are cancelled because the process
// is to end.
type Grace struct {
	Time time.Duration
	Cut  context.Context // ends it earlier; nil for nothing
}

// limit is a context for the time.
func (g Grace) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	limit, cancel := context.WithTimeout(ctx, g.Time)
	if g.Cut != nil {
		stop := context.AfterFunc(g.Cut, cancel)
		return limit, func() { stop(); cancel() }
	}
	return limit, cancel
}

// Serve schedules until ctx ends. Then no run begins any more, those that go on have
// time to end, and what is left is cancelled. The error is nil, or that of
// [Scheduler.Run].
func Serve(ctx context.Context, s *Scheduler, grace Grace) error {
	return serve(context.WithoutCancel(ctx), ctx.Done(), s, grace)
}

// serve is Serve until stop is closed. Where ctx ends, everything is cancelled at
// once, and the error is its cause.
func serve(ctx context.Context, stop <-chan struct{}, s *Scheduler, grace Grace) error {
	runs, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	ended := make(chan error, 1)
	go func() { ended <- s.Run(runs) }()
	select {
	case err := <-ended:
		return err
	case <-stop:
	}
	if ctx.Err() != nil {
		return <-ended
	}
	s.Log.Info("stopping: runs have time to end", "grace", grace.Time)
	limit, done := grace.limit(runs)
	defer done()
	if s.Drain(limit) != nil {
		s.Log.Warn("the time is up: runs are cancelled")
	}
	cancel(ErrStopped)
	if err := <-ended; !errors.Is(err, ErrStopped) {
		return err
	}
	return nil
}

// Drain has no more runs begin. It returns once none goes on any more, or with the
// cause of ctx.
func (s *Scheduler) Drain(ctx context.Context) error {
	done := make(chan struct{})
	s.mail.post(func() {
		s.draining = true
		s.drained = append(s.drained, done)
		s.checkDrained()
	})
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Resume has runs begin again after a Drain.
func (s *Scheduler) Resume() {
	s.mail.post(func() {
		s.draining = false
		for _, d := range s.duties {
			s.wakes.set(d, d.nextWake())
		}
		for _, f := range s.follows {
			for _, o := range f.objects {
				if o.pending && o.cancel == nil {
					s.wakes.set(o, later(s.now(), o.retry))
				}
			}
		}
	})
}

// checkDrained tells those who wait for it that no run goes on.
func (s *Scheduler) checkDrained() {
	if !s.draining || s.running > 0 || s.writes.some() || !s.noteAt.IsZero() {
		return
	}
	for _, done := range s.drained {
		close(done)
	}
	s.drained = nil
}
