package engine

import (
	"fmt"
	"runtime"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// failure is what a protected call ended with.
type failure struct {
	object lua.LValue // what was raised, unchanged
	trace  []Frame    // where, if it was asked for or known
}

// Error is the message of what was raised, so that a failure can ride in the
// Cause of an ApiError.
func (f *failure) Error() string { return f.object.String() }

// protect calls the function that lies below nargs arguments on th, a state
// of enter. Results are on th; after a failure nothing on th is to be used.
// caught, if not nil, runs where the error was raised, before th unwinds.
func (vm *VM) protect(th *lua.LState, nargs int, caught func(*failure)) (f *failure) {
	defer func() {
		if r := recover(); r != nil {
			f = vm.failed(th, r)
			if caught != nil {
				caught(f)
			}
		}
	}()
	th.Call(nargs, lua.MultRet)
	return nil
}

// failed makes a failure of what panicked while th ran.
func (vm *VM) failed(th *lua.LState, panicked any) *failure {
	e, raised := panicked.(*lua.ApiError)
	if !raised {
		return &failure{object: lua.LString(position(th, 0) + panicMessage(panicked))}
	}
	if f, ok := e.Cause.(*failure); ok {
		return f
	}
	object := e.Object
	if text, ok := object.(lua.LString); ok {
		object = lua.LString(clearer(th, string(text)))
	}
	return &failure{object: object}
}

// panicMessage is what a script gets to see of a Go panic.
func panicMessage(panicked any) string {
	// The growing call stack of the VM says so by panicking.
	if panicked == "lua callstack overflow" {
		return "stack overflow"
	}
	return fmt.Sprintf("internal error: %v (at %s): this is a bug in kubelua, please report it", panicked, panicSite())
}

// panicSite names the function in which the panic that is being recovered
// happened, skipping Go's runtime.
func panicSite() string {
	pcs := make([]uintptr, 64)
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs)])
	panicking := false
	for {
		frame, more := frames.Next()
		inRuntime := strings.HasPrefix(frame.Function, "runtime.")
		if panicking && !inRuntime {
			name := frame.Function[strings.LastIndexByte(frame.Function, '/')+1:]
			return fmt.Sprintf("%s:%d", name, frame.Line)
		}
		panicking = panicking || frame.Function == "runtime.gopanic"
		if !more {
			return "unknown place"
		}
	}
}

// rethrow raises f again on the way out of a run that is ending.
func rethrow(f *failure) {
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: f.object, Cause: f})
}

// pcall is Lua's pcall(f, ...). An error that ends the run is not caught.
func (vm *VM) pcall(L *lua.LState) int {
	L.CheckAny(1)
	n := L.GetTop()
	th := vm.enter(L)
	for i := 1; i <= n; i++ {
		th.Push(L.Get(i))
	}
	return vm.protected(L, th, n-1, nil)
}

// xpcall is Lua's xpcall(f, handler, ...). The handler runs where the error was
// raised, so that debug.traceback in it shows the way there.
func (vm *VM) xpcall(L *lua.LState) int {
	L.CheckAny(1)
	handler := L.CheckFunction(2)
	n := L.GetTop()
	th := vm.enter(L)
	th.Push(L.Get(1))
	for i := 3; i <= n; i++ {
		th.Push(L.Get(i))
	}
	return vm.protected(L, th, n-2, handler)
}

// protected finishes pcall and xpcall.
func (vm *VM) protected(L, th *lua.LState, nargs int, handler *lua.LFunction) int {
	f := vm.protect(th, nargs, func(f *failure) {
		switch {
		case scopeOf(th).Err() != nil:
			if f.trace == nil {
				f.trace = vm.traceback(th, 0)
			}
		case handler != nil:
			f.object = vm.handle(th, handler, f)
		}
	})
	L.Env = th.Env // setfenv(0, t) is for the caller too
	if f != nil {
		vm.drop(th)
		if scopeOf(L).Err() != nil {
			rethrow(f)
		}
		L.Push(lua.LFalse)
		L.Push(f.object)
		return 2
	}
	L.Push(lua.LTrue)
	n := th.GetTop()
	for i := 1; i <= n; i++ {
		L.Push(th.Get(i))
	}
	vm.leave(th)
	return n + 1
}

// handle calls an error handler on a state above th, whose stack may be full.
// A handler that fails itself replaces the error, as it does in Lua.
func (vm *VM) handle(th *lua.LState, handler *lua.LFunction, raised *failure) lua.LValue {
	if vm.threads[th].level >= maxNesting {
		return lua.LString("error in error handling")
	}
	above := vm.enter(th)
	at := vm.threads[above]
	at.raised = raised.trace
	vm.threads[above] = at
	above.Push(handler)
	above.Push(raised.object)
	if f := vm.protect(above, 1, nil); f != nil {
		vm.drop(above)
		return f.object
	}
	result := above.Get(1)
	vm.leave(above)
	return result
}
