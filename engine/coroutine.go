package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// openCoroutine opens the VM's own coroutine library. Its coroutines can't
// yield across a pcall, an iterator or a metamethod.
func (vm *VM) openCoroutine(L *lua.LState, _ host.Host) lua.LValue {
	L.Push(L.NewFunction(lua.OpenCoroutine))
	L.Call(0, 1)
	lib := L.CheckTable(-1)
	L.Pop(1)
	return L.SetFuncs(lib, map[string]lua.LGFunction{
		"create":  vm.bounded(lib, "create"),
		"running": vm.coroutineRunning,
		"wrap":    vm.bounded(lib, "wrap"),
	})
}

// bounded is a function of the library that makes a coroutine, but not below
// too many others: they nest on the Go stack as protected calls do.
func (vm *VM) bounded(lib *lua.LTable, name string) lua.LGFunction {
	make := lib.RawGetString(name).(*lua.LFunction).GFunction
	return func(L *lua.LState) int {
		if vm.level(L) >= maxNesting {
			L.RaiseError("stack overflow (more than %d nested coroutines)", maxNesting)
		}
		return make(L)
	}
}

// coroutineRunning is coroutine.running(): the coroutine that runs, nil in a
// main chunk. Protected calls belong to the coroutine that made them.
func (vm *VM) coroutineRunning(L *lua.LState) int {
	of := L
	for vm.threads[of].caller != nil {
		of = vm.threads[of].caller
	}
	if of.Parent == nil {
		L.Push(lua.LNil)
	} else {
		L.Push(of)
	}
	return 1
}
