package engine

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// position is where the function at the given level of L is, "name:line: ",
// counted from the innermost; a Go function is where it was called from. It is
// empty when no Lua code is there.
func position(L *lua.LState, level int) string {
	for {
		dbg, ok := L.GetStack(level)
		if !ok {
			return ""
		}
		if _, err := L.GetInfo("Sl", dbg, lua.LNil); err == nil && dbg.Source != "" {
			return fmt.Sprintf("%s:%d: ", dbg.Source, dbg.CurrentLine)
		}
		level++
	}
}

// clearer rewrites the messages of the VM that leave out what a reader needs
// most, in the words that Lua has for them.
func clearer(L *lua.LState, text string) string {
	where := position(L, 0)
	message, ok := strings.CutPrefix(text, where)
	if where == "" {
		// The VM leaves a blank where it knows no position.
		message = strings.TrimPrefix(message, " ")
	}
	if !ok {
		return text // raised with a position of its own, or with none
	}
	switch {
	case message == "attempt to call a non-function object":
		message = "attempt to call a value that is not a function" + calledNames(L)
	case message == "__unm undefined":
		message = "attempt to negate a value that is not a number"
	case message == "__len undefined":
		message = "attempt to get the length of a value that has none"
	case strings.HasPrefix(message, "attempt to index a non-table object("):
		rest := strings.TrimPrefix(message, "attempt to index a non-table object(")
		if kind, key, found := strings.Cut(rest, ") with key "); found {
			message = "attempt to index a " + kind + " value with key " + key
		}
	case strings.HasPrefix(message, "cannot perform "):
		message = operandMessage(message)
	case strings.HasPrefix(message, "attempt to compare ") && strings.Contains(message, "userdata"):
		// Lua asks no metamethod where the types differ (manual, section 2.8).
		message += " (take t:unix() of a time, kube.int64(n) of a number)"
	case strings.HasPrefix(message, "bad argument #"):
		// What pcall calls directly looks to the VM like a main chunk.
		message = strings.Replace(message, " to main chunk (", " (", 1)
	}
	return where + message
}

// operandMessage names the operand that an operator can't take, where the VM
// says "cannot perform OPERATION operation between LEFT and RIGHT".
func operandMessage(message string) string {
	rest := strings.TrimPrefix(message, "cannot perform ")
	operation, rest, _ := strings.Cut(rest, " operation between ")
	left, right, ok := strings.Cut(rest, " and ")
	if !ok {
		return message
	}
	culprit := left
	if left == "number" || left == "string" && right != "number" {
		culprit = right
	}
	if operation == "concat" {
		return "attempt to concatenate a " + culprit + " value"
	}
	return "attempt to perform arithmetic on a " + culprit + " value"
}

// calledNames names what the innermost Lua function of L may have called, as
// far as the line tells: what it calls there, but for global functions.
func calledNames(L *lua.LState) string {
	dbg, ok := L.GetStack(0)
	if !ok {
		return ""
	}
	value, err := L.GetInfo("fl", dbg, lua.LNil)
	fn, _ := value.(*lua.LFunction)
	if err != nil || fn == nil || fn.IsG {
		return ""
	}
	var names []string
	for _, call := range fn.Proto.DbgCalls {
		if call.Pc < len(fn.Proto.DbgSourcePositions) && fn.Proto.DbgSourcePositions[call.Pc] == dbg.CurrentLine &&
			call.Name != "?" && call.Name != "(anonymous)" && !slices.Contains(names, call.Name) &&
			fn.Env.RawGetString(call.Name).Type() != lua.LTFunction {
			names = append(names, call.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " (" + strings.Join(names, " or ") + ")"
}
