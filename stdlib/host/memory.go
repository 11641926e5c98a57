package host

import lua "github.com/yuin/gopher-lua"

// What userdata of bindings and modules holds can count as memory of the script:
// where the Go value has one of these methods.
type (
	// Sized is a value with bytes of its own.
	Sized interface{ Size() int }

	// Holder is a value that refers to Lua values.
	Holder interface{ Held() []lua.LValue }
)
