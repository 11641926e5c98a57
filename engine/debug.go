package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// openDebug opens what of Lua's debug library doesn't let a script out of its
// functions: no locals, upvalues, hooks or metatables of the host's values.
func (vm *VM) openDebug(L *lua.LState, _ host.Host) lua.LValue {
	return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"getfenv":   debugGetfenv,
		"getinfo":   vm.debugGetinfo,
		"setfenv":   debugSetfenv,
		"traceback": vm.debugTraceback,
	})
}

// debugGetinfo is Lua's debug.getinfo(function or level): a table of where it
// is, nil for a level that there isn't. It has no func.
func (vm *VM) debugGetinfo(L *lua.LState) int {
	if fn, ok := L.Get(1).(*lua.LFunction); ok {
		info := L.NewTable()
		if fn.IsG {
			info.RawSetString("what", lua.LString("Go"))
			info.RawSetString("short_src", lua.LString("[Go]"))
			info.RawSetString("linedefined", lua.LNumber(-1))
		} else {
			describeProto(info, fn.Proto)
		}
		L.Push(info)
		return 1
	}
	frame, ok := vm.levelAt(L, L.CheckInt(1))
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	info := L.NewTable()
	what := "Lua"
	switch {
	case frame.Source == "":
		what, frame.Source, frame.Line, frame.First = "Go", "[Go]", -1, -1
	case frame.First == 0:
		what = "main"
	}
	info.RawSetString("currentline", lua.LNumber(frame.Line))
	info.RawSetString("linedefined", lua.LNumber(frame.First))
	info.RawSetString("short_src", lua.LString(frame.Source))
	info.RawSetString("source", lua.LString("@"+frame.Source))
	info.RawSetString("what", lua.LString(what))
	if frame.Name != "" {
		info.RawSetString("name", lua.LString(frame.Name))
	}
	L.Push(info)
	return 1
}

func describeProto(info *lua.LTable, p *lua.FunctionProto) {
	what := "Lua"
	if p.LineDefined == 0 {
		what = "main"
	}
	info.RawSetString("linedefined", lua.LNumber(p.LineDefined))
	info.RawSetString("lastlinedefined", lua.LNumber(p.LastLineDefined))
	info.RawSetString("nups", lua.LNumber(p.NumUpvalues))
	info.RawSetString("short_src", lua.LString(p.SourceName))
	info.RawSetString("source", lua.LString("@"+p.SourceName))
	info.RawSetString("what", lua.LString(what))
}

// levelAt is the call at a level, counted through the states that protected
// calls and coroutines run on.
func (vm *VM) levelAt(L *lua.LState, level int) (Frame, bool) {
	if level < 0 {
		return Frame{}, false
	}
	for ; L != nil; L = vm.threads[L].caller {
		n := depth(L)
		if level < n {
			f, _ := frameAt(L, level)
			return f, true
		}
		level -= n
	}
	return Frame{}, false
}

// debugGetfenv is Lua's debug.getfenv(function or thread).
func debugGetfenv(L *lua.LState) int {
	switch of := L.CheckAny(1).(type) {
	case *Thread:
		if of.co.state == nil {
			L.Push(lua.LNil)
		} else {
			L.Push(of.co.state.Env)
		}
	case *lua.LFunction:
		if of.IsG {
			L.Push(L.G.Global)
		} else {
			L.Push(of.Env)
		}
	default:
		L.Push(lua.LNil)
	}
	return 1
}

// debugSetfenv is Lua's debug.setfenv(function or thread, table). The
// environments of Go functions are the host's.
func debugSetfenv(L *lua.LState) int {
	env := L.CheckTable(2)
	switch of := L.Get(1).(type) {
	case *Thread:
		if of.co.state == nil {
			L.ArgError(1, "the coroutine is dead")
		}
		of.co.state.Env = env
	case *lua.LFunction:
		if of.IsG {
			L.ArgError(1, "the environment of a Go function can't be changed")
		}
		of.Env = env
	default:
		L.ArgError(1, "function or thread expected")
	}
	L.SetTop(1)
	return 1
}

// debugTraceback is Lua's debug.traceback([thread,] [message [, level]]).
func (vm *VM) debugTraceback(L *lua.LState) int {
	of, first := L, 1
	var ended []Frame
	if t, ok := L.Get(1).(*Thread); ok {
		first = 2
		if t.co.thread == nil { // else it is the one that runs, or one that waits for it
			of = t.co.inner
		}
		if t.co.status == dead && t.co.failure != nil {
			ended = t.co.failure.trace
		}
	}
	message := L.Get(first)
	if message != lua.LNil && !lua.LVCanConvToString(message) {
		L.Push(message)
		return 1
	}
	level := L.OptInt(first+1, 1)
	if of != L {
		level = L.OptInt(first+1, 0)
	}
	text := formatTraceback(append(vm.traceback(of, max(level, 0)), ended...))
	if message != lua.LNil {
		text = message.String() + "\n" + text
	}
	L.Push(lua.LString(text))
	return 1
}
