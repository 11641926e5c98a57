package stdlib

import (
	lua "github.com/yuin/gopher-lua"
)

// The functions of the base library that go over tables and values like them.

func (b *base) ipairs(L *lua.LState) int {
	value := L.CheckAny(1)
	if fn := L.GetMetaField(value, "__ipairs"); fn != lua.LNil {
		return callIterator(L, fn, value)
	}
	checkReadable(L, 1)
	L.Push(b.step)
	L.Push(value)
	L.Push(lua.LNumber(0))
	return 3
}

// ipairsStep is the iterator of ipairs.
func ipairsStep(L *lua.LState) int {
	i := L.CheckInt(2) + 1
	value := element(L, L.Get(1), i)
	if value == lua.LNil {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(lua.LNumber(i))
	L.Push(value)
	return 2
}

// baseNext is next(t [, key]); a value of the host answers by __next.
func baseNext(L *lua.LState) int {
	switch value := L.CheckAny(1).(type) {
	case *lua.LTable:
		k, v := value.Next(L.Get(2))
		L.Push(k)
		if k == lua.LNil {
			return 1
		}
		L.Push(v)
		return 2
	default:
		fn := L.GetMetaField(value, "__next")
		if fn == lua.LNil {
			L.TypeError(1, lua.LTTable)
		}
		key := L.Get(2)
		L.Push(fn)
		L.Push(value)
		L.Push(key)
		L.Call(2, 2)
		return 2
	}
}

func (b *base) pairs(L *lua.LState) int {
	value := L.CheckAny(1)
	if fn := L.GetMetaField(value, "__pairs"); fn != lua.LNil {
		return callIterator(L, fn, value)
	}
	if value.Type() != lua.LTTable && L.GetMetaField(value, "__next") == lua.LNil {
		L.TypeError(1, lua.LTTable)
	}
	L.Push(b.next)
	L.Push(value)
	L.Push(lua.LNil)
	return 3
}

// callIterator calls a __pairs or __ipairs for the three values of a loop.
func callIterator(L *lua.LState, fn, value lua.LValue) int {
	L.Push(fn)
	L.Push(value)
	L.Call(1, 3)
	return 3
}
