package schedule

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/kubelua/kubelua/engine"
)

// The bounds of a history.
const (
	maxPast      = 50       // runs of a job
	maxPastBytes = 16 << 20 // of what all runs have printed
	maxPastJobs  = 5000
)

// History is an [Observer] that keeps the newest runs of each job, with what they
// have printed, and a summary of the last day. Its methods are safe for concurrent
// use. It is made by [NewHistory].
type History struct {
	mu     sync.Mutex
	jobs   map[string]*past
	runs   map[int64]*PastRun
	bytes  int // of all output that is kept
	broken map[string]string
}

// past is what was with a job.
type past struct {
	runs  []*PastRun // the newest last
	bytes int        // of their output
	day   [DaySlots]Slot
}

// PastRun is a run that was, or that goes on.
type PastRun struct {
	ID        int64
	Job       string
	Trigger   engine.Trigger
	Object    string
	Scheduled time.Time
	Attempt   int
	Started   time.Time
	Took      time.Duration
	Outcome   Outcome // "" while it goes on
	Error     string  // why it failed, in short
	Output    string  // what it has printed, and the traceback of its error
	Forgotten bool    // its output isn't kept any more

	soFar func() string
}

// DaySlots is how many slots the summary of a day has, and SlotTime how long one is.
const (
	DaySlots = 96
	SlotTime = 24 * time.Hour / DaySlots
)

// Slot counts the runs of a job that have begun in a part of the day, and have ended.
type Slot struct {
	Start                        time.Time
	Succeeded, Failed, Cancelled int

	number int64 // of the slot since 1970
}

// NewHistory makes a history in which there is nothing yet.
func NewHistory() *History {
	return &History{jobs: map[string]*past{}, runs: map[int64]*PastRun{}, broken: map[string]string{}}
}

// Observe takes news.
func (h *History) Observe(n News) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch n := n.(type) {
	case Began:
		h.began(n)
	case Ended:
		h.ended(n)
	case FileRead:
		if n.Err != nil {
			h.broken[n.File] = short(n.Err)
		} else {
			delete(h.broken, n.File)
		}
	}
}

func (h *History) began(n Began) {
	p := h.jobs[n.Job.Name]
	if p == nil {
		h.makeRoom()
		p = &past{}
		h.jobs[n.Job.Name] = p
	}
	run := &PastRun{
		ID: n.ID, Job: n.Job.Name, Trigger: n.Trigger, Object: n.Object,
		Scheduled: n.Scheduled, Attempt: n.Attempt, Started: n.Started, soFar: n.SoFar,
	}
	p.runs = append(p.runs, run)
	h.runs[n.ID] = run
	if len(p.runs) > maxPast {
		h.forgetOutput(p, p.runs[0])
		delete(h.runs, p.runs[0].ID)
		p.runs = slices.Delete(p.runs, 0, 1)
	}
}

func (h *History) ended(n Ended) {
	p := h.jobs[n.Job.Name]
	if p == nil {
		return
	}
	p.count(n)
	run := h.runs[n.ID]
	if run == nil {
		return // others have taken its place
	}
	run.Took, run.Outcome, run.Error, run.Output, run.soFar = n.Took, n.Outcome, short(n.Err), n.Output, nil
	p.bytes += len(run.Output)
	h.bytes += len(run.Output)
	for h.bytes > maxPastBytes {
		h.forgetMost()
	}
}

// count counts a run in its slot.
func (p *past) count(n Ended) {
	number := n.Started.Unix() / int64(SlotTime/time.Second)
	slot := &p.day[number%DaySlots]
	if slot.number > number {
		return // it took a day
	}
	if slot.number < number {
		*slot = Slot{number: number}
	}
	switch n.Outcome {
	case Succeeded:
		slot.Succeeded++
	case Cancelled:
		slot.Cancelled++
	default:
		slot.Failed++
	}
}

// forgetMost forgets the oldest output of the job that has most of it.
func (h *History) forgetMost() {
	var most *past
	for _, p := range h.jobs {
		if most == nil || p.bytes > most.bytes {
			most = p
		}
	}
	for _, run := range most.runs {
		if run.Output != "" {
			h.forgetOutput(most, run)
			return
		}
	}
}

func (h *History) forgetOutput(of *past, run *PastRun) {
	of.bytes -= len(run.Output)
	h.bytes -= len(run.Output)
	run.Forgotten = run.Output != ""
	run.Output = ""
}

// makeRoom forgets the job that hasn't run for longest, where there are many.
func (h *History) makeRoom() {
	if len(h.jobs) < maxPastJobs {
		return
	}
	oldest := ""
	for name, p := range h.jobs {
		if oldest == "" || p.newest() < h.jobs[oldest].newest() {
			oldest = name
		}
	}
	for _, run := range h.jobs[oldest].runs {
		h.forgetOutput(h.jobs[oldest], run)
		delete(h.runs, run.ID)
	}
	delete(h.jobs, oldest)
}

// newest is the newest run of a job.
func (p *past) newest() int64 { return p.runs[len(p.runs)-1].ID }

// Runs are the runs of a job, the newest first, without what they have printed.
func (h *History) Runs(job string) []PastRun {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.jobs[job]
	if p == nil {
		return nil
	}
	var runs []PastRun
	for _, run := range slices.Backward(p.runs) {
		runs = append(runs, run.silent())
	}
	return runs
}

// Last is the newest run of a job, without what it has printed.
func (h *History) Last(job string) (run PastRun, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.jobs[job]
	if p == nil {
		return PastRun{}, false
	}
	return p.runs[len(p.runs)-1].silent(), true
}

// silent is the run without what it has printed.
func (r *PastRun) silent() PastRun {
	without := *r
	without.Output, without.soFar = "", nil
	return without
}

// Run is the run with an ID; of one that goes on, with what it has printed so far.
func (h *History) Run(id int64) (run PastRun, ok bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	kept := h.runs[id]
	if kept == nil {
		return PastRun{}, false
	}
	run = *kept
	if run.soFar != nil {
		run.Output = run.soFar()
	}
	return run, true
}

// Day is the summary of the last day of a job, the oldest slot first. Slots in which
// it hasn't run are left out.
func (h *History) Day(job string, now time.Time) []Slot {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.jobs[job]
	if p == nil {
		return nil
	}
	var day []Slot
	newest := now.Unix() / int64(SlotTime/time.Second)
	for number := newest - DaySlots + 1; number <= newest; number++ {
		if slot := p.day[number%DaySlots]; slot.number == number {
			slot.Start = time.Unix(number*int64(SlotTime/time.Second), 0)
			day = append(day, slot)
		}
	}
	return day
}

// Broken are the files that can't be loaded now, and why not.
func (h *History) Broken() map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.broken)
}
