package engine

import "context"

// run is one script that is being run.
type run struct {
	cancel  context.CancelCauseFunc // ends it, for a reason
	closing context.Context         // ends closingTime after the run was cancelled
}

// scope is a context as the VM wants it: Done is asked before each
// instruction, so it answers from a field.
type scope struct {
	context.Context
	done <-chan struct{}
	run  *run
}

// Done is closed when the scope ends.
func (s *scope) Done() <-chan struct{} { return s.done }

// Value finds the run beside what the context carries.
func (s *scope) Value(key any) any {
	if _, ok := key.(runKey); ok {
		return s.run
	}
	return s.Context.Value(key)
}

type runKey struct{}

// runOf is the run that ctx belongs to, nil if none.
func runOf(ctx context.Context) *run {
	r, _ := ctx.Value(runKey{}).(*run)
	return r
}

// flatten makes a scope of ctx, in the run that ctx belongs to.
func flatten(ctx context.Context) *scope {
	return &scope{Context: ctx, done: ctx.Done(), run: runOf(ctx)}
}
