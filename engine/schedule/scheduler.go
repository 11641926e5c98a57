package schedule

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// Options are what a scheduler works with.
type Options struct {
	// Ledger is the account that it keeps.
	Ledger Ledger

	// Runner makes the runs. Several schedulers may share one.
	Runner *Runner

	// Cluster is where the objects are watched whose events trigger jobs. It is
	// asked for once; nil has no job triggered by events.
	Cluster func() (*kube.Cluster, error)

	// Log gets what the scheduler does.
	Log *slog.Logger

	// Now is the clock that schedules go by; nil is time.Now. It may be set back
	// and forward.
	Now func() time.Time
}

// Scheduler runs jobs when their times come and when events trigger them. Its
// methods are safe for concurrent use.
//
// One goroutine, the loop of [Scheduler.Run], decides; it never waits for anything
// but what comes next. Runs, and what is written into the ledger, go on beside it
// and report back.
type Scheduler struct {
	Options
	mail *mailbox
	slot chan struct{} // is told when a slot may be free

	mu  sync.Mutex
	all []*Definition // that it is to look after

	// The rest is the loop's.
	duties   map[string]*duty
	wakes    wakes
	waiting  []waker              // for slots, in order
	follows  map[string]*follower // by the names of jobs
	records  map[string]Record
	writes   writes
	running  int
	draining bool
	drained  []chan struct{}
	runs     context.Context // of all runs
	watching sync.WaitGroup  // goroutines of the followers
	others   map[string]Run  // by the names of jobs; of these the ledger is still to learn
	noteAt   time.Time       // when it does, and of marks that have moved; zero for none
	lost     error           // why nothing may be scheduled any more
	last     time.Time       // what the clock showed when the loop looked last
	looked   time.Time       // when that was, whatever the clock showed
}

// New makes a scheduler that looks after no job yet.
func New(o Options) *Scheduler {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Scheduler{Options: o, mail: newMailbox(), slot: make(chan struct{}, 1)}
}

// Set says which jobs the scheduler looks after from now on. A job that was there
// before keeps its account; runs of one that is no longer there are cancelled.
func (s *Scheduler) Set(all []*Definition) {
	s.mu.Lock()
	s.all = slices.Clone(all)
	s.mu.Unlock()
	s.mail.post(func() { s.settle() })
}

// longest is how long the loop sleeps at most: the clock may be set meanwhile.
const longest = 5 * time.Second

// Run schedules until ctx ends. Then runs are cancelled, and Run returns once they
// have ended and the ledger knows. The error is the cause of ctx, or that of the
// ledger where it says that somebody else schedules. A scheduler can be run again,
// but not twice at once.
func (s *Scheduler) Run(ctx context.Context) error {
	records, err := s.load(ctx)
	if err != nil {
		return err
	}
	runs, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	s.runs, s.records, s.duties, s.follows = runs, records, map[string]*duty{}, map[string]*follower{}
	s.wakes, s.waiting, s.writes, s.others, s.noteAt, s.lost = nil, nil, writes{}, map[string]Run{}, time.Time{}, nil
	s.last, s.looked = s.now(), time.Now()
	s.settle()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil && s.lost == nil {
		s.look()
		s.note()
		s.write(ctx)
		s.Runner.stock.want(min(s.wakes.until(s.now().Add(ahead)), s.Runner.most))
		timer.Reset(s.sleep())
		select {
		case <-ctx.Done():
		case <-timer.C:
		case <-s.slot:
			s.retake()
		case <-s.mail.some:
			s.mail.empty()
		}
	}
	cause := s.lost
	if cause == nil {
		cause = context.Cause(ctx)
	}
	cancel(cause)
	s.wind(cause)
	return cause
}

// now is what the clock shows.
func (s *Scheduler) now() time.Time { return s.Now().Round(0) }

// load loads the ledger, as long as that takes.
func (s *Scheduler) load(ctx context.Context) (map[string]Record, error) {
	for pause := firstPause; ; pause = min(2*pause, lastPause) {
		records, err := s.Ledger.Load(ctx)
		switch {
		case err == nil:
			return records, nil
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case errors.Is(err, ErrLost):
			return nil, err
		}
		s.Log.Error("what was scheduled can't be read", "error", short(err), "again", pause)
		if err := kube.Sleep(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// ahead is how long before runs begin what they are made in is made: not while
// others begin that are due just now.
const ahead = 500 * time.Millisecond

// sleep is how long the loop may sleep.
func (s *Scheduler) sleep() time.Duration {
	now := s.now()
	wake := longest
	for _, at := range []time.Time{s.writes.after, s.noteAt} {
		if !at.IsZero() {
			wake = min(wake, at.Sub(now))
		}
	}
	if first := s.wakes.first(); !first.IsZero() {
		left := first.Sub(now)
		if left > ahead {
			left -= ahead - time.Millisecond
		}
		wake = min(wake, left)
	}
	return max(wake, 0)
}

// windTime is how long the ledger has, at last, to learn how runs ended.
const windTime = 5 * time.Second

// wind waits for the runs that were cancelled, and for the ledger.
func (s *Scheduler) wind(cause error) {
	for s.running > 0 || s.writes.going {
		<-s.mail.some
		s.mail.empty()
	}
	if !errors.Is(cause, ErrLost) && len(s.writes.results) > 0 {
		ctx, cancel := context.WithTimeout(context.Background(), windTime)
		defer cancel()
		if err := s.Ledger.Finish(ctx, s.writes.results); err != nil {
			s.Log.Error("how runs ended can't be written", "error", short(err), "runs", len(s.writes.results))
		}
	}
	s.watching.Wait()
	s.runs = nil
	s.draining = true
	s.checkDrained()
	s.draining = false
}
