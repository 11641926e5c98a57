package repl

import (
	"context"
	"strings"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// Hint is what to say while the arguments of a call are typed.
type Hint struct {
	Call     string // "fetch(name, options?) -> kube.Pod"
	Argument string // what is written about the one at the cursor: "name: string", "" for nothing
}

// Hint is about the innermost call whose arguments the cursor stands in; the
// zero Hint where it stands in none that the stubs have. It never waits for a
// cluster.
func (c *LiveCompleter) Hint(text string, cursor int) Hint {
	var hint Hint
	ctx, cancel := context.WithTimeout(context.Background(), lookTime)
	defer cancel()
	before := text[:max(0, min(cursor, len(text)))]
	// Where the session is busy there is nothing to say.
	_ = c.options.Within(ctx, func(s Scope) {
		l := c.look(s)
		l.read(luaPart(before))
		hint = l.hint()
	})
	return hint
}

// hint is the hint at the place.
func (l *look) hint() Hint {
	end := len(l.tokens)
	for n := len(l.open) - 1; n >= 0; n-- {
		open := l.open[n]
		if !l.at(open).isOne("(", "{") || !l.ends(open-1) {
			continue
		}
		s := l.before(open - 1)
		if s.symbol == nil {
			return Hint{}
		}
		symbol := s.symbol
		if s.on != nil {
			symbol = symbol.On(s.on.typ)
		}
		if l.at(open - 2).is(":") {
			symbol = asMethod(symbol)
		}
		at := argument{number: 1}
		if l.at(open).is("(") {
			at.number += l.commas(open, end)
		}
		if a, ok := l.argument(end, l.open); ok && a.open == open {
			at = a
		} else if a, ok := l.table(end); ok && a.open == open {
			at = a
		}
		return Hint{symbol.Signature(), l.argumentHint(symbol, at)}
	}
	return Hint{}
}

// argumentHint is what the stubs say of an argument, or of the option in it that
// the keys lead to.
func (l *look) argumentHint(s *luacats.Symbol, a argument) string {
	if len(s.Params) == 0 {
		return ""
	}
	p := s.Params[min(a.number, len(s.Params))-1]
	if a.number > len(s.Params) && p.Name != "..." {
		return ""
	}
	if len(a.keys) > 0 {
		_, class := l.index.Options(&luacats.Symbol{Params: []luacats.Param{p}})
		if class == nil {
			return ""
		}
		option, _ := l.index.Walk(luacats.ClassType(class.Name), a.keys[0])
		if option == nil {
			return ""
		}
		return strings.TrimSpace(typed(option.Name, option.Optional, option.Type) + "  " + summary(option.Doc))
	}
	return strings.TrimSpace(typed(p.Name, p.Optional, p.Type) + "  " + summary(p.Doc))
}
