package check

import (
	"strings"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// places finds where names stand: the syntax tree knows lines only, and those
// not of all names. It goes through the tokens in the order in which the tree is
// read, which is that of the text.
type places struct {
	tokens []ast.Token
	next   int
}

// newPlaces makes the places of a text that the parser takes.
func newPlaces(text string) *places {
	p := &places{}
	scanner := parse.NewScanner(strings.NewReader(text), "")
	lexer := &parse.Lexer{}
	for {
		token, err := scanner.Scan(lexer)
		if err != nil || token.Type == parse.EOF {
			return p
		}
		lexer.PrevTokenType = token.Type
		p.tokens = append(p.tokens, token)
	}
}

// statement goes to a statement that begins in the given line.
func (p *places) statement(line int) {
	if p.next < len(p.tokens) && p.tokens[p.next].Pos.Line == line {
		return
	}
	for p.next = min(p.next, len(p.tokens)); p.next > 0 && p.tokens[p.next-1].Pos.Line >= line; {
		p.next--
	}
	for p.next < len(p.tokens) && p.tokens[p.next].Pos.Line < line {
		p.next++
	}
}

// take goes behind the next token with the given text, and returns where it is.
// One that isn't there is somewhere in the line.
func (p *places) take(text string, line int) ast.Position {
	for i := p.next; i < len(p.tokens); i++ {
		if p.tokens[i].Str == text {
			p.next = i + 1
			return p.tokens[i].Pos
		}
	}
	return ast.Position{Line: line}
}
