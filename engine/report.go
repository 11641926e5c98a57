package engine

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"syscall"

	lua "github.com/yuin/gopher-lua"
)

// ScriptError is what ended a script that did not end well.
type ScriptError struct {
	Message string  // what was raised, without the position
	Chunk   string  // where: name of the chunk, "" if no Lua code was running
	Line    int     // and line
	Text    string  // that line, "" if its source isn't known
	Trace   []Frame // calls that led there, the innermost first
	Err     error   // the Go error that was raised, or the cause of a cancelled run; nil for what only Lua knows
}

// Error is "chunk:line: message".
func (e *ScriptError) Error() string {
	if e.Chunk == "" {
		return e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.Chunk, e.Line, e.Message)
}

// Unwrap is the Go error, if any.
func (e *ScriptError) Unwrap() error { return e.Err }

// scriptError describes a failed run. A run that was cancelled failed for the
// cause, whatever was raised on the way out.
func (vm *VM) scriptError(f *failure, cause error) *ScriptError {
	e := &ScriptError{Trace: f.trace, Err: cause}
	if len(f.trace) > 0 {
		e.Chunk, e.Line = f.trace[0].Source, f.trace[0].Line
	}
	switch {
	case cause != nil:
		e.Message = cause.Error()
	default:
		e.Err = errorOf(f.object)
		e.Message = vm.describe(f.object)
		if chunk, line, message, ok := vm.splitPosition(e.Message, f.trace); ok {
			e.Chunk, e.Line, e.Message = chunk, line, message
		}
	}
	e.Text = lineOf(vm.sources[e.Chunk], e.Line)
	return e
}

// lineAt is the line that a position such as "script.lua:7" names, "" if its
// source isn't known.
func (vm *VM) lineAt(where string) string {
	at := strings.LastIndexByte(where, ':')
	line, err := strconv.Atoi(where[at+1:])
	if at < 0 || err != nil {
		return ""
	}
	return lineOf(vm.sources[where[:at]], line)
}

// errorOf is the Go error in a raised value, nil if it is none.
func errorOf(value lua.LValue) error {
	if ud, ok := value.(*lua.LUserData); ok {
		err, _ := ud.Value.(error)
		return err
	}
	return nil
}

// describe is a raised value for people.
func (vm *VM) describe(value lua.LValue) string {
	if err := errorOf(value); err != nil {
		return err.Error()
	}
	if fn := vm.state.GetMetaField(value, "__tostring"); fn != lua.LNil {
		if text, ok := vm.tostring(fn, value); ok {
			return text
		}
	}
	if table, ok := value.(*lua.LTable); ok {
		return "error object " + sketch(table)
	}
	if lua.LVCanConvToString(value) {
		return value.String()
	}
	return "error object is a " + value.Type().String() + " value"
}

// tostring calls a __tostring; false if that fails.
func (vm *VM) tostring(fn, value lua.LValue) (string, bool) {
	th := vm.newThread(0)
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	th.SetContext(newScope(ctx, nil, nil))
	vm.threads[th] = thread{}
	defer vm.drop(th)
	th.Push(fn)
	th.Push(value)
	if f := vm.protect(th, 1, nil); f != nil {
		return "", false
	}
	text, ok := th.Get(1).(lua.LString)
	return string(text), ok
}

// sketch shows the first fields of a table on one line.
func sketch(table *lua.LTable) string {
	const most = 8
	var fields []string
	table.ForEach(func(k, v lua.LValue) {
		shown := v.String()
		if s, ok := v.(lua.LString); ok {
			shown = strconv.Quote(string(s))
		}
		if _, ok := k.(lua.LNumber); ok {
			fields = append(fields, fmt.Sprintf("[%s] = %s", k, shown))
		} else {
			fields = append(fields, fmt.Sprintf("%s = %s", k, shown))
		}
	})
	sort.Strings(fields)
	if len(fields) > most {
		fields = append(fields[:most], "...")
	}
	return "{" + strings.Join(fields, ", ") + "}"
}

// splitPosition takes the position from the front of a message, if it is one
// in a chunk that the VM knows.
func (vm *VM) splitPosition(text string, trace []Frame) (chunk string, line int, message string, ok bool) {
	try := func(name string) bool {
		rest, found := strings.CutPrefix(text, name+":")
		if !found || name == "" {
			return false
		}
		number, after, found := strings.Cut(rest, ": ")
		n, err := strconv.Atoi(number)
		if !found || err != nil {
			return false
		}
		chunk, line, message, ok = name, n, after, true
		return true
	}
	for _, f := range trace {
		if try(f.Source) {
			return
		}
	}
	for name := range vm.sources {
		if try(name) {
			return
		}
	}
	return
}

// Report writes for people what ended a run, nothing if err is nil or a mere
// exit code: the message with its position, the line of source, the traceback.
func Report(w io.Writer, err error) {
	var script *ScriptError
	var syntax *SyntaxError
	var status exitStatus
	switch {
	case err == nil, errors.As(err, &status), errors.Is(err, syscall.EPIPE):
	case errors.As(err, &syntax):
		fmt.Fprintf(w, "kubelua: %s\n%s", syntax.Error(), quoteLine(syntax.Line, syntax.text, syntax.Column))
	case errors.As(err, &script) && !errors.Is(err, Interrupted):
		fmt.Fprintf(w, "kubelua: %s\n%s", script.Error(), quoteLine(script.Line, script.Text, 0))
		if len(script.Trace) > 0 {
			fmt.Fprintln(w, formatTraceback(script.Trace))
		}
	default:
		fmt.Fprintf(w, "kubelua: %s\n", err)
	}
}

// quoteLine shows a line of source under a message, with a mark under the given
// column, if any.
func quoteLine(line int, text string, column int) string {
	if strings.TrimSpace(text) == "" || len(text) > 300 {
		return ""
	}
	quoted := fmt.Sprintf("%5d | %s\n", line, text)
	if column > 0 && column <= len(text) {
		before := strings.Map(func(r rune) rune {
			if r == '\t' {
				return r
			}
			return ' '
		}, text[:column-1])
		quoted += fmt.Sprintf("      | %s^\n", before)
	}
	return quoted
}
