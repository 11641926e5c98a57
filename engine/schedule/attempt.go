package schedule

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// Machine makes what a run is made in: the options of its VM, whose script writes
// to stdout and stderr, and the guard of its cluster, nil for none. The guard is the
// run's own.
type Machine func(stdout, stderr io.Writer) (engine.Options, *kube.Guard)

// attempt runs a script in a VM of its own, and then the job that begin says, under
// its policy. See [engine.VM.RunJob].
func (machine Machine) attempt(ctx context.Context, out outputs, src engine.Source, begin func([]*engine.Job) (*engine.JobRun, error), args ...string) error {
	return machine.make(out).attempt(ctx, src, begin, args...)
}

// place is where one attempt is made: a VM and the guard of its cluster.
type place struct {
	vm    *engine.VM
	guard *kube.Guard
	links []kube.Link // that its requests pass through before others; set before the attempt
}

// make makes a place. One attempt is to be made there, or it is to be closed.
func (machine Machine) make(out outputs) *place {
	options, guard := machine(out.stdout, out.stderr)
	p := &place{guard: guard}
	if reach := options.Cluster; reach != nil {
		options.Cluster = func() (kube.Options, error) {
			o, err := reach()
			o.Links = slices.Concat(p.links, o.Links)
			return o, err
		}
	}
	p.vm = engine.New(options)
	return p
}

func (p *place) attempt(ctx context.Context, src engine.Source, begin func([]*engine.Job) (*engine.JobRun, error), args ...string) error {
	defer p.vm.Close()
	return p.vm.RunJob(ctx, src, func(jobs []*engine.Job) (*engine.JobRun, error) {
		run, err := begin(jobs)
		if run != nil && run.Job.Policy != nil && p.guard != nil {
			p.guard.Narrow(run.Job.Policy)
		}
		return run, err
	}, args...)
}

// outputs are where a script writes.
type outputs struct{ stdout, stderr io.Writer }

// named is the job of a name among those that a file describes.
func named(name string, jobs []*engine.Job) (*engine.Job, error) {
	for _, j := range jobs {
		if j.Name == name {
			return j, nil
		}
	}
	return nil, fmt.Errorf("the file no longer describes the job %s", name)
}
