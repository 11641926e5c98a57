package engine

import (
	"context"
	"errors"
	"os"
	"path/filepath"
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

	ctx, end := vm.begin(ctx)
	defer end()
	th := vm.newThread(0)
	th.SetContext(ctx)
	vm.threads[th] = thread{}
	defer vm.drop(th)
	th.Push(main)
	for _, a := range args {
		th.Push(lua.LString(a))
	}
	f := vm.protect(th, len(args), func(f *failure) {
		if f.trace == nil {
			f.trace = vm.traceback(th, 0)
		}
	})
	err = vm.outcome(ctx, f)
	if failed := vm.out.Flush(); failed != nil && err == nil {
		return failed
	}
	return err
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

// begin starts a run: the context of its Lua code, and a function that ends
// it.
func (vm *VM) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	closing, closed := context.WithCancelCause(context.WithoutCancel(ctx))
	forget := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(closingTime):
			closed(context.Cause(ctx))
		case <-closing.Done():
		}
	})
	r := &run{cancel: cancel, closing: closing}
	vm.setRunning(r)
	return &scope{Context: ctx, done: ctx.Done(), run: r}, func() {
		vm.setRunning(nil)
		forget()
		closed(nil)
		cancel(nil)
	}
}

// outcome is the error of a run whose main chunk ended with f.
func (vm *VM) outcome(ctx context.Context, f *failure) error {
	cause := context.Cause(ctx)
	var status exitStatus
	if errors.As(cause, &status) {
		if status == ExitOK {
			return nil
		}
		return status
	}
	var failed *outputError
	if f == nil || errors.As(cause, &failed) {
		return nil // a failed output is reported by itself
	}
	return vm.scriptError(f, cause)
}
