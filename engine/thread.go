package engine

import (
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

// thread is what the VM knows of a state that is running.
type thread struct {
	caller *lua.LState // the state whose protected call this is; nil for the first of a run
	level  int         // how many callers there are
}

// enter makes a state for a protected call by L. It ends by leave, or by drop
// when the call failed.
func (vm *VM) enter(L *lua.LState) *lua.LState {
	level := vm.level(L) + 1
	if level > maxNesting {
		L.RaiseError("stack overflow (more than %d nested protected calls)", maxNesting)
	}
	th := vm.newThread(stackClass(level))
	th.SetContext(contextOf(L))
	th.Env = L.Env
	vm.threads[th] = thread{caller: L, level: level}
	return th
}

// level is how deep L is nested in protected calls, also through coroutines.
func (vm *VM) level(L *lua.LState) int {
	level := 0
	for ; L != nil; L = L.Parent {
		if t, ok := vm.threads[L]; ok {
			return level + t.level
		}
		level++
	}
	return level
}

// leave gives back a state whose call succeeded.
func (vm *VM) leave(th *lua.LState) {
	class := stackClass(vm.threads[th].level)
	delete(vm.threads, th)
	th.SetTop(0)
	th.RemoveContext()
	if len(vm.idle[class]) < 8 {
		vm.idle[class] = append(vm.idle[class], th)
	}
}

// drop forgets a state whose call failed. Its registers stay as they are:
// closures that got out may still share them.
func (vm *VM) drop(th *lua.LState) { delete(vm.threads, th) }

// newThread is a state without a context. The function at its bottom is called
// by nobody, as Lua sees it.
func (vm *VM) newThread(class int) *lua.LState {
	if n := len(vm.idle[class]); n > 0 {
		th := vm.idle[class][n-1]
		vm.idle[class] = vm.idle[class][:n-1]
		return th
	}
	vm.state.Options.CallStackSize = stackSize(class)
	th, _ := vm.state.NewThread()
	th.Panic = throw
	return th
}

// throw raises the value on top of the stack. The stock function would write a
// traceback for each error that is raised, caught or not.
func throw(L *lua.LState) {
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: L.Get(-1)})
}

// callerOf is the state that L's bottom function was called from, nil if none.
func (vm *VM) callerOf(L *lua.LState) *lua.LState {
	if t, ok := vm.threads[L]; ok {
		return t.caller
	}
	return L.Parent // a coroutine's
}
