package engine

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// class is what Lua sees of one kind of the engine's own values.
type class[T any] struct {
	name       string // as messages say it
	attributes map[string]func(L *lua.LState, self T) lua.LValue
	methods    map[string]func(L *lua.LState, self T) int

	iter   func(L *lua.LState, self T) int // one step of a loop over it; nil if there is no such loop
	length func(self T) int                // nil if it has none
	text   func(self T) string             // what tostring says; nil for the name
	source func(self T) host.Source        // nil if task.select can't wait for it
}

// metatable makes the class's metatable.
func (cl class[T]) metatable(vm *VM, L *lua.LState) *lua.LTable {
	mt := L.NewTable()
	methods := L.NewTable()
	var known []string
	for name, fn := range cl.methods {
		known = append(known, name)
		methods.RawSetString(name, L.NewFunction(func(L *lua.LState) int { return fn(L, cl.self(vm, L, name)) }))
	}
	for name := range cl.attributes {
		known = append(known, name)
	}
	slices.Sort(known)
	set := func(name string, fn lua.LGFunction) { mt.RawSetString(name, L.NewFunction(fn)) }
	set("__index", func(L *lua.LState) int {
		key := L.Get(2)
		if name, ok := key.(lua.LString); ok && cl.attributes[string(name)] != nil {
			L.Push(cl.attributes[string(name)](L, cl.self(vm, L, "")))
			return 1
		}
		if m := methods.RawGet(key); m != lua.LNil {
			L.Push(m)
			return 1
		}
		vm.invalid(L, "a %s has no %q%s", cl.name, key.String(), kube.Suggest(key.String(), known))
		return 0
	})
	set("__newindex", func(L *lua.LState) int {
		vm.invalid(L, "can't set %q of a %s: it is read-only", L.Get(2).String(), cl.name)
		return 0
	})
	set("__tostring", func(L *lua.LState) int {
		text := cl.name
		if cl.text != nil {
			text = cl.text(cl.self(vm, L, ""))
		}
		L.Push(lua.LString(text))
		return 1
	})
	if cl.iter != nil {
		set("__iter", func(L *lua.LState) int {
			self := cl.self(vm, L, "")
			L.Push(L.NewFunction(func(L *lua.LState) int { return cl.iter(L, self) }))
			return 1
		})
	}
	if cl.length != nil {
		set("__len", func(L *lua.LState) int {
			L.Push(lua.LNumber(cl.length(cl.self(vm, L, ""))))
			return 1
		})
	}
	if cl.source != nil {
		mt.RawSetString(host.SourceKey, host.SourceOf(func(value any) host.Source { return cl.source(value.(T)) }))
	}
	mt.RawSetString("__metatable", lua.LString(cl.name))
	mt.RawSetString(host.ClassKey, lua.LString("task."+strings.ToUpper(cl.name[:1])+cl.name[1:]))
	return mt
}

// self is the receiver of a method or metamethod.
func (cl class[T]) self(vm *VM, L *lua.LState, method string) T {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if self, ok := ud.Value.(T); ok {
			return self
		}
	}
	vm.invalid(L, "%s:%s: the %s before it is missing (call it with a colon)", cl.name, method, cl.name)
	panic("unreachable")
}

// object makes a value of a class.
func (vm *VM) object(value any, metatable *lua.LTable) *lua.LUserData {
	return &lua.LUserData{Value: value, Metatable: metatable, Env: vm.state.Env}
}

// raise raises err in Lua, as the bindings do.
func (vm *VM) raise(L *lua.LState, err error) { vm.kube.Raise(L, err) }

// invalid raises a ValueError.
func (vm *VM) invalid(L *lua.LState, format string, args ...any) {
	vm.raise(L, kube.Errorf(kube.ValueError, format, args...))
}

// function checks that argument n can be called.
func (vm *VM) function(L *lua.LState, n int, of string) lua.LValue {
	fn := L.Get(n)
	if fn.Type() != lua.LTFunction && L.GetMetaField(fn, "__call") == lua.LNil {
		vm.invalid(L, "%s: argument %d must be a function, not %s", of, n, fn.Type())
	}
	return fn
}

// pushNothing pushes what a call returns that has waited in vain.
func pushNothing(L *lua.LState, why string) int {
	L.Push(lua.LNil)
	L.Push(lua.LString(why))
	return 2
}

// arguments are the values from n on.
func arguments(L *lua.LState, n int) []lua.LValue {
	var args []lua.LValue
	for ; n <= L.GetTop(); n++ {
		args = append(args, L.Get(n))
	}
	return args
}
