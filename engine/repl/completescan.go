package repl

import (
	"strings"
)

// token is a token of Lua. What a scan makes of a text that isn't Lua, or not
// yet, is as near as it gets.
type token struct {
	kind     tokenKind
	text     string // of a string what stands between its quotes
	from, to int    // bytes in the text
	open     bool   // a string or comment that the text ends in
}

// tokenKind says what a token is.
type tokenKind uint8

const (
	nameToken tokenKind = iota
	keywordToken
	numberToken
	stringToken
	longStringToken // in long brackets
	symbolToken
	commentToken // only where the text ends in one
)

// is tells whether a token is the given symbol or keyword.
func (t token) is(text string) bool {
	return (t.kind == symbolToken || t.kind == keywordToken) && t.text == text
}

// isOne tells whether a token is one of the given symbols or keywords.
func (t token) isOne(texts ...string) bool {
	for _, text := range texts {
		if t.is(text) {
			return true
		}
	}
	return false
}

// keywords are the reserved words of Lua 5.1, and goto.
var keywords = strings.Fields("and break do else elseif end false for function goto if in local nil not or repeat return then true until while")

// isKeyword tells whether a name is a reserved word.
func isKeyword(name string) bool {
	for _, k := range keywords {
		if k == name {
			return true
		}
	}
	return false
}

// isName tells whether a text is a name that a field can be written with.
func isName(text string) bool {
	return text != "" && nameEnd(text, 0) == len(text) && !isKeyword(text)
}

// nameEnd is the end of the name that begins at text[i]; i where none does.
func nameEnd(text string, i int) int {
	for at := i; ; at++ {
		if at == len(text) {
			return at
		}
		c := text[at]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (at == i || c < '0' || c > '9') {
			return at
		}
	}
}

// scan splits a text into tokens.
func scan(text string) []token {
	var tokens []token
	for i := 0; i < len(text); {
		t := token{from: i}
		switch c := text[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
			continue
		case strings.HasPrefix(text[i:], "--"):
			t.kind = commentToken
			if end, ok := longBracket(text, i+2); end > 0 {
				t.to, t.open = end, !ok
			} else if n := strings.IndexByte(text[i:], '\n'); n >= 0 {
				t.to = i + n
			} else {
				t.to, t.open = len(text), true
			}
			if !t.open {
				i = t.to
				continue
			}
		case nameEnd(text, i) > i:
			t.to = nameEnd(text, i)
			if t.text = text[i:t.to]; isKeyword(t.text) {
				t.kind = keywordToken
			}
		case c >= '0' && c <= '9' || c == '.' && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9':
			t.kind, t.to = numberToken, numberEnd(text, i)
		case c == '"' || c == '\'':
			t.kind = stringToken
			end, closed := stringEnd(text, i)
			t.to, t.open = end, !closed && end == len(text)
			if t.text = text[i+1 : end]; closed {
				t.text = text[i+1 : end-1]
			}
		default:
			if end, ok := longBracket(text, i); end > 0 {
				t.kind, t.to, t.open = longStringToken, end, !ok
				break
			}
			t.kind, t.to = symbolToken, i+len(symbolAt(text[i:]))
			t.text = text[i:t.to]
		}
		tokens = append(tokens, t)
		i = t.to
	}
	return tokens
}

// symbolAt is the symbol at the start of a text, of which a byte that is no
// symbol is one.
func symbolAt(text string) string {
	for _, s := range []string{"...", "..", "::", "==", "~=", "<=", ">="} {
		if strings.HasPrefix(text, s) {
			return s
		}
	}
	return text[:1]
}

// numberEnd is the end of the number that begins at text[i].
func numberEnd(text string, i int) int {
	for i < len(text) {
		switch c := text[i]; {
		case c >= '0' && c <= '9', c >= 'a' && c <= 'f', c >= 'A' && c <= 'F', c == 'x', c == 'X':
		case c == '.' && !strings.HasPrefix(text[i:], ".."):
		case (c == '+' || c == '-') && (text[i-1] == 'e' || text[i-1] == 'E'):
		default:
			return i
		}
		i++
	}
	return i
}

// stringEnd is the end of the string whose quote stands at text[i], and whether
// another quote closes it there: the end of its line ends it too.
func stringEnd(text string, i int) (end int, closed bool) {
	quote := text[i]
	for i++; i < len(text); i++ {
		switch text[i] {
		case quote:
			return i + 1, true
		case '\n':
			return i, false
		case '\\':
			i++
		}
	}
	return len(text), false
}

// longBracket is the end of what stands in the long bracket at text[i], and
// whether it is closed; 0 where none begins there.
func longBracket(text string, i int) (end int, closed bool) {
	if i >= len(text) || text[i] != '[' {
		return 0, false
	}
	level := i + 1
	for level < len(text) && text[level] == '=' {
		level++
	}
	if level >= len(text) || text[level] != '[' {
		return 0, false
	}
	closing := "]" + text[i+1:level] + "]"
	if n := strings.Index(text[level+1:], closing); n >= 0 {
		return level + 1 + n + len(closing), true
	}
	return len(text), false
}
