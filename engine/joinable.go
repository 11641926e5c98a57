package engine

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib"
)

// joinable is called with an operand of "..": it makes of a number the text that
// Lua shows, and leaves everything else to the VM.
func joinable(L *lua.LState) int {
	if n, ok := L.Get(1).(lua.LNumber); ok {
		L.SetTop(0)
		L.Push(lua.LString(stdlib.NumberText(n)))
		return 1
	}
	L.SetTop(1)
	return 1
}
