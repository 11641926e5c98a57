package engine

import (
	"context"
	"io"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// closingTime is how long closers may take once their run was cancelled.
const closingTime = 5 * time.Second

// Block runs call without the VM's lock, so that other Lua code of the VM can
// run, and returns its error. Once the context of L has ended that is the
// reason why. See [host.Host].
func (vm *VM) Block(L *lua.LState, call func(ctx context.Context) error) error {
	// What a call leaves open, such as a watch, outlives the coroutine that made
	// it, but not the task.
	of := L
	for _, known := vm.threads[of]; !known && of.Parent != nil; _, known = vm.threads[of] {
		of = of.Parent
	}
	ctx := contextOf(of)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	// Whoever watches the output sees all of it while the script waits. An
	// output that fails ends the run by itself.
	_ = vm.out.Flush()
	err := vm.unlocked(L, func() error { return call(ctx) })
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// unlocked runs call without the lock. The lock is back afterwards even if
// call panics.
func (vm *VM) unlocked(L *lua.LState, call func() error) error {
	current := L.G.CurrentThread
	vm.lock.Unlock()
	defer func() {
		vm.lock.Lock()
		L.G.CurrentThread = current
	}()
	return call()
}

// Cleanup runs call with a context that outlives the one of L: a run or task
// that was cancelled gets closingTime more for its closers. See [host.Host].
func (vm *VM) Cleanup(L *lua.LState, call func()) {
	ctx := L.Context()
	if ctx == nil {
		call()
		return
	}
	longer, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	end := func() { cancel(context.Cause(ctx)) }
	if r := runOf(ctx); r != nil {
		defer context.AfterFunc(r.closing, end)()
	}
	defer context.AfterFunc(ctx, func() {
		select {
		case <-time.After(closingTime):
			end()
		case <-longer.Done():
		}
	})()
	defer cancel(nil)

	L.SetContext(flatten(longer))
	defer L.SetContext(ctx)
	call()
}

// Where is the line of the script that L runs. See [host.Host].
func (vm *VM) Where(L *lua.LState) string {
	for ; L != nil; L = vm.callerOf(L) {
		if at := position(L, 0); at != "" {
			return strings.TrimSuffix(at, ": ")
		}
	}
	return ""
}

// Exit ends the run of L with the given exit code. It does not return. See
// [host.Host].
func (vm *VM) Exit(L *lua.LState, code int) {
	if r := runOf(contextOf(L)); r != nil {
		r.cancel(exitStatus(code))
	}
	L.Error(lua.LString("exit"), 0)
}

// Now is the current time by the World's clock.
func (vm *VM) Now() time.Time { return vm.world.Now() }

// Stdout is the script's output. It is buffered; it is written at the latest
// when the script waits or ends.
func (vm *VM) Stdout() io.Writer { return vm.out }

// Stderr is the script's stderr, unbuffered.
func (vm *VM) Stderr() io.Writer { return vm.errout }

// Stdin is the script's input.
func (vm *VM) Stdin() io.Reader { return vm.world.Stdin }

// Getenv reads a variable of the environment, if the script may.
func (vm *VM) Getenv(name string) (string, bool) {
	if vm.world.Getenv == nil {
		return "", false
	}
	return vm.world.Getenv(name)
}

// ReadFile reads a file, if the script may. Otherwise the error is under
// [ErrNotAllowed].
func (vm *VM) ReadFile(path string) ([]byte, error) {
	if vm.world.ReadFile == nil {
		return nil, &notAllowed{"read " + path + ": scripts may not read files"}
	}
	return vm.world.ReadFile(path)
}
