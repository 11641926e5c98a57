package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Source is a script to run.
type Source struct {
	Name string // what messages and tracebacks call it, and arg[0]
	Text string // Lua source; a first line that starts with # is skipped
	Dir  string // folder that require searches first; "" searches none
}

// FileSource reads a script from a file. Its folder is the one it is named in,
// not the one that a symbolic link leads to.
func FileSource(path string) (Source, error) {
	in, err := os.Open(path)
	if err != nil {
		return Source{}, err
	}
	defer in.Close()
	text, err := readSource(in)
	if err != nil {
		return Source{}, &os.PathError{Op: "read", Path: path, Err: err}
	}
	return Source{Name: path, Text: text, Dir: filepath.Dir(path)}, nil
}

// Run runs a script to its end: args are its "..." and its global arg. One
// script runs at a time; Run must not be called by what the script calls.
//
// The error is nil, a [*SyntaxError], a [*ScriptError], or the error of an
// output that can't be written. [ExitCode] and [Report] take it. The error of a
// script that ended itself by os.exit has only an exit code; os.exit(0) is no
// error. A script whose context ended fails with the cause of the context.
func (vm *VM) Run(ctx context.Context, src Source, args ...string) error {
	return vm.runWith(ctx, src, args, nil)
}

// next says what to call when a main chunk has returned: a function and its
// arguments, nil for nothing. It doesn't wait.
type next func(r *run, results []lua.LValue) (fn lua.LValue, args []lua.LValue, err error)

// runWith is Run that then calls what next says, if it isn't nil.
func (vm *VM) runWith(ctx context.Context, src Source, args []string, then next) error {
	vm.lock.Lock()
	defer vm.lock.Unlock()

	text := skipShebang(src.Text)
	vm.sources[src.Name] = text
	vm.search.setScript(src.Dir)
	main, err := vm.Load(vm.state, text, src.Name)
	if err != nil {
		return err
	}
	vm.setArg(src.Name, args)

	r := vm.begin(ctx)
	defer vm.end(r)
	task := vm.newTask(r, &scope{Context: r.bound})
	task.onEnd = func() {} // its error is returned
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = lua.LString(a)
	}
	f := task.call(vm.newMain(task, main, values), len(values))
	if f == nil && then != nil {
		f = vm.callNext(task, then)
	}
	task.finish(f)
	if f != nil {
		r.cancel(&failedTask{f})
	}
	_ = vm.out.Flush()
	vm.unlocked(func() error { r.tasks.Wait(); return nil })
	err = vm.outcome(r, f)
	if failed := vm.out.Flush(); failed != nil && err == nil {
		return failed
	}
	return err
}

// callNext calls what follows on the main chunk of a task.
func (vm *VM) callNext(t *task, then next) *failure {
	results := t.results
	t.results = nil
	fn, args, err := then(t.run, results)
	switch {
	case err != nil:
		return &failure{object: vm.kube.ErrorValue(vm.state, err)}
	case fn == nil:
		return nil
	}
	return t.call(vm.newMain(t, fn, args), len(args))
}

// setArg sets the global arg, as the lua command does.
func (vm *VM) setArg(name string, args []string) {
	arg := vm.state.CreateTable(len(args), 1)
	arg.RawSetInt(0, lua.LString(name))
	for i, a := range args {
		arg.RawSetInt(i+1, lua.LString(a))
	}
	vm.state.G.Global.RawSetString("arg", arg)
}

// run is one script that is being run. The VM's lock guards it, but for what is
// safe by itself.
type run struct {
	vm      *VM
	bound   *bound
	closing context.Context // ends closingTime after the run was cancelled
	closed  context.CancelCauseFunc
	tasks   sync.WaitGroup // goroutines of the run

	started int                // how many tasks were started
	live    map[*task]struct{} // tasks that have not ended
	resting int                // how many of them wait for another one
	failed  []*task            // that failed, and nobody was told

	session *Session // that it is, nil for a script
	piece   *task    // that a session evaluates, nil while it waits for one

	collecting atomic.Int32 // collectNot and so on
}

// Whether the collector looks for the handles of tasks that failed.
const (
	collectNot int32 = iota
	collectOnce
	collectAgain // once more after it has
)

// cancel ends the run for a reason.
func (r *run) cancel(cause error) { r.bound.cancel(cause) }

// begin starts a run.
func (vm *VM) begin(ctx context.Context) *run {
	r := &run{vm: vm, bound: newBound(ctx), live: make(map[*task]struct{})}
	r.closing, r.closed = context.WithCancelCause(context.WithoutCancel(ctx))
	context.AfterFunc(r.bound, func() {
		select {
		case <-time.After(closingTime):
			r.closed(r.bound.Err())
		case <-r.closing.Done():
		}
	})
	vm.setRunning(r)
	vm.measure(r)
	return r
}

// end releases what belongs to a run.
func (vm *VM) end(r *run) {
	vm.setRunning(nil)
	vm.meter.rest()
	vm.meter = nil
	r.closed(nil)
	r.cancel(nil)
}

// outcome is the error of a run that has ended, whose main chunk ended by f.
func (vm *VM) outcome(r *run, f *failure) error {
	cause := r.bound.Err()
	var status exitStatus
	if errors.As(cause, &status) {
		if status == ExitOK {
			return nil
		}
		return status
	}
	var output *outputError
	var failed *failedTask
	switch {
	case errors.As(cause, &output):
		return nil // it is reported by itself
	case errors.As(cause, &failed):
		return vm.scriptError(failed.failure, nil)
	case len(r.failed) > 0:
		return vm.scriptError(r.failed[0].failure, nil)
	case cause == nil:
		return nil
	case f == nil:
		f = &failure{} // it was over when a task was cancelled
	}
	return vm.scriptError(f, cause)
}
