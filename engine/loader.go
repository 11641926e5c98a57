package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// Bounds on source text, which is compiled in one go. The compiler recurses over
// the syntax tree, and a Go stack that overflows ends the process.
const (
	maxSource = 1 << 20  // bytes
	maxDepth  = 4000     // levels of the syntax tree
	maxUnread = 64 << 10 // bytes that the parser gets without a look at their nesting
)

// Load compiles a chunk. It is the one loader of the VM: scripts, -e, stdin,
// load, require and the prompt all come here. An error is a [*SyntaxError].
//
// What it adds to Lua 5.1 is __iter: "for ... in x do" with one expression asks
// x once per loop for its iterator (see [iterate]).
func (vm *VM) Load(L *lua.LState, source, name string) (*lua.LFunction, error) {
	proto, err := compile(source, name, nil)
	if err != nil {
		return nil, err
	}
	return L.NewFunctionFromProto(proto), nil
}

// compile turns source text into code that doesn't belong to a VM yet. vars are
// the variables of the session that it is for, nil for none.
func compile(source, name string, vars *locals) (proto *lua.FunctionProto, err error) {
	switch {
	case strings.HasPrefix(source, "\x1b"):
		return nil, &SyntaxError{Chunk: name, Message: "is bytecode; only source text is run"}
	case len(source) > maxSource:
		return nil, &SyntaxError{Chunk: name, Message: fmt.Sprintf("is longer than %d MiB, the most source text that is run", maxSource>>20)}
	}
	defer func() {
		// The compiler gives up on some code by panicking.
		if r := recover(); r != nil {
			proto, err = nil, &SyntaxError{Chunk: name, Message: fmt.Sprintf("cannot be compiled: %v", r)}
		}
	}()
	if len(source) > maxUnread {
		if line := nestedTooDeep(source); line > 0 {
			return nil, tooDeep(name, line)
		}
	}
	chunk, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	planted, err := rewrite(&chunk, vars)
	if err != nil {
		var e *SyntaxError
		if errors.As(err, &e) {
			e.Chunk, e.text = name, lineOf(source, e.Line)
		}
		return nil, err
	}
	proto, err = lua.Compile(chunk, name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	plant(proto, planted)
	return proto, nil
}

// nestedTooDeep is the line in which brackets, blocks or operators nest deeper
// than maxDepth, 0 if none. The parser keeps 256 bytes for each level, so a
// long source is looked through first.
func nestedTooDeep(source string) int {
	scanner := parse.NewScanner(strings.NewReader(source), "")
	lexer := &parse.Lexer{}
	open, chain := 0, 0 // brackets and blocks; operators that wait for their right side
	for {
		token, err := scanner.Scan(lexer)
		if err != nil || token.Type == parse.EOF {
			return 0
		}
		lexer.PrevTokenType = token.Type
		switch {
		case token.Type == parse.TString || token.Type == parse.TNumber || token.Type == parse.TIdent:
			continue
		case slices.Contains([]string{"(", "{", "[", "function", "if", "do", "repeat", "elseif"}, token.Str):
			open++
		case slices.Contains([]string{")", "}", "]", "end", "until"}, token.Str):
			open--
			chain = 0
		case slices.Contains([]string{"not", "#", "-", "..", "^"}, token.Str):
			chain++
		case slices.Contains([]string{",", ";", "=", "local", "return", "then"}, token.Str):
			chain = 0
		}
		if open+chain > maxDepth {
			return token.Pos.Line
		}
	}
}

// tooDeep is the error for code that nests deeper than maxDepth.
func tooDeep(name string, line int) *SyntaxError {
	return &SyntaxError{Chunk: name, Line: line, Message: fmt.Sprintf("code is nested deeper than %d levels", maxDepth)}
}

// plant puts values in the place of their markers among the constants of the
// code. That is how a chunk uses a value that has no name: no script can reach
// it, replace it or set its environment.
func plant(proto *lua.FunctionProto, planted map[lua.LString]lua.LValue) {
	if len(planted) == 0 {
		return
	}
	for i, constant := range proto.Constants {
		if text, ok := constant.(lua.LString); ok && strings.HasPrefix(string(text), markerStart) {
			if value, ok := planted[text]; ok {
				proto.Constants[i] = value
			}
		}
	}
	for _, inner := range proto.FunctionPrototypes {
		plant(inner, planted)
	}
}

// skipShebang blanks a first line that is meant for the shell, and drops a
// byte order mark. Lines keep their numbers.
func skipShebang(source string) string {
	source = strings.TrimPrefix(source, "\ufeff")
	if !strings.HasPrefix(source, "#") {
		return source
	}
	if end := strings.IndexByte(source, '\n'); end >= 0 {
		return source[end:]
	}
	return ""
}
