package host

import (
	lua "github.com/yuin/gopher-lua"
)

// Source is something that a script can wait for together with others.
type Source interface {
	// Take pushes what has come and returns the number of values; false if
	// nothing has. It raises what ended the source, if that was an error. It
	// doesn't wait.
	Take(L *lua.LState) (int, bool)

	// Subscribe has ch told, without waiting for it, whenever something may
	// have come, until unsubscribe is called.
	Subscribe(ch chan<- struct{}) (unsubscribe func())
}

// SourceKey is the field of a metatable whose [SourceOf] finds the source in a
// userdata's value.
const SourceKey = "__source"

// ClassKey is the field of a metatable that says what the stubs call the class of
// its values.
const ClassKey = "__name"

// SourceOf makes a source of the value of a userdata. It is a Lua value so that
// a metatable can hold it.
type SourceOf func(value any) Source

// String is what it is called where a script could print it.
func (SourceOf) String() string { return "source" }

// Type says that it is a userdata.
func (SourceOf) Type() lua.LValueType { return lua.LTUserData }
