package schedule

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// Ledger remembers what was scheduled and how it ended, so that no run is lost or
// made twice: not across a restart, and not by two processes. Its methods are
// safe for concurrent use.
type Ledger interface {
	// Load returns what is known of jobs, by their names. Who loads begins to
	// schedule: runs that the ledger has as going on were of somebody who is gone.
	Load(ctx context.Context) (map[string]Record, error)

	// Claim notes which runs are about to start, and which times are passed over:
	// all that are due together in one write. No run starts before its claim is
	// written. The error is ErrLost where somebody else schedules by now; after any
	// other one the same claims may be made again.
	Claim(ctx context.Context, claims []Claim) error

	// Finish notes how claimed runs ended. A result of a run that isn't the newest
	// one claimed of its job changes nothing.
	Finish(ctx context.Context, results []Result) error

	// Note notes, by the names of jobs, what has happened beside their schedules.
	Note(ctx context.Context, notes map[string]Note) error
}

// ErrLost is the error of who may schedule no longer, because somebody else does.
var ErrLost = errors.New("another process schedules these jobs")

// Record is what a ledger knows of a job.
type Record struct {
	// Scheduled is up to when the schedule was dealt with: times until then were
	// run or passed over.
	Scheduled time.Time

	// Schedule identifies the schedule that Scheduled is of. Of another one
	// nothing was missed.
	Schedule string

	// Run is the newest run by the schedule, the zero Run if there was none.
	Run Run

	Note
}

// Note is what has happened to a job beside its schedule.
type Note struct {
	// Other is the newest one that has ended of the runs by hand and by events, the
	// zero Run if there was none.
	Other Run

	// Events is how far events were dealt with, the zero Mark if that isn't known.
	Events Mark
}

// Newest is the newest run of a job, whatever had it run.
func (r Record) Newest() Run { return newest(r.Run, r.Other) }

func newest(a, b Run) Run {
	if b.Started.After(a.Started) {
		return b
	}
	return a
}

// Run is one run of a job: of one attempt of it.
type Run struct {
	Trigger   engine.Trigger
	Scheduled time.Time // the time of the schedule that it is for
	Attempt   int       // counted from 1
	Holder    string    // who claimed it, as far as the ledger knows
	Started   time.Time // when it was claimed
	Finished  time.Time // zero while it goes on
	Outcome   Outcome   // "" while it goes on
	Error     string    // why it failed, in short
	Retry     time.Time // when the schedule's next attempt is due; zero for none
}

// Outcome is how a run ended.
type Outcome string

// The outcomes of runs.
const (
	Succeeded Outcome = "ok"
	Failed    Outcome = "failed"
	TimedOut  Outcome = "timeout"
	Cancelled Outcome = "cancelled" // by a replacement, the end of the process, or the loss of the lease
	Lost      Outcome = "lost"      // who ran it was gone before it ended
)

// Claim is a time of a job's schedule that is being dealt with.
type Claim struct {
	Job       string
	Schedule  string    // see [Record]
	Scheduled time.Time // the time of the schedule
	Attempt   int       // of the run that is about to start; 0 where the schedule is dealt with up to Scheduled without one
	At        time.Time // now
}

// Result is how a claimed run ended.
type Result struct {
	Job       string
	Scheduled time.Time // these two say which run, as its claim did
	Attempt   int
	Finished  time.Time
	Outcome   Outcome
	Error     string    // why it failed, in short
	Retry     time.Time // when the next attempt is due; zero for none
}

// Take changes the record as a claim by holder says.
func (r *Record) Take(c Claim, holder string) {
	// A further attempt is for a time behind which the schedule may be already.
	if c.Attempt == 0 || r.Schedule != c.Schedule || c.Scheduled.After(r.Scheduled) {
		r.Schedule, r.Scheduled = c.Schedule, c.Scheduled
	}
	if c.Attempt > 0 {
		r.Run = Run{Trigger: engine.BySchedule, Scheduled: c.Scheduled, Attempt: c.Attempt, Holder: holder, Started: c.At}
	}
}

// End changes the record as a result says; false where it is of another run.
func (r *Record) End(of Result) bool {
	if !r.Run.Scheduled.Equal(of.Scheduled) || r.Run.Attempt != of.Attempt {
		return false
	}
	r.Run.Finished, r.Run.Outcome, r.Run.Error, r.Run.Retry = of.Finished, of.Outcome, of.Error, of.Retry
	return true
}

// Add adds a newer note. What is zero in it changes nothing.
func (n *Note) Add(newer Note) {
	if newer.Other != (Run{}) {
		n.Other = newer.Other
	}
	if newer.Events != (Mark{}) {
		n.Events = newer.Events
	}
}

// Memory is a ledger that lasts as long as the process. The zero Memory is empty.
type Memory struct {
	mu      sync.Mutex
	records map[string]Record
}

var _ Ledger = (*Memory)(nil)

// Load returns what is known of jobs. See [Ledger].
func (m *Memory) Load(context.Context) (map[string]Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.records), nil
}

// Claim notes which runs are about to start. See [Ledger].
func (m *Memory) Claim(_ context.Context, claims []Claim) error {
	for _, c := range claims {
		m.change(c.Job, func(r *Record) { r.Take(c, "") })
	}
	return nil
}

// Finish notes how runs ended. See [Ledger].
func (m *Memory) Finish(_ context.Context, results []Result) error {
	for _, of := range results {
		m.change(of.Job, func(r *Record) { r.End(of) })
	}
	return nil
}

// Note notes what has happened beside the schedules. See [Ledger].
func (m *Memory) Note(_ context.Context, notes map[string]Note) error {
	for job, n := range notes {
		m.change(job, func(r *Record) { r.Add(n) })
	}
	return nil
}

func (m *Memory) change(job string, by func(*Record)) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.records == nil {
		m.records = map[string]Record{}
	}
	r := m.records[job]
	by(&r)
	m.records[job] = r
}
