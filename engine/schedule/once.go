package schedule

import (
	"context"
	"io"
	"log/slog"
	"time"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// Once runs a script by hand. The jobs that it describes, if any, are run now, one
// after another, each with its policy, time and retries; the error is that of the
// first job that fails for good, and where there are several, each that does is
// logged. For a script that describes none it is the one of
// [engine.VM.Run].
func Once(ctx context.Context, machine Machine, log *slog.Logger, stdout, stderr io.Writer, src engine.Source, args ...string) error {
	o := &once{machine, log, outputs{stdout, stderr}, src, args}
	// The first job goes on in the VM that has read the file.
	var all []*engine.Job
	failed := o.run(ctx, 1, func(jobs []*engine.Job) (*engine.Job, error) {
		if err := machine.grants(jobs); err != nil || len(jobs) == 0 {
			return nil, err
		}
		all = jobs
		return jobs[0], nil
	})
	for i, j := range all {
		err := failed
		if i > 0 {
			err = o.attempt(ctx, j, 1)
		}
		err = o.again(ctx, j, err)
		if err != nil && len(all) > 1 {
			o.log.Error("the run failed", "job", j.Name, "error", err)
		}
		if i == 0 || failed == nil {
			failed = err
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failed
}

// once is a script that is run by hand.
type once struct {
	machine Machine
	log     *slog.Logger
	out     outputs
	src     engine.Source
	args    []string
}

// again tries a job again that has failed, as often as it says.
func (o *once) again(ctx context.Context, j *engine.Job, failed error) error {
	for n := 1; failed != nil && n <= j.Retries && ctx.Err() == nil; n++ {
		pause := j.Backoff.Pause(n)
		o.log.Warn("the run failed", "job", j.Name, "attempt", n, "error", failed, "again", pause)
		if kube.Sleep(ctx, pause) != nil {
			return failed
		}
		failed = o.attempt(ctx, j, n+1)
	}
	return failed
}

// attempt runs a job in a VM of its own.
func (o *once) attempt(ctx context.Context, j *engine.Job, n int) error {
	return o.run(ctx, n, func(jobs []*engine.Job) (*engine.Job, error) { return named(j.Name, jobs) })
}

// run runs the script and then the job that choose takes, nil for none.
func (o *once) run(ctx context.Context, attempt int, choose func([]*engine.Job) (*engine.Job, error)) error {
	return o.machine.attempt(ctx, o.out, o.src, func(jobs []*engine.Job) (*engine.JobRun, error) {
		j, err := choose(jobs)
		if j == nil || err != nil {
			return nil, err
		}
		log := o.log.With("job", j.Name)
		return &engine.JobRun{Job: j, Scheduled: time.Now().Truncate(time.Second), Attempt: attempt, Trigger: engine.ByHand, Log: log}, nil
	}, o.args...)
}
