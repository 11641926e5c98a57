package stdlib

import (
	"sort"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// OpenTable opens the table library.
func OpenTable(L *lua.LState, _ host.Host) lua.LValue {
	return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"concat": tableConcat,
		"getn":   tableGetn,
		"insert": tableInsert,
		"maxn":   tableMaxn,
		"pack":   tablePack,
		"remove": tableRemove,
		"sort":   tableSort,
		"unpack": tableUnpack,
	})
}

func tableConcat(L *lua.LState) int {
	list := checkReadable(L, 1)
	separator := optString(L, 2, "")
	first := L.OptInt(3, 1)
	last := lastOf(L, 4, list)
	var b strings.Builder
	effort := host.Effort{L: L}
	for i := first; i <= last; i++ {
		effort.Spend(1)
		value := element(L, list, i)
		if !lua.LVCanConvToString(value) {
			L.RaiseError("invalid value (%s) at index %d in table for 'concat'", value.Type(), i)
		}
		b.WriteString(plainText(value))
		if i < last {
			b.WriteString(separator)
		}
		host.CheckLength(L, b.Len())
	}
	L.Push(lua.LString(b.String()))
	return 1
}

func tableGetn(L *lua.LState) int {
	L.Push(lua.LNumber(length(L, checkReadable(L, 1))))
	return 1
}

func tableInsert(L *lua.LState) int {
	list := checkChangeable(L, 1)
	n := list.Len()
	switch L.GetTop() {
	case 2:
		list.RawSetInt(n+1, L.Get(2))
	case 3:
		at := L.CheckInt(2)
		switch {
		case at < 1:
			L.ArgError(2, "position out of bounds")
		case at > n:
			list.RawSetInt(at, L.Get(3))
		default:
			list.Insert(at, L.Get(3))
		}
	default:
		L.RaiseError("wrong number of arguments to 'insert'")
	}
	return 0
}

func tableMaxn(L *lua.LState) int {
	most := lua.LNumber(0)
	L.CheckTable(1).ForEach(func(key, _ lua.LValue) {
		if n, ok := key.(lua.LNumber); ok && n > most {
			most = n
		}
	})
	L.Push(most)
	return 1
}

func tablePack(L *lua.LState) int {
	n := L.GetTop()
	list := L.CreateTable(n, 1)
	for i := 1; i <= n; i++ {
		list.RawSetInt(i, L.Get(i))
	}
	list.RawSetString("n", lua.LNumber(n))
	L.Push(list)
	return 1
}

func tableRemove(L *lua.LState) int {
	list := checkChangeable(L, 1)
	n := list.Len()
	at := L.OptInt(2, n)
	if at < 1 || at > n {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(list.Remove(at))
	return 1
}

// tableSort sorts a copy and writes it back: a comparator that blocks or fails
// half way leaves the list as it was.
func tableSort(L *lua.LState) int {
	list := checkChangeable(L, 1)
	less := L.LessThan
	if L.Get(2) != lua.LNil {
		compare := L.CheckFunction(2)
		less = func(a, b lua.LValue) bool {
			L.Push(compare)
			L.Push(a)
			L.Push(b)
			L.Call(2, 1)
			result := L.Get(-1)
			L.Pop(1)
			return lua.LVAsBool(result)
		}
	}
	effort := host.Effort{L: L}
	values := make([]lua.LValue, list.Len())
	for i := range values {
		values[i] = list.RawGetInt(i + 1)
	}
	sort.Slice(values, func(i, j int) bool {
		effort.Spend(1)
		return less(values[i], values[j])
	})
	for i, value := range values {
		list.RawSetInt(i+1, value)
	}
	return 0
}

// maxUnpack is how many values unpack returns at most; more wouldn't fit on the
// stack of a state.
const maxUnpack = 200_000

func tableUnpack(L *lua.LState) int {
	list := checkReadable(L, 1)
	first := L.OptInt(2, 1)
	last := lastOf(L, 3, list)
	if first > last {
		return 0
	}
	if last-first >= maxUnpack || last-first < 0 {
		L.RaiseError("too many results to unpack")
	}
	for i := first; i <= last; i++ {
		L.Push(element(L, list, i))
	}
	return last - first + 1
}

// lastOf is argument n, the index of a last element, or what #list says.
func lastOf(L *lua.LState, n int, list lua.LValue) int {
	if L.Get(n) != lua.LNil {
		return L.CheckInt(n)
	}
	return length(L, list)
}

// optString is an optional string argument; a number counts as one.
func optString(L *lua.LState, n int, missing string) string {
	if L.Get(n) == lua.LNil {
		return missing
	}
	return L.CheckString(n)
}
