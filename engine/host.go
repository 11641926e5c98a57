package engine

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/term"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
)

// closingTime is how long closers may take once their run was cancelled.
const closingTime = 5 * time.Second

// Block runs call without the VM's lock, so that other Lua code of the VM can
// run, and returns its error. Once the context of L has ended that is the
// reason why. See [host.Host].
func (vm *VM) Block(L *lua.LState, call func(ctx context.Context) error) error {
	s := scopeOf(L)
	if err := s.Err(); err != nil {
		return context.Cause(s)
	}
	// What a call leaves open, such as a watch, outlives the coroutine that made
	// it, but not the task.
	ctx := s.Context
	if vm.caller != nil {
		ctx = vm.caller(ctx, vm.Where(L))
	}
	// Whoever watches the output sees all of it while the script waits. An
	// output that fails ends the run by itself.
	_ = vm.out.Flush()
	err := vm.unlocked(func() error { return call(ctx) })
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// unlocked runs call without the lock. The lock is back afterwards even if
// call panics.
func (vm *VM) unlocked(call func() error) error {
	vm.lock.Unlock()
	defer vm.lock.Lock()
	return call()
}

// turnTime is how long a task may go on while others wait that could.
const turnTime = 10 * time.Millisecond

// Turn lets the other tasks have a turn where L has run for long. See
// [host.Host].
func (vm *VM) Turn(L *lua.LState) {
	if vm.lock.Overdue(turnTime) {
		vm.pass(L)
	}
}

// pass lets each task that can go on have a turn.
func (vm *VM) pass(L *lua.LState) {
	vm.lock.Pass()
	if s := scopeOf(L); s.Err() != nil {
		vm.raise(L, context.Cause(s))
	}
}

// Cleanup runs call with a context that outlives the one of L: a run or task
// that was cancelled gets closingTime more for its closers. See [host.Host].
func (vm *VM) Cleanup(L *lua.LState, call func()) {
	s := scopeOf(L)
	if s == noScope {
		call()
		return
	}
	ctx := s.Context
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	end := func() { cancel(context.Cause(ctx)) }
	if s.task != nil {
		defer context.AfterFunc(s.task.run.closing, end)()
	}
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(closingTime):
			end()
		case <-longer.Done():
		}
	})()
	defer cancel(nil)

	co := s.co
	if co != nil && co.closing {
		co = nil // it can't yield any more
	}
	closing := newScope(longer, s.task, co)
	closing.limited = true
	L.SetContext(closing)
	defer L.SetContext(s)
	call()
}

// Where is the line of the script that L runs, not that of a module of ours which
// it calls. See [host.Host].
func (vm *VM) Where(L *lua.LState) string {
	for ; L != nil; L = vm.callerOf(L) {
		for level := 0; ; level++ {
			f, ok := L.GetStack(level)
			if !ok {
				break
			}
			if _, err := L.GetInfo("Sl", f, lua.LNil); err == nil && f.Source != "" && !stdlib.IsModule(f.Source) {
				return fmt.Sprintf("%s:%d", f.Source, f.CurrentLine)
			}
		}
	}
	return ""
}

// Exit ends the run of L with the given exit code. It does not return. See
// [host.Host].
func (vm *VM) Exit(L *lua.LState, code int) {
	if t := scopeOf(L).task; t != nil {
		t.run.cancel(exitStatus(code))
	}
	L.Error(lua.LString("exit"), 0)
}

// Now is the current time by the World's clock.
func (vm *VM) Now() time.Time { return vm.world.Load().Now() }

// Stdout is the script's output. It is buffered; it is written at the latest
// when the script waits or ends.
func (vm *VM) Stdout() io.Writer { return vm.out }

// Stderr is the script's stderr, unbuffered.
func (vm *VM) Stderr() io.Writer { return vm.errout }

// Stdin is the script's input.
func (vm *VM) Stdin() io.Reader { return vm.world.Load().Stdin }

// Status shows a text at the bottom of a terminal. See [host.Host].
func (vm *VM) Status(text string) {
	if text == "" {
		vm.status.hide()
	} else {
		vm.status.show(text)
	}
}

// Attended tells whether somebody can be asked. See [host.Host].
func (vm *VM) Attended() bool {
	in, ok := vm.world.Load().Stdin.(*os.File)
	return ok && term.IsTerminal(int(in.Fd())) && vm.status.to != nil
}

// Raise raises err in L as the bindings do. See [host.Host].
func (vm *VM) Raise(L *lua.LState, err error) { vm.kube.Raise(L, err) }

// Null is the value for null of JSON, as the bindings have it. See [host.Values], for
// all that follows too.
func (vm *VM) Null() lua.LValue { return vm.kube.Null() }

// Integer is the value for an integer that a Lua number can't hold exactly.
func (vm *VM) Integer(n int64) lua.LValue { return vm.kube.Integer(n) }

// Array is a new empty table that is written as an array.
func (vm *VM) Array(L *lua.LState) *lua.LTable { return vm.kube.Array(L) }

// JSON is a value as JSON text on one line.
func (vm *VM) JSON(L *lua.LState, v lua.LValue, what string) ([]byte, error) {
	text, err := vm.kube.Written(L, v, what)
	return text.Raw(), err
}

// YAML is a value as YAML text in the form that kubectl gives it.
func (vm *VM) YAML(L *lua.LState, v lua.LValue, what string) (string, error) {
	text, err := vm.kube.Written(L, v, what)
	if err != nil {
		return "", err
	}
	const indent = 2
	host.CheckLength(L, text.IndentedLength(indent))
	return text.YAML(), nil
}

// CheckYAML refuses a YAML text that might take more than the run may hold.
func (vm *VM) CheckYAML(L *lua.LState, text string) error {
	return kube.CheckYAML(L.Context(), []byte(text))
}

// Shown is JSON for what people look at: what belongs to a Secret is "***".
func (vm *VM) Shown(_ *lua.LState, v lua.LValue, _ string) ([]byte, error) {
	text, err := vm.kube.Shown(v)
	return text.Raw(), err
}

// Suggest forms the end of a message about a name that isn't known.
func (vm *VM) Suggest(name string, known []string) string { return vm.kube.Suggest(name, known) }

// AtClose has release called when the VM is closed.
func (vm *VM) AtClose(release func()) { vm.closers = append(vm.closers, release) }
