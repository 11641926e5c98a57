package host

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// TypeName says what a value is, for messages: its type, or the name of its class.
func TypeName(v lua.LValue) string {
	if ud, ok := v.(*lua.LUserData); ok {
		if mt, ok := ud.Metatable.(*lua.LTable); ok {
			if name, ok := mt.RawGetString("__metatable").(lua.LString); ok {
				return string(name)
			}
		}
	}
	return v.Type().String()
}

// Quoted forms a value for a message, short: a text in quotes, a number or boolean
// as it is, of anything else the type.
func Quoted(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return QuotedText(string(v))
	case lua.LNumber, lua.LBool:
		return v.String()
	}
	return TypeName(v)
}

// QuotedText is a text in quotes for a message, short.
func QuotedText(text string) string {
	const most = 40
	if len(text) > most {
		return strconv.Quote(text[:most]) + "..."
	}
	return strconv.Quote(text)
}
