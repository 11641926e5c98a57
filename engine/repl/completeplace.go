package repl

import "slices"

// place is where the cursor stands in a piece of Lua.
type place struct {
	tokens []token // those before what is being written
	match  []int   // for a closing bracket the index of its opening one, else -1
	inside []int   // for each token the innermost bracket, function or block that it stands in, else -1
	open   []int   // those that the cursor stands in, the innermost last

	from   int    // where what is being written begins
	prefix string // what of it stands before the cursor
	quote  string // it is the text of a string that begins with it
	goesOn bool   // more of the string may follow
	ok     bool   // something can be completed here
}

// placeOf finds the place of the cursor, which stands at the end of the text.
func placeOf(text string) place {
	p := place{tokens: scan(text), from: len(text), ok: true}
	if n := len(p.tokens) - 1; n >= 0 {
		switch last := p.tokens[n]; {
		case last.kind == stringToken && last.open:
			p.from, p.prefix, p.quote, p.tokens = last.from+1, last.text, text[last.from:last.from+1], p.tokens[:n]
		case last.open:
			p.ok = false
		case last.to < len(text):
		case last.kind == nameToken, last.kind == keywordToken:
			p.from, p.prefix, p.tokens = last.from, last.text, p.tokens[:n]
		case last.kind == numberToken, last.kind == stringToken, last.kind == longStringToken, last.isOne(")", "]", "}"):
			p.ok = false // they are complete
		}
	}
	p.pair()
	return p
}

// pair finds which brackets belong together, and what is open.
func (p *place) pair() {
	p.match, p.inside = make([]int, len(p.tokens)), make([]int, len(p.tokens))
	loop := false // the next "do" belongs to a for or while
	for i, t := range p.tokens {
		p.match[i], p.inside[i] = -1, -1
		if n := len(p.open); n > 0 {
			p.inside[i] = p.open[n-1]
		}
		switch {
		case t.is("for"), t.is("while"):
			loop = true
			p.open = append(p.open, i)
		case t.is("do") && loop:
			loop = false
		case t.isOne("(", "[", "{", "function", "if", "do", "repeat"):
			p.open = append(p.open, i)
		case t.isOne(")", "]", "}", "end", "until"):
			// What is closed in a wrong order closes what is within too.
			for n := len(p.open) - 1; n >= 0; n-- {
				if opener := p.tokens[p.open[n]]; closes(opener, t) {
					p.match[i] = p.open[n]
					p.open = p.open[:n]
					break
				}
			}
		}
	}
}

// around are what the token at i stands in, the innermost last.
func (p *place) around(i int) []int {
	var open []int
	for i = p.inside[i]; i >= 0; i = p.inside[i] {
		open = append(open, i)
	}
	slices.Reverse(open)
	return open
}

// closes tells whether a token closes what another one opens.
func closes(opener, t token) bool {
	switch opener.text {
	case "(":
		return t.is(")")
	case "[":
		return t.is("]")
	case "{":
		return t.is("}")
	case "repeat":
		return t.is("until")
	}
	return t.is("end")
}

// at is the token at i; an empty one where there is none.
func (p *place) at(i int) token {
	if i < 0 || i >= len(p.tokens) {
		return token{kind: commentToken}
	}
	return p.tokens[i]
}

// ends tells whether an expression that can be called or indexed ends with the
// token at i.
func (p *place) ends(i int) bool {
	t := p.at(i)
	if t.kind == stringToken || t.kind == longStringToken {
		return p.ends(i - 1) // f "text" is a call
	}
	return t.kind == nameToken || t.isOne(")", "]", "}")
}

// start is the first token of the expression that ends with the token at i,
// its suffixes included: that of cluster in "cluster.pods:fetch(x)". It is -1
// where no such expression ends there.
func (p *place) start(i int) int {
	for i >= 0 {
		switch t := p.tokens[i]; {
		case t.kind == nameToken:
			if !p.at(i-1).isOne(".", ":") {
				return i
			}
			i -= 2
		case t.kind == stringToken, t.kind == longStringToken:
			if !p.ends(i - 1) {
				return i
			}
			i--
		case t.isOne(")", "]", "}"):
			if i = p.match[i]; i < 0 {
				return -1
			}
			if !p.ends(i - 1) {
				return i
			}
			i--
		default:
			return -1
		}
	}
	return -1
}

// argument is the place of an argument in a call, or of something in tables
// that are one: in f(x, {labels = {app = "web"}}) "web" has number 2 and the keys
// labels and app.
type argument struct {
	callee int      // the last token of what is called
	open   int      // the token that opens the call's arguments
	number int      // from 1
	keys   []string // of the tables around, the outermost first
}

// argument finds which argument of a call the token at i would begin, which
// stands in what is open.
func (p *place) argument(i int, around []int) (argument, bool) {
	if i > 0 && p.ends(i-1) { // f "text" and f{...}
		return argument{callee: i - 1, open: i, number: 1}, true
	}
	n := len(around) - 1
	if n < 0 {
		return argument{}, false
	}
	open := around[n]
	switch {
	case p.at(open).is("("):
		if !p.ends(open - 1) {
			return argument{}, false
		}
		if at := p.at(i - 1); !at.isOne("(", ",") {
			return argument{}, false
		}
		return argument{callee: open - 1, open: open, number: 1 + p.commas(open, i)}, true
	case p.at(open).is("{"):
		a, ok := p.argument(open, around[:n])
		if !ok || !p.at(i-1).is("=") {
			return argument{}, false
		}
		a.keys = append(a.keys, p.key(i-2))
		return a, true
	}
	return argument{}, false
}

// key is the key of a table constructor that ends with the token at i, "" where
// it is none that can be read.
func (p *place) key(i int) string {
	if p.at(i).is("]") {
		i--
		if p.at(i).kind != stringToken {
			return ""
		}
	}
	switch t := p.at(i); t.kind {
	case nameToken, stringToken:
		return t.text
	}
	return ""
}

// table finds the table that is an argument of a call, or stands within one,
// where the token at i would begin one of its fields. In ["..." it would too.
func (p *place) table(i int) (argument, bool) {
	n := len(p.open) - 1
	if n > 0 && p.at(p.open[n]).is("[") && p.open[n] == i-1 && !p.ends(i-2) {
		n--
		i--
	}
	if n < 0 || !p.at(i-1).isOne("{", ",", ";") || !p.at(p.open[n]).is("{") {
		return argument{}, false
	}
	return p.argument(p.open[n], p.open[:n])
}

// commas counts the commas between an open bracket and the token at i that
// stand in no bracket within.
func (p *place) commas(open, i int) int {
	n := 0
	for i--; i > open; i-- {
		if p.match[i] >= 0 {
			i = p.match[i]
		} else if p.tokens[i].is(",") {
			n++
		}
	}
	return n
}
