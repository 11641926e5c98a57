package stdlib

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// system is the os library of one VM.
type system struct {
	host  host.Host
	start time.Time // what os.clock counts from
}

// OpenOS opens the os library. What it does to files, and programs, are the
// host's to grant.
func OpenOS(L *lua.LState, h host.Host) lua.LValue {
	s := &system{host: h, start: h.Now()}
	return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"clock":     s.clock,
		"date":      s.date,
		"difftime":  osDifftime,
		"execute":   s.execute,
		"exit":      s.exit,
		"getenv":    s.getenv,
		"remove":    s.remove,
		"rename":    s.rename,
		"setlocale": osSetlocale,
		"time":      s.time,
		"tmpname":   s.tmpname,
	})
}

// clock is the seconds since the VM was made. Other than C's it goes on while
// the script waits.
func (s *system) clock(L *lua.LState) int {
	L.Push(lua.LNumber(s.host.Now().Sub(s.start).Seconds()))
	return 1
}

// date is os.date([format [, time]]).
func (s *system) date(L *lua.LState) int {
	format := optString(L, 1, "%c")
	t := s.host.Now()
	if L.Get(2) != lua.LNil {
		t = unixTime(L, 2)
	}
	t = t.Local()
	if format != "" && format[0] == '!' {
		format = format[1:]
		t = t.UTC()
	}
	if len(format) >= 2 && format[:2] == "*t" {
		L.Push(dateTable(L, t))
	} else {
		text, err := FormatTime(L, t, format)
		if err != nil {
			L.ArgError(1, err.Error())
		}
		L.Push(lua.LString(text))
	}
	return 1
}

func osDifftime(L *lua.LState) int {
	L.Push(L.CheckNumber(1) - L.OptNumber(2, 0))
	return 1
}

// exit is os.exit([code]): true or nothing is success, false failure. It ends
// the run, not the process.
func (s *system) exit(L *lua.LState) int {
	code := 0
	switch value := L.Get(1); value {
	case lua.LNil, lua.LTrue:
	case lua.LFalse:
		code = 1
	default:
		code = L.CheckInt(1) & 0xff
	}
	s.host.Exit(L, code)
	return 0
}

// getenv is nil for a variable that isn't set or not for the script.
func (s *system) getenv(L *lua.LState) int {
	value, ok := s.host.Getenv(L.CheckString(1))
	if !ok {
		L.Push(lua.LNil)
	} else {
		L.Push(lua.LString(value))
	}
	return 1
}

// osSetlocale knows the C locale only.
func osSetlocale(L *lua.LState) int {
	switch optString(L, 1, "C") {
	case "", "C", "POSIX":
		L.Push(lua.LString("C"))
	default:
		L.Push(lua.LNil)
	}
	return 1
}

// time is os.time([table]): now, or the time that the fields of a table name.
func (s *system) time(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(s.host.Now().Unix()))
		return 1
	}
	L.Push(lua.LNumber(tableTime(L, L.CheckTable(1)).Unix()))
	return 1
}
