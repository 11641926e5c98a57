package host

import lua "github.com/yuin/gopher-lua"

// longest is how long a string may get unless the run has a smaller bound.
const longest = 256 << 20

// MaxString is how long a string may get that a call by L makes: 256 MiB, or
// what a method MaxString() int of its context says. Where little makes much, in
// one call that nothing interrupts, this is what bounds it. L may be nil.
func MaxString(L *lua.LState) int {
	if L == nil {
		return longest
	}
	if bounded, ok := L.Context().(interface{ MaxString() int }); ok {
		return min(bounded.MaxString(), longest)
	}
	return longest
}

// CheckLength raises an error where a string of the given length would be longer
// than [MaxString].
func CheckLength(L *lua.LState, length int) {
	if most := MaxString(L); length > most {
		L.RaiseError("resulting string too large (the most is %d MiB)", max(most>>20, 1))
	}
}
