package schedule

import (
	"time"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// News is something that has happened: one of [Began], [Ended], [Passed],
// [WatchEnded], [FileRead], [Described] and [Led].
type News interface{ news() }

// Observer gets news. It is called by several goroutines, and must not block. The
// nil Observer drops them.
type Observer func(News)

// Observers has each of some observers get all news.
func Observers(all ...Observer) Observer {
	return func(n News) {
		for _, o := range all {
			o.tell(n)
		}
	}
}

func (o Observer) tell(n News) {
	if o != nil {
		o(n)
	}
}

// Began is a run that has begun: an attempt of it.
type Began struct {
	ID        int64 // later runs have greater ones, those of later processes too
	Job       *engine.Job
	Trigger   engine.Trigger
	Item      *kube.Item // of the event that triggered it; nil for none
	Object    string     // its name, "" for none
	Scheduled time.Time
	Attempt   int
	Started   time.Time
	Late      time.Duration // after the time at which it was to begin; 0 but for first attempts by schedule

	// SoFar is what the run has printed until now. It is safe for concurrent use.
	SoFar func() string
}

// Ended is a run that has ended.
type Ended struct {
	Began
	Took    time.Duration
	Outcome Outcome
	Err     error  // why it failed
	Retries bool   // it failed, and its job lets it be tried again
	Output  string // what it printed, the beginning and the end where it is much
}

// Passed are times of a schedule that have no run.
type Passed struct {
	Job   *engine.Job
	Until time.Time
	Why   PassedWhy
}

// PassedWhy is why times have no run.
type PassedWhy string

// Why times have no run.
const (
	PassedLate    PassedWhy = "late"    // it was too late when they could have had one
	PassedRunning PassedWhy = "running" // the job was still running
)

// WatchEnded is a watch of a job that the server has ended, and that will be begun
// again.
type WatchEnded struct {
	Job *engine.Job
	Err error
}

// FileRead is a job file that was read because it is new, or has changed, or is
// gone. Where Err isn't nil it keeps the jobs of the version before. "" stands for
// the folders themselves.
type FileRead struct {
	File string
	Err  error
	Gone bool
}

// Described is what all files describe from now on.
type Described struct{ Jobs []*engine.Job }

// Led is a shard that this process has begun to schedule, or doesn't any more.
type Led struct {
	Shard int
	Leads bool
}

func (Began) news()      {}
func (Ended) news()      {}
func (Passed) news()     {}
func (WatchEnded) news() {}
func (FileRead) news()   {}
func (Described) news()  {}
func (Led) news()        {}
