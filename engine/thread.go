package engine

import (
	"reflect"

	lua "github.com/yuin/gopher-lua"
)

// Every protected call runs on a Lua state of its own. A Go call that calls
// Lua nests on the Go stack, whose overflow kills the process, so how many
// states may nest and how deep each may get is bounded: together some 180,000
// calls of about 1 KiB, a fifth of what Go allows.
const (
	maxNesting   = 200
	maxStack     = 16384
	stackClasses = 7
	maxIdle      = 64 // states of a class that are kept to be used again
)

// stackClass is the class of sizes at a level of nesting. A run gets the
// largest stack; the deeper a protected call, the smaller is its.
func stackClass(level int) int {
	if level == 0 {
		return 0
	}
	return min(1+level/8, stackClasses-1)
}

// stackSize is how many calls deep a state of the given class may get.
func stackSize(class int) int { return maxStack >> class }

// taskClass is the class of the states that tasks and coroutines begin with.
// There may be many of them.
const taskClass = 3

// thread is what the VM knows of a state that is in use.
type thread struct {
	caller *lua.LState // the state whose protected call this is; nil for the first of a goroutine
	level  int         // how many callers there are
	class  int         // class of its size
	co     *coroutine  // the coroutine whose first state it is, nil if it is none
	raised []Frame     // of an error handler: where the error was raised, if that isn't where its caller is
}

// enter makes a state for a protected call by L. It ends by leave, or by drop
// when the call failed.
func (vm *VM) enter(L *lua.LState) *lua.LState {
	level := vm.threads[L].level + 1
	if level > maxNesting {
		L.RaiseError("stack overflow (more than %d nested protected calls)", maxNesting)
	}
	class := stackClass(level)
	th := vm.newThread(class)
	th.SetContext(scopeOf(L))
	th.Env = L.Env
	vm.threads[th] = thread{caller: L, level: level, class: class}
	return th
}

// leave gives back a state whose call succeeded.
func (vm *VM) leave(th *lua.LState) {
	class := vm.threads[th].class
	delete(vm.threads, th)
	th.SetTop(0)
	th.RemoveContext()
	if len(vm.idle[class]) < maxIdle {
		vm.idle[class] = append(vm.idle[class], th)
	}
}

// drop forgets a state whose call failed. Its registers stay as they are:
// closures that got out may still share them.
func (vm *VM) drop(th *lua.LState) {
	delete(vm.threads, th)
	if co := scopeOf(th).co; co != nil && co.closing {
		forget(th)
	}
}

// forget empties the registers of a state of a coroutine that was closed. A
// closure that was made in the state refers to its registers for ever, also
// once its upvalues are closed, so a coroutine would hold those that it has
// made and resumed. While upvalues are open the registers are where their values
// are: then it does nothing.
func forget(L *lua.LState) {
	open := reflect.ValueOf(L).Elem().FieldByName("uvcache") // the VM has no way to ask
	if !open.IsValid() || !open.IsNil() {
		return
	}
	for level := range depth(L) {
		if frame, ok := L.GetStack(level); ok {
			for n := 1; L.SetLocal(frame, n, lua.LNil) != ""; n++ {
			}
		}
	}
}

// newThread is a state without a context. The function at its bottom is called
// by nobody, as Lua sees it.
func (vm *VM) newThread(class int) *lua.LState {
	if n := len(vm.idle[class]); n > 0 {
		th := vm.idle[class][n-1]
		vm.idle[class] = vm.idle[class][:n-1]
		return th
	}
	vm.state.Options.CallStackSize = stackSize(class)
	if class > 0 {
		vm.state.Options.RegistrySize, vm.state.Options.RegistryGrowStep = 64, 256
	} else {
		vm.state.Options.RegistrySize, vm.state.Options.RegistryGrowStep = 256, 1024
	}
	th, _ := vm.state.NewThread()
	th.Panic = throw
	return th
}

// newMain is the state for a task that no other one has started, with a function
// and its arguments on it.
func (vm *VM) newMain(t *task, fn lua.LValue, args []lua.LValue) *lua.LState {
	th := vm.newThread(0)
	th.SetContext(newScope(t.bound, t, nil))
	vm.threads[th] = thread{}
	th.Push(fn)
	for _, a := range args {
		th.Push(a)
	}
	return th
}

// throw raises the value on top of the stack. The stock function would write a
// traceback for each error that is raised, caught or not.
func throw(L *lua.LState) {
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: L.Get(-1)})
}

// callerOf is the state that L's bottom function was called from, nil if none.
func (vm *VM) callerOf(L *lua.LState) *lua.LState {
	t := vm.threads[L]
	if t.co != nil {
		return t.co.resumer
	}
	return t.caller
}
