package stdlib

import (
	"runtime/metrics"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// base is the base library of one VM. What needs the engine (pcall, xpcall,
// require) the engine adds.
type base struct {
	host host.Host
	next *lua.LFunction // what pairs returns
	step *lua.LFunction // what ipairs returns
}

// OpenBase opens Lua's basic functions into the globals and returns them.
func OpenBase(L *lua.LState, h host.Host) *lua.LTable {
	b := &base{host: h}
	globals := L.G.Global
	L.SetFuncs(globals, map[string]lua.LGFunction{
		"assert":         baseAssert,
		"collectgarbage": baseCollectgarbage,
		"dofile":         b.dofile,
		"error":          baseError,
		"getfenv":        baseGetfenv,
		"getmetatable":   baseGetmetatable,
		"ipairs":         b.ipairs,
		"load":           b.load,
		"loadfile":       b.loadfile,
		"loadstring":     b.load,
		"next":           baseNext,
		"pairs":          b.pairs,
		"print":          b.print,
		"rawequal":       baseRawequal,
		"rawget":         baseRawget,
		"rawlen":         baseRawlen,
		"rawset":         baseRawset,
		"select":         baseSelect,
		"setfenv":        baseSetfenv,
		"setmetatable":   baseSetmetatable,
		"tonumber":       baseTonumber,
		"tostring":       baseTostring,
		"type":           baseType,
		"unpack":         tableUnpack,
	})
	b.next = globals.RawGetString("next").(*lua.LFunction)
	b.step = L.NewFunction(ipairsStep)
	globals.RawSetString("_G", globals)
	globals.RawSetString("_VERSION", lua.LString(lua.LuaVersion))
	return globals
}

// baseAssert raises its second argument, as it is, if the first is false or
// nil; else it returns all of them.
func baseAssert(L *lua.LState) int {
	if lua.LVAsBool(L.CheckAny(1)) {
		return L.GetTop()
	}
	if L.Get(2) == lua.LNil {
		L.Error(lua.LString("assertion failed!"), 0)
	}
	L.Error(L.Get(2), 0)
	return 0
}

// baseCollectgarbage answers "count" and takes the other options as done: the
// collector belongs to the whole process.
func baseCollectgarbage(L *lua.LState) int {
	if L.OptString(1, "collect") != "count" {
		L.Push(lua.LNumber(0))
		return 1
	}
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	L.Push(lua.LNumber(float64(sample[0].Value.Uint64()) / 1024))
	return 1
}

// baseGetmetatable hides the metatables of the host's values, which scripts
// have no way to make themselves.
func baseGetmetatable(L *lua.LState) int {
	value := L.CheckAny(1)
	if protected := L.GetMetaField(value, "__metatable"); protected != lua.LNil {
		L.Push(protected)
	} else if value.Type() == lua.LTUserData {
		L.Push(lua.LFalse)
	} else {
		L.Push(L.GetMetatable(value))
	}
	return 1
}

// print writes its arguments, tabs between them, on a line. A value printed
// alone may have another text for that, by __print instead of __tostring: one of
// several lines, or one that has to be waited for.
func (b *base) print(L *lua.LState) int {
	by := "__tostring"
	if L.GetTop() == 1 && L.GetMetaField(L.Get(1), "__print") != lua.LNil {
		by = "__print"
	}
	var line strings.Builder
	for i := range L.GetTop() {
		if i > 0 {
			line.WriteByte('\t')
		}
		line.WriteString(textBy(L, by, L.Get(i+1)))
	}
	line.WriteByte('\n')
	writeTo(L, b.host.Stdout(), line.String())
	return 0
}

func baseRawequal(L *lua.LState) int {
	L.Push(lua.LBool(L.RawEqual(L.CheckAny(1), L.CheckAny(2))))
	return 1
}

func baseRawget(L *lua.LState) int {
	L.Push(L.CheckTable(1).RawGet(L.CheckAny(2)))
	return 1
}

func baseRawlen(L *lua.LState) int {
	switch value := L.CheckAny(1).(type) {
	case *lua.LTable:
		L.Push(lua.LNumber(value.Len()))
	case lua.LString:
		L.Push(lua.LNumber(len(value)))
	default:
		L.ArgError(1, "table or string expected")
	}
	return 1
}

func baseRawset(L *lua.LState) int {
	L.RawSet(L.CheckTable(1), L.CheckAny(2), L.CheckAny(3))
	L.SetTop(1)
	return 1
}

func baseSelect(L *lua.LState) int {
	count := L.GetTop() - 1
	if L.Get(1) == lua.LString("#") {
		L.Push(lua.LNumber(count))
		return 1
	}
	n := L.CheckInt(1)
	if n < 0 {
		n = count + n + 1
	}
	if n < 1 {
		L.ArgError(1, "index out of range")
	}
	return max(count-n+1, 0)
}

func baseSetmetatable(L *lua.LState) int {
	table := L.CheckTable(1)
	L.CheckTypes(2, lua.LTNil, lua.LTTable)
	if L.GetMetaField(table, "__metatable") != lua.LNil {
		L.RaiseError("cannot change a protected metatable")
	}
	table.Metatable = L.Get(2)
	L.SetTop(1)
	return 1
}

func baseTostring(L *lua.LState) int {
	L.Push(lua.LString(toString(L, L.CheckAny(1))))
	return 1
}

func baseType(L *lua.LState) int {
	L.Push(lua.LString(L.CheckAny(1).Type().String()))
	return 1
}

// toString is tostring: what __tostring says, else how Lua shows the value.
func toString(L *lua.LState, value lua.LValue) string { return textBy(L, "__tostring", value) }

// Concat is the metamethod behind ".." of values that have a text: it joins the texts of
// both operands, as tostring has them.
func Concat(L *lua.LState) int {
	text := toString(L, L.Get(1)) + toString(L, L.Get(2))
	host.CheckLength(L, len(text))
	L.Push(lua.LString(text))
	return 1
}

// textBy is what the given metamethod says, else how Lua shows the value.
func textBy(L *lua.LState, metamethod string, value lua.LValue) string {
	fn := L.GetMetaField(value, metamethod)
	if fn == lua.LNil {
		return plainText(value)
	}
	L.Push(fn)
	L.Push(value)
	L.Call(1, 1)
	text := L.Get(-1)
	L.Pop(1)
	if !lua.LVCanConvToString(text) {
		L.RaiseError("'%s' must return a string", metamethod)
	}
	return plainText(text)
}
