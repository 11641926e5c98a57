package stdlib

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// The functions of the base library that look at the calls on the stack.

// baseError raises a value: a string gets the position of the caller, or at
// level 2 of its caller, in front; anything else is raised unchanged.
func baseError(L *lua.LState) int {
	value := L.Get(1)
	if text, ok := value.(lua.LString); ok {
		value = lua.LString(positionAt(L, L.OptInt(2, 1))) + text
	}
	// The level is 0 because the position is there already.
	L.Error(value, 0)
	return 0
}

// baseGetfenv is getfenv([f]): the environment of a function, of the one at a
// level of the stack, or at level 0 of what is loaded from now on. Those of Go
// functions are not shown.
func baseGetfenv(L *lua.LState) int {
	fn := functionAt(L, L.Get(1), 1)
	switch {
	case L.Get(1) == lua.LNumber(0):
		L.Push(L.Env)
	case fn != nil && !fn.IsG:
		L.Push(fn.Env)
	default:
		L.Push(L.G.Global)
	}
	return 1
}

// baseSetfenv changes the environment of a Lua function, or at level 0 of what
// is loaded from now on. Those of Go functions are the host's.
func baseSetfenv(L *lua.LState) int {
	env := L.CheckTable(2)
	if L.Get(1) == lua.LNumber(0) {
		L.Env = env
		return 0
	}
	fn := functionAt(L, L.Get(1), -1)
	if fn == nil || fn.IsG {
		L.RaiseError("cannot change the environment of the given object")
	}
	fn.Env = env
	L.Push(fn)
	return 1
}

// functionAt is the function that getfenv and setfenv are about: one that is
// given or the one at a level of the stack, nil if there is none or at level 0.
func functionAt(L *lua.LState, which lua.LValue, missing int) *lua.LFunction {
	if fn, ok := which.(*lua.LFunction); ok {
		return fn
	}
	level := missing
	if n, ok := which.(lua.LNumber); ok {
		level = int(n)
	}
	if level < 1 {
		return nil
	}
	dbg, ok := L.GetStack(level)
	if !ok {
		return nil
	}
	value, err := L.GetInfo("f", dbg, lua.LNil)
	if err != nil {
		return nil
	}
	fn, _ := value.(*lua.LFunction)
	return fn
}

// positionAt is "name:line: " of the Lua function at a level, counted from the
// caller of the Go function that runs; "" for a Go function or none.
func positionAt(L *lua.LState, level int) string {
	if level < 1 {
		return ""
	}
	// There is no caller to blame behind a function that was called in the
	// place of its caller, and behind the one at the bottom.
	for l := 1; l < level; l++ {
		if dbg, ok := L.GetStack(l); ok {
			if _, err := L.GetInfo("S", dbg, lua.LNil); err == nil && (dbg.What == "tail" || dbg.What == "main") {
				return ""
			}
		}
	}
	dbg, ok := L.GetStack(level)
	if !ok {
		return ""
	}
	if _, err := L.GetInfo("Sl", dbg, lua.LNil); err != nil || dbg.Source == "" {
		return ""
	}
	return fmt.Sprintf("%s:%d: ", dbg.Source, dbg.CurrentLine)
}
