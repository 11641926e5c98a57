package stdlib

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// OpenString opens the string library, which is also the metatable's __index
// of strings. Case and character classes are those of ASCII; any byte may
// stand in a string.
func OpenString(L *lua.LState, _ host.Host) lua.LValue {
	lib := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"byte":    stringByte,
		"char":    stringChar,
		"find":    stringFind,
		"format":  stringFormat,
		"gmatch":  stringGmatch,
		"gsub":    stringGsub,
		"len":     stringLen,
		"lower":   stringLower,
		"match":   stringMatch,
		"rep":     stringRep,
		"reverse": stringReverse,
		"sub":     stringSub,
		"upper":   stringUpper,
	})
	meta := L.NewTable()
	meta.RawSetString("__index", lib)
	L.SetMetatable(lua.LString(""), meta)
	return lib
}

func stringByte(L *lua.LState) int {
	text := L.CheckString(1)
	first := L.OptInt(2, 1)
	from, to := slice(text, first, L.OptInt(3, first))
	if to-from > maxUnpack {
		L.RaiseError("string slice too long")
	}
	for i := from; i < to; i++ {
		L.Push(lua.LNumber(text[i]))
	}
	return max(to-from, 0)
}

func stringChar(L *lua.LState) int {
	text := make([]byte, L.GetTop())
	for i := range text {
		c := L.CheckInt(i + 1)
		if c < 0 || c > 255 {
			L.ArgError(i+1, "value out of range")
		}
		text[i] = byte(c)
	}
	L.Push(lua.LString(text))
	return 1
}

func stringLen(L *lua.LState) int {
	L.Push(lua.LNumber(len(L.CheckString(1))))
	return 1
}

func stringLower(L *lua.LState) int {
	L.Push(lua.LString(mapBytes(L.CheckString(1), 'A', 'Z', 'a'-'A')))
	return 1
}

func stringRep(L *lua.LState) int {
	text, n, separator := L.CheckString(1), L.CheckInt(2), optString(L, 3, "")
	size := float64(len(text)+len(separator)) * float64(n)
	host.CheckLength(L, int(min(size, math.MaxInt32)))
	switch {
	case n < 1:
		L.Push(lua.LString(""))
	case separator == "":
		L.Push(lua.LString(strings.Repeat(text, n)))
	default:
		L.Push(lua.LString(strings.Repeat(text+separator, n-1) + text))
	}
	return 1
}

func stringReverse(L *lua.LState) int {
	text := []byte(L.CheckString(1))
	for i, j := 0, len(text)-1; i < j; i, j = i+1, j-1 {
		text[i], text[j] = text[j], text[i]
	}
	L.Push(lua.LString(text))
	return 1
}

func stringSub(L *lua.LState) int {
	text := L.CheckString(1)
	from, to := slice(text, L.CheckInt(2), L.OptInt(3, -1))
	if from >= to {
		L.Push(lua.LString(""))
	} else {
		L.Push(part(text, from, to))
	}
	return 1
}

func stringUpper(L *lua.LState) int {
	L.Push(lua.LString(mapBytes(L.CheckString(1), 'a', 'z', 'A'-'a')))
	return 1
}

// slice turns Lua's first and last, counted from 1 or from the end, into Go's
// bounds. Nothing is between them if from >= to.
func slice(text string, first, last int) (from, to int) {
	if first < 0 {
		first = max(len(text)+first+1, 1)
	}
	if last < 0 {
		last = len(text) + last + 1
	}
	return max(first, 1) - 1, min(last, len(text))
}

// mapBytes adds shift to the bytes of text between low and high.
func mapBytes(text string, low, high byte, shift int) string {
	mapped := []byte(text)
	for i, c := range mapped {
		if low <= c && c <= high {
			mapped[i] = byte(int(c) + shift)
		}
	}
	return string(mapped)
}
