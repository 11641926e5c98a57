package stdlib

import (
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Numbers as Lua writes and reads them.

func baseTonumber(L *lua.LState) int {
	value := L.CheckAny(1)
	number := value
	if L.Get(2) != lua.LNil {
		number = parseBase(L, L.CheckString(1), L.CheckInt(2))
	} else if text, ok := value.(lua.LString); ok {
		number = parseNumber(string(text))
	}
	if number.Type() != lua.LTNumber {
		number = lua.LNil
	}
	L.Push(number)
	return 1
}

// NumberText is the text of a number as Lua shows it: integers in full, others
// with 14 digits (Lua manual, section 2.2.1, and LUA_NUMBER_FMT), infinities in
// C's words.
func NumberText(number lua.LNumber) string {
	n := float64(number)
	switch {
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	case math.IsNaN(n):
		return "nan"
	case n == math.Trunc(n):
		return number.String()
	}
	return strconv.FormatFloat(n, 'g', 14, 64)
}

// plainText is the text of a string or number.
func plainText(value lua.LValue) string {
	if n, ok := value.(lua.LNumber); ok {
		return NumberText(n)
	}
	return value.String()
}

// parseNumber reads a number as the Lua scanner does, with blanks around it;
// nil if it is none.
func parseNumber(text string) lua.LValue {
	text = strings.Trim(text, " \t\n\v\f\r")
	digits := strings.TrimLeft(text, "+-")
	if len(text)-len(digits) > 1 || strings.ContainsAny(text, "_iInNpP") {
		return lua.LNil // Go also reads 1_000, infinity and nan
	}
	if len(digits) > 2 && (digits[:2] == "0x" || digits[:2] == "0X") {
		n, err := strconv.ParseUint(digits[2:], 16, 64)
		if err != nil {
			return lua.LNil
		}
		if text[0] == '-' {
			return lua.LNumber(-float64(n))
		}
		return lua.LNumber(n)
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil && !math.IsInf(n, 0) {
		return lua.LNil
	}
	return lua.LNumber(n)
}

// parseBase reads an integer in a base of 2 to 36; nil if it is none.
func parseBase(L *lua.LState, text string, base int) lua.LValue {
	if base < 2 || base > 36 {
		L.ArgError(2, "base out of range")
	}
	text = strings.ToLower(strings.TrimSpace(text))
	if base == 16 {
		text = strings.TrimPrefix(text, "0x")
	}
	if strings.Contains(text, "_") {
		return lua.LNil
	}
	n, err := strconv.ParseInt(text, base, 64)
	if err != nil {
		return lua.LNil
	}
	return lua.LNumber(n)
}
