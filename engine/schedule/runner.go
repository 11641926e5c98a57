package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/logline"
)

// Definition is a job and the file that describes it, in the version that was read.
type Definition struct {
	Job    *engine.Job
	Source engine.Source
}

// Runner runs jobs, each attempt in a VM of its own. It is safe for concurrent use.
type Runner struct {
	// Log gets what runs log, and what they print, line by line.
	Log *slog.Logger

	// Observe gets news of the runs, and of the schedulers that share the runner.
	Observe Observer

	slots *slots
	most  int
	stock *stock
	links []kube.Link   // that the requests of runs pass through
	ids   *atomic.Int64 // of the newest run
}

// NewRunner makes a runner that makes at most so many runs at once. The machine is
// called by several goroutines. The caller closes the runner.
func NewRunner(machine Machine, log *slog.Logger, most int) *Runner {
	r := &Runner{Log: log, slots: newSlots(most), most: most, stock: &stock{machine: machine}, ids: &atomic.Int64{}}
	r.ids.Store(time.Now().UnixMicro())
	return r
}

// Close releases what was made for runs that never came. No run goes on or begins.
func (r *Runner) Close() { r.stock.close() }

// stubborn is how long a run may go on after it was cancelled. Closers have 5
// seconds, and their errors may be caught; whoever needs longer is left alone.
const stubborn = 15 * time.Second

// errStubborn is the error of a run that is left alone.
var errStubborn = errors.New("the run did not end when it was cancelled, and is left alone")

// run runs one attempt and waits for it. It holds a slot, which is given back.
func (r *Runner) run(ctx context.Context, d *Definition, by engine.JobRun) Ended {
	defer r.slots.give()
	e := Ended{Began: Began{ID: r.ids.Add(1), Job: d.Job, Trigger: by.Trigger, Scheduled: by.Scheduled, Attempt: by.Attempt}}
	log := r.Log.With("job", d.Job.Name)
	if by.Attempt > 1 {
		log = log.With("attempt", by.Attempt)
	}
	if by.Event != nil {
		e.Item, e.Object = by.Event.Item, by.Event.Item.String()
		log = log.With("object", e.Object)
	}
	log.Debug("run begins", "scheduled", by.Scheduled, "trigger", by.Trigger)

	// The time of a run is bounded from its start, the main chunk of the file
	// included, which the job's own time isn't.
	ctx, cancel := context.WithTimeoutCause(ctx, d.Job.Timeout, engine.TimedOut(d.Job.Timeout))
	defer cancel()
	place := r.stock.take()
	place.links = r.links
	out := place.out
	out.line = func(text string) { log.Info(text, "printed", true) }
	e.Started, e.SoFar = time.Now(), out.text
	if e.Trigger == engine.BySchedule && e.Attempt == 1 {
		e.Late = e.Started.Sub((&agenda{job: d.Job}).begins(e.Scheduled))
	}
	r.Observe.tell(e.Began)
	done := make(chan error, 1)
	go func() {
		done <- place.attempt(ctx, d.Source, func(jobs []*engine.Job) (*engine.JobRun, error) {
			j, err := named(d.Job.Name, jobs)
			if err != nil {
				return nil, err
			}
			mine := by
			mine.Job, mine.Log = j, log
			return &mine, nil
		})
	}()
	e.Err = r.wait(ctx, done)
	e.Took = time.Since(e.Started)
	e.Outcome = outcomeOf(ctx, e.Err)
	e.Output = out.end() + report(e.Err)
	took := slog.Duration("took", e.Took.Round(time.Millisecond))
	switch e.Outcome {
	case Succeeded:
		log.Info("run ended", took)
	case Cancelled:
		log.Warn("run was cancelled", "error", short(e.Err), took)
	default:
		log.Error("run failed", "outcome", e.Outcome, "error", short(e.Err), took)
	}
	e.Retries = e.Err != nil && e.Trigger != engine.ByHand && e.Attempt <= d.Job.Retries
	r.Observe.tell(e)
	return e
}

// wait waits for the error of a run; where it was cancelled, not for ever.
func (r *Runner) wait(ctx context.Context, done <-chan error) error {
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-done:
		return err
	case <-time.After(stubborn):
		return fmt.Errorf("%w: %w", errStubborn, context.Cause(ctx))
	}
}

// report is what is said about the error of a run, with the line and the traceback.
func report(err error) string {
	var text strings.Builder
	engine.Report(&text, err)
	return text.String()
}

// outcomeOf is how a run ended.
func outcomeOf(ctx context.Context, err error) Outcome {
	switch {
	case err == nil:
		return Succeeded
	case errors.Is(err, context.DeadlineExceeded):
		return TimedOut
	case ctx.Err() != nil:
		return Cancelled
	}
	return Failed
}

// maxShown is how long the text of an error may be where it is kept.
const maxShown = 500

// short is the text of an error on one line, not too long.
func short(err error) string {
	if err == nil {
		return ""
	}
	text := logline.OneLine(err.Error())
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "") + "..."
	}
	return text
}
