package host

import (
	lua "github.com/yuin/gopher-lua"
)

// Values are what a script gets from bindings and modules alike, and what makes
// text of any value. Where a value is written down that has a text of its own, it
// is by its method MarshalText, see [encoding.TextMarshaler]; a list, see [Lister].
type Values interface {
	// Null is the value for null of JSON, the same one each time.
	Null() lua.LValue

	// Integer is the value for an integer that a Lua number can't hold exactly.
	Integer(n int64) lua.LValue

	// Array is a new empty table that is written as an array even while it is
	// empty.
	Array(L *lua.LState) *lua.LTable

	// JSON is a value as JSON text on one line, the keys of tables in order. What
	// names the value in errors, which are Invalid and tell the path.
	JSON(L *lua.LState, v lua.LValue, what string) ([]byte, error)

	// YAML is a value as YAML text in the form that kubectl gives it, which ends in
	// a newline.
	YAML(L *lua.LState, v lua.LValue, what string) (string, error)

	// CheckYAML is an error where reading a text as YAML may take more memory than
	// the script may hold.
	CheckYAML(L *lua.LState, text string) error

	// Shown is JSON for what people look at: what belongs to a Secret is "***".
	Shown(L *lua.LState, v lua.LValue, what string) ([]byte, error)

	// Suggest forms the end of a message about a name that isn't known: the
	// nearest known ones, or all if they are few, in brackets with a blank before.
	Suggest(name string, known []string) string
}

// Lister is a value of a userdata that is written as an array.
type Lister interface{ List() []lua.LValue }
