package repl

import (
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// declared is the variable with a name that the text itself declares before the
// token at i: by an assignment, by a loop, or as a parameter of a function that
// is being written. The last one counts.
func (l *look) declared(name string, i int) (shape, bool) {
	// What is given to a variable doesn't see it yet.
	defer func(horizon int) { l.horizon = horizon }(l.horizon)
	for i = min(i, l.horizon) - 1; i >= 0; i-- {
		if l.tokens[i].kind != nameToken || l.tokens[i].text != name || l.at(i-1).isOne(".", ":") {
			continue
		}
		l.horizon = i
		if s, ok := l.looped(i); ok {
			return s, true
		}
		if s, ok := l.parameter(i); ok {
			return s, true
		}
		switch next := l.at(i + 1); {
		case next.is("=") && !l.isField(i):
			return l.assigned(i + 2), true
		case l.at(i - 1).is("local"), l.at(i - 1).is("function"):
			return shape{}, true
		}
	}
	return shape{}, false
}

// assigned is the value of the expression that begins with the token at i, if
// it is one that chain can follow.
func (l *look) assigned(i int) shape {
	s, end := l.chain(i, len(l.tokens))
	if l.at(end).isOne("+", "-", "*", "/", "%", "^", "..", "==", "~=", "<", ">", "<=", ">=", "and") {
		return shape{}
	}
	return s
}

// isField tells whether the token at i is the key of a field in a table
// constructor.
func (l *look) isField(i int) bool { return l.at(l.inside[i]).is("{") }

// list finds the names, joined by commas, of which the token at i is one:
// the first of them, and the number of the one at i, from 0.
func (l *look) list(i int) (first, number int) {
	first = i
	for l.at(first-1).is(",") && l.at(first-2).kind == nameToken {
		first -= 2
		number++
	}
	return first, number
}

// looped is the variable of a for loop that the token at i declares.
func (l *look) looped(i int) (shape, bool) {
	first, number := l.list(i)
	if !l.at(first - 1).is("for") {
		return shape{}, false
	}
	in := i
	for l.at(in+1).is(",") && l.at(in+2).kind == nameToken {
		in += 2
	}
	if in++; !l.at(in).is("in") {
		return shape{}, true // a number
	}
	over := in + 1
	if t := l.at(over); t.kind == nameToken && (t.text == "pairs" || t.text == "ipairs") && l.at(over+1).is("(") {
		if number == 0 {
			return shape{}, true
		}
		s, _ := l.chain(over+2, len(l.tokens))
		return l.element(s), true
	}
	s, _ := l.chain(over, len(l.tokens))
	if number > 0 {
		return shape{}, true
	}
	return l.element(s), true
}

// parameter is the parameter that the token at i declares, of a function that
// is an argument of a call.
func (l *look) parameter(i int) (shape, bool) {
	first, number := l.list(i)
	if !l.at(first-1).is("(") || !l.at(first-2).is("function") {
		return shape{}, false
	}
	a, ok := l.argument(first-2, l.around(first-2))
	if !ok {
		return shape{}, true
	}
	called := l.before(a.callee)
	for _, t := range l.argumentTypes(called, a) {
		if t.Form == luacats.Function && number < len(t.Params) {
			s := shape{typ: t.Params[number].Type}
			if called.on != nil {
				l.carry(&s, *called.on, "", "")
			}
			return s, true
		}
	}
	return shape{}, true
}

// argumentTypes are the types that an argument of a call may have, those of a
// union one by one.
func (l *look) argumentTypes(called shape, a argument) []luacats.Type {
	if called.symbol == nil {
		return nil
	}
	if len(a.keys) > 0 {
		_, options := l.index.Options(called.symbol)
		if options == nil {
			return nil
		}
		symbol, t := l.index.Walk(luacats.ClassType(options.Name), a.keys...)
		if symbol == nil {
			return nil
		}
		return l.index.Alternatives(t)
	}
	if params := called.symbol.Params; a.number <= len(params) {
		return l.index.Alternatives(params[a.number-1].Type)
	}
	return nil
}
