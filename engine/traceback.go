package engine

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib"
)

// Frame is one call in a traceback, the innermost first.
type Frame struct {
	Source string // name of the chunk
	Line   int    // line being run
	Name   string // what the function is called by, "" if unknown
	First  int    // line of the function's definition, 0 for a main chunk
}

// String describes the frame as a line of a traceback.
func (f Frame) String() string {
	switch {
	case f.Source == "":
		return f.Name
	case f.First == 0:
		return fmt.Sprintf("%s:%d: in main chunk", f.Source, f.Line)
	case f.Name == "":
		return fmt.Sprintf("%s:%d: in function <%s:%d>", f.Source, f.Line, f.Source, f.First)
	default:
		return fmt.Sprintf("%s:%d: in function '%s'", f.Source, f.Line, f.Name)
	}
}

// A traceback shows at most the innermost and the outermost calls of a state.
const (
	innermost = 12
	outermost = 8
)

// traceback lists the Lua functions that are active on L from the given level
// on, and those of its callers. Go functions and those of our modules are left
// out.
func (vm *VM) traceback(L *lua.LState, level int) []Frame {
	var frames []Frame
	for ; L != nil; L = vm.callerOf(L) {
		var bottom *Frame
		total := depth(L)
		for ; level < total; level++ {
			if level == innermost && total > innermost+outermost {
				level = total - outermost
				frames = append(frames, Frame{Name: fmt.Sprintf("... %d more calls", level-innermost)})
			}
			f, isBottom := frameAt(L, level)
			switch {
			case f.Source == "", stdlib.IsModule(f.Source):
			case isBottom:
				// Levels that a tail call has replaced look like the
				// bottom one, so it is kept for the end.
				bottom = &f
			default:
				frames = append(frames, f)
			}
		}
		if bottom != nil {
			frames = append(frames, *bottom)
		}
		level = 0
		if raised := vm.threads[L].raised; raised != nil {
			return append(frames, raised...)
		}
	}
	return frames
}

// frameAt describes the call at a level and tells whether it is the one at the
// bottom of L. It has no Source for a Go function.
func frameAt(L *lua.LState, level int) (f Frame, bottom bool) {
	dbg, ok := L.GetStack(level)
	if !ok {
		return Frame{}, false
	}
	if _, err := L.GetInfo("Sln", dbg, lua.LNil); err != nil {
		return Frame{}, false
	}
	f = Frame{Source: dbg.Source, Line: dbg.CurrentLine, Name: dbg.Name, First: dbg.LineDefined}
	// The VM's stand-ins for a name: "<source:line>", "(anonymous)", "?" and,
	// at the bottom of a state, "main chunk" and "corountine".
	if dbg.What == "main" || strings.ContainsAny(f.Name, "<(?") {
		f.Name = ""
	}
	return f, dbg.What == "main"
}

// depth is how many levels L has.
func depth(L *lua.LState) int {
	high := 1
	for {
		if _, ok := L.GetStack(high - 1); !ok {
			break
		}
		high *= 2
	}
	low := high / 2 // levels below low exist
	for low < high {
		middle := (low + high) / 2
		if _, ok := L.GetStack(middle); ok {
			low = middle + 1
		} else {
			high = middle
		}
	}
	return low
}

// formatTraceback is the traceback as text.
func formatTraceback(frames []Frame) string {
	var b strings.Builder
	b.WriteString("traceback:")
	for _, f := range frames {
		b.WriteString("\n  ")
		b.WriteString(f.String())
	}
	return b.String()
}
