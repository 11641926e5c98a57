package engine

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
)

// concat is what ".." is compiled to, unless all operands are plain to see: it
// joins its arguments, from the right. Unlike the VM's own instruction it writes
// numbers as Lua does, and makes no string that is longer than the VM allows.
func concat(L *lua.LState) int {
	n := L.GetTop()
	right := L.Get(n)
	for n--; n > 0; {
		if first := firstOf(L, n, right); first <= n {
			right = join(L, first, n, right)
			n = first - 1
			continue
		}
		right = concatBy(L, L.Get(n), right)
		n--
	}
	L.Push(right)
	return 1
}

// firstOf is the first of the arguments up to n that can be joined with what
// stands behind them; n+1 if the last can't.
func firstOf(L *lua.LState, n int, right lua.LValue) int {
	if !lua.LVCanConvToString(right) {
		return n + 1
	}
	for n > 0 && lua.LVCanConvToString(L.Get(n)) {
		n--
	}
	return n + 1
}

// join joins the arguments from first to last with right.
func join(L *lua.LState, first, last int, right lua.LValue) lua.LValue {
	var space [8]string
	texts, length := space[:0], 0
	for i := first; i <= last+1; i++ {
		value := right
		if i <= last {
			value = L.Get(i)
		}
		text := lua.LVAsString(value)
		if n, ok := value.(lua.LNumber); ok {
			text = stdlib.NumberText(n)
		}
		texts, length = append(texts, text), length+len(text)
	}
	host.CheckLength(L, length)
	return lua.LString(strings.Join(texts, ""))
}

// concatBy joins two values by their metamethod.
func concatBy(L *lua.LState, left, right lua.LValue) lua.LValue {
	fn := L.GetMetaField(left, "__concat")
	if fn == lua.LNil {
		fn = L.GetMetaField(right, "__concat")
	}
	if fn.Type() != lua.LTFunction {
		L.RaiseError("cannot perform concat operation between %v and %v", left.Type(), right.Type())
	}
	L.Push(fn)
	L.Push(left)
	L.Push(right)
	L.Call(2, 1)
	result := L.Get(-1)
	L.Pop(1)
	return result
}
