package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/schedule"
	"github.com/kubelua/kubelua/kube"
)

// rails are what the flags put around what a command does: what keeps it to what it
// may do, and what writes down what it did. Each command that runs scripts or changes
// clusters begins them all.
type rails struct {
	*options
	name     string // of what is run
	policies []*kube.Policy
	newGuard func() *kube.Guard // for a run of its own, that keeps to the policies
	world    engine.World       // with what is granted
	planned  planOutput
	ends     []func(failed error) error // in the order of what they end
}

// begin begins the rails of what is called name. The caller ends them.
func (o *options) begin(name string) (*rails, error) {
	r := &rails{options: o, name: name}
	for _, begin := range []func() error{r.guard, r.audit, r.grant, r.record, r.plan} {
		if err := begin(); err != nil {
			r.end(&err)
			return nil, err
		}
	}
	return r, nil
}

// end ends the rails of what ended with an error, nil for none. What is wrong with one
// of them is the error of what did not fail by itself.
func (r *rails) end(failed *error) {
	for _, end := range slices.Backward(r.ends) {
		*failed = end(*failed)
	}
}

// guard keeps to the policies.
func (r *rails) guard() (err error) {
	if r.policies, err = r.guards.policies(); err != nil {
		return err
	}
	ask := asker(os.Stdin, os.Stderr)
	r.newGuard = func() *kube.Guard { return kube.NewGuard(ask, r.policies...) }
	r.cluster.Guard = r.newGuard()
	return nil
}

// audit writes down each call.
func (r *rails) audit() error {
	if r.guards.audit == "" {
		return nil
	}
	file, err := os.OpenFile(r.guards.audit, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return usageError("--audit: %w", err)
	}
	audit := kube.NewAudit(file)
	r.cluster.Audit = audit
	r.ends = append(r.ends, func(failed error) error {
		if err := errors.Join(audit.Close(), file.Close()); err != nil && failed == nil {
			return fmt.Errorf("--audit: %w", err)
		}
		return failed
	})
	return nil
}

// grant lets scripts do to the machine what they may.
func (r *rails) grant() error {
	world, release, err := r.permits.grant(engine.World{})
	if err != nil {
		return err
	}
	r.world = world
	r.ends = append(r.ends, func(failed error) error {
		release()
		return failed
	})
	return nil
}

// record records the roles that are needed.
func (r *rails) record() error {
	if err := r.roles.open(); err != nil {
		return err
	}
	r.cluster.Links = append(r.roles.links(), r.cluster.Links...)
	r.ends = append(r.ends, func(failed error) error { return r.roles.write(r.name, failed) })
	return nil
}

// plan has changes be planned.
func (r *rails) plan() (err error) {
	if r.planned, err = r.beginPlan(); err != nil {
		return err
	}
	r.cluster.Plan = r.planned.plan
	r.ends = append(r.ends, func(failed error) error { return r.planned.end(r.name, failed) })
	return nil
}

// machine is the VM that the flags describe, but for its cluster.
func (r *rails) machine(w engine.World) engine.Options {
	o := engine.Options{World: w, Path: r.path, MaxMemory: int64(r.memory), Zone: r.zone}
	if r.cluster.Audit != nil {
		o.Caller = kube.WithCaller
	}
	return o
}

// runs makes what runs are made in, each with a guard of its own.
func (r *rails) runs(reach func() (kube.Options, error)) schedule.Machine {
	return func(stdout, stderr io.Writer) (engine.Options, *kube.Guard) {
		own := r.world // runs are made side by side
		own.Stdout, own.Stderr = stdout, stderr
		guard := r.newGuard()
		machine := r.machine(own)
		machine.Cluster = func() (kube.Options, error) {
			options, err := reach()
			options.Guard = guard
			return options, err
		}
		return machine, guard
	}
}

// reached is how the cluster of the flags is reached.
func (r *rails) reached(ctx context.Context) func() (kube.Options, error) {
	return func() (kube.Options, error) { return r.reach(ctx, progress()) }
}
