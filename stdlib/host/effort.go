package host

import lua "github.com/yuin/gopher-lua"

// Effort is what one call from Lua costs. The VM looks only between two of its
// instructions whether the run has ended or holds too much memory. A call that may
// go on for longer than anybody waits looks by itself: it spends Effort.
type Effort struct {
	L     *lua.LState // nil outside of a run
	spent int
}

// effortOfLook is how many steps are made between two looks.
const effortOfLook = 1 << 16

// Spend counts n steps, each of which takes some nanoseconds. It raises an error
// where the run has ended meanwhile.
func (e *Effort) Spend(n int) {
	if e.spent += n; e.spent < effortOfLook {
		return
	}
	e.spent = 0
	if e.L == nil || e.L.Context() == nil {
		return
	}
	ctx := e.L.Context()
	select {
	case <-ctx.Done():
		e.L.RaiseError("%s", ctx.Err().Error())
	default:
	}
}
