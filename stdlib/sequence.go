package stdlib

import (
	lua "github.com/yuin/gopher-lua"
)

// checkReadable raises an error unless argument n can be read like a sequence:
// a table, or a value of the host with __index and __len.
func checkReadable(L *lua.LState, n int) lua.LValue {
	value := L.CheckAny(n)
	if value.Type() != lua.LTTable &&
		(value.Type() != lua.LTUserData || L.GetMetaField(value, "__index") == lua.LNil || L.GetMetaField(value, "__len") == lua.LNil) {
		L.TypeError(n, lua.LTTable)
	}
	return value
}

// checkChangeable raises an error unless argument n is a table. The host's
// values are immutable, so the error says how to get a copy.
func checkChangeable(L *lua.LState, n int) *lua.LTable {
	value := L.CheckAny(n)
	if value.Type() == lua.LTUserData && L.GetMetaField(value, "__len") != lua.LNil {
		L.ArgError(n, "the value is read-only: change a copy, kube.totable(value)")
	}
	return L.CheckTable(n)
}

// length is #value.
func length(L *lua.LState, value lua.LValue) int {
	if table, ok := value.(*lua.LTable); ok {
		return table.Len()
	}
	return L.ObjLen(value)
}

// element is value[i]: raw for tables, by __index for values of the host.
func element(L *lua.LState, value lua.LValue, i int) lua.LValue {
	if table, ok := value.(*lua.LTable); ok {
		return table.RawGet(lua.LNumber(i))
	}
	return L.GetTable(value, lua.LNumber(i))
}
