package engine

import (
	"context"
	"errors"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// scope is the context that Lua code runs under. All states of a task share
// one, but for what runs under a time limit or in a coroutine, which have
// their own. The VM's lock guards it; Go calls that block get the Context in
// it, which never changes.
type scope struct {
	context.Context
	done <-chan struct{} // of the Context; the VM asks for it before each instruction
	task *task           // nil outside of a run
	co   *coroutine      // the coroutine that runs, nil in none

	// limited says that time will end whatever waits here.
	limited bool

	vm *VM // of the task, nil for none
}

func newScope(ctx context.Context, t *task, co *coroutine) *scope {
	s := &scope{Context: ctx, done: ctx.Done(), task: t, co: co}
	if t != nil {
		s.vm = t.vm
	}
	return s
}

// follow makes a coroutine's scope that of who resumes it.
func (s *scope) follow(by *scope) {
	s.Context, s.done, s.task, s.limited, s.vm = by.Context, by.done, by.task, by.limited, by.vm
}

// noScope is what a state has that opens libraries.
var noScope = newScope(context.Background(), nil, nil)

// scopeOf is what L runs under.
func scopeOf(L *lua.LState) *scope {
	if s, ok := L.Context().(*scope); ok {
		return s
	}
	return noScope
}

// meter bounds the memory, nil where nothing does. It may become another one while the
// scope is there: that of a job.
func (s *scope) meter() *meter {
	if s.vm == nil {
		return nil
	}
	return s.vm.meter
}

// errAbandoned ends a coroutine that was closed, or that nothing refers to any
// more.
var errAbandoned = errors.New("the coroutine was closed")

// Done is closed when the scope has ended. The VM calls it before each
// instruction, and [host.Effort] within long ones.
func (s *scope) Done() <-chan struct{} {
	if m := s.meter(); m != nil {
		m.look()
	}
	return s.done
}

// MaxMemory is how many bytes the script may hold. See [kube.CheckYAML].
func (s *scope) MaxMemory() int64 {
	if m := s.meter(); m != nil {
		return m.bound.limit
	}
	return math.MaxInt64
}

// MaxString is how long a string may get. See [host.MaxString].
func (s *scope) MaxString() int { return int(min(s.MaxMemory(), math.MaxInt)) }

// Err tells why nothing may run any more but closers.
func (s *scope) Err() error {
	if s.co != nil && s.co.closing {
		return errAbandoned
	}
	return s.Context.Err()
}
