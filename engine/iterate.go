package engine

import (
	lua "github.com/yuin/gopher-lua"
)

// iterate is called with what stands behind the "in" of a loop, once per loop,
// and returns what the loop then uses: iterator, state and first control value.
// A table or userdata with __iter is asked for them; anything that can be
// called is an iterator already.
func iterate(L *lua.LState) int {
	value := L.Get(1)
	if _, ok := value.(*lua.LFunction); ok {
		return L.GetTop()
	}
	if iter := L.GetMetaField(value, "__iter"); iter != lua.LNil {
		L.SetTop(1)
		L.Push(iter)
		L.Push(value)
		L.Call(1, 3)
		return 3
	}
	if L.GetMetaField(value, "__call") != lua.LNil {
		return L.GetTop()
	}
	switch value.Type() {
	case lua.LTTable:
		L.RaiseError("a table is no iterator: use pairs(t) or ipairs(t)")
	case lua.LTNil:
		L.RaiseError("attempt to loop over nil")
	default:
		L.RaiseError("attempt to loop over a %s value", value.Type())
	}
	return 0
}
