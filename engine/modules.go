package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Module is a library that is written in Go.
type Module struct {
	// Name is what require calls it, and its global if it is one.
	Name string

	// Global modules are opened with the VM and stand in the globals; others
	// are opened by the first require.
	Global bool

	// Open makes the module's value, once per VM. It must not block.
	Open func(L *lua.LState, h host.Host) lua.LValue
}

// modules is the registration table: all that a VM has, one row each, and the
// rows of [stdlib.Modules].
func (vm *VM) modules() []Module {
	rows := []Module{
		{"_G", true, vm.openBase},
		{"coroutine", true, vm.openCoroutine},
		{"debug", true, vm.openDebug},
		{"io", true, stdlib.OpenIO},
		{"job", true, vm.openJob},
		{"kube", true, vm.openKube},
		{"math", true, stdlib.OpenMath},
		{"os", true, stdlib.OpenOS},
		{"package", true, vm.openPackage},
		{"string", true, stdlib.OpenString},
		{"table", true, stdlib.OpenTable},
		{"task", true, vm.openTask},
	}
	for _, m := range stdlib.Modules() {
		rows = append(rows, Module{m.Name, false, m.Open})
	}
	return rows
}

// openModules opens the built-in modules and more, which win over built-in
// ones of the same name.
func (vm *VM) openModules(more []Module) {
	rows := vm.modules()
	loaded := vm.state.NewTable()
	preload := vm.state.NewTable()
	vm.search.loaded, vm.search.preload = loaded, preload
	for _, m := range append(rows, more...) {
		if !m.Global {
			preload.RawSetString(m.Name, vm.state.NewFunction(func(L *lua.LState) int {
				L.Push(m.Open(L, vm))
				return 1
			}))
			continue
		}
		value := m.Open(vm.state, vm)
		loaded.RawSetString(m.Name, value)
		vm.state.G.Global.RawSetString(m.Name, value)
	}
}

// openBase opens the base library into the globals, with what only the engine
// can do: protected calls and require.
func (vm *VM) openBase(L *lua.LState, h host.Host) lua.LValue {
	globals := stdlib.OpenBase(L, h)
	return L.SetFuncs(globals, map[string]lua.LGFunction{
		"pcall":   vm.pcall,
		"require": vm.require,
		"xpcall":  vm.xpcall,
	})
}
