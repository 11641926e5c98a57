package engine

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"
)

// SyntaxError says where and why a chunk could not be compiled.
type SyntaxError struct {
	Chunk   string // name of the chunk
	Line    int    // counted from 1; 0 if it is the chunk as a whole
	Column  int    // byte in the line, counted from 1; 0 if unknown
	Message string // what was found
	text    string // the line, "" if unknown
	atEnd   bool   // the text ended too early
}

// Error is "chunk:line: message".
func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return e.Chunk + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d: %s", e.Chunk, e.Line, e.Message)
}

// ExitCode is [ExitUsage].
func (e *SyntaxError) ExitCode() int { return ExitUsage }

// syntaxError makes a SyntaxError of what the parser or the compiler says.
func syntaxError(chunk, source string, err error) *SyntaxError {
	e := &SyntaxError{Chunk: chunk, Message: err.Error()}
	var parsing *parse.Error
	var compiling *lua.CompileError
	switch {
	case errors.As(err, &parsing):
		found := findToken(source, parsing)
		e.Line, e.Column, e.Message = found.line, found.column, parserMessage(parsing, found)
		e.atEnd = found.atEnd || parsing.Message == "unterminated multiline string" || parsing.Message == "invalid multiline comment"
	case errors.As(err, &compiling):
		e.Line, e.Message = compiling.Line, compiling.Message
	}
	e.text = lineOf(source, e.Line)
	return e
}

// parserMessage says in a reader's words what the parser stopped at.
func parserMessage(err *parse.Error, found foundToken) string {
	near := quoteToken(err.Token)
	switch message := err.Message; message {
	case "syntax error", "parse error":
		if found.atEnd {
			if found.open != "" {
				return fmt.Sprintf("unexpected end of file: '%s' in line %d is not closed", found.open, found.openLine)
			}
			return "unexpected end of file"
		}
		return "unexpected " + near
	case "Invalid token", "Invalid '~' token":
		return "unexpected symbol " + near
	case "unterminated string", "unterminated multiline string", "invalid multiline comment":
		return message
	default:
		return message + " near " + near
	}
}

// quoteToken shows a token of the source on one line.
func quoteToken(token string) string {
	if len(token) > 40 {
		token = token[:40] + "..."
	}
	quoted := fmt.Sprintf("%q", token)
	return "'" + strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`) + "'"
}

// foundToken is where the parser stopped.
type foundToken struct {
	line, column int
	atEnd        bool
	open         string // innermost bracket or block that is open there
	openLine     int
}

// findToken goes through the source again, up to where the parser stopped:
// the parser knows only where the token ends.
func findToken(source string, err *parse.Error) foundToken {
	type opener struct {
		token string
		line  int
	}
	var open []opener
	var found foundToken
	scanner := parse.NewScanner(strings.NewReader(source), "")
	lexer := &parse.Lexer{}
	loop := false // the next "do" belongs to a for or while
	for {
		token, scanErr := scanner.Scan(lexer)
		lexer.PrevTokenType = token.Type
		if token.Type == parse.EOF && scanErr == nil {
			found.atEnd, found.column = true, 0
			found.line = 1 + strings.Count(strings.TrimRight(source, "\r\n"), "\n")
			break
		}
		found.line, found.column = token.Pos.Line, token.Pos.Column
		if scanErr != nil || (scanner.Pos.Line == err.Pos.Line && scanner.Pos.Column == err.Pos.Column) {
			break
		}
		if token.Type == parse.TString {
			continue
		}
		switch token.Str {
		case "for", "while":
			loop = true
			open = append(open, opener{token.Str, token.Pos.Line})
		case "do":
			if !loop {
				open = append(open, opener{token.Str, token.Pos.Line})
			}
			loop = false
		case "function", "if", "repeat", "(", "{", "[":
			open = append(open, opener{token.Str, token.Pos.Line})
		case "end", "until", ")", "}", "]":
			if len(open) > 0 {
				open = open[:len(open)-1]
			}
		}
	}
	if n := len(open); n > 0 {
		found.open, found.openLine = open[n-1].token, open[n-1].line
	}
	return found
}

// lineOf is a line of text, without its end; "" if there is none.
func lineOf(text string, line int) string {
	for ; line > 1; line-- {
		_, rest, found := strings.Cut(text, "\n")
		if !found {
			return ""
		}
		text = rest
	}
	if line < 1 {
		return ""
	}
	text, _, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(text, "\r")
}
