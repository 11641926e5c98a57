package repl

import (
	"context"
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// Help is the manual of what an expression means, such as "cluster.pods:fetch",
// "pod.phase" or "pod.spec.containers", for a terminal of the given width, 0 for
// none, that shows colours or not. It evaluates nothing, but waits for a cluster
// that has to say what a part of an object, or a kind, is. An expression that
// means nothing is a ValueError that names what is near.
func (c *LiveCompleter) Help(ctx context.Context, expression string, width int, coloured bool) (string, error) {
	expression = strings.TrimSpace(expression)
	schema, err := c.Explain(ctx, expression)
	if err != nil {
		return "", err
	}
	if schema != nil {
		m := newManual(c.options.Index, width, paint(coloured))
		m.schema(expression, schema)
		return m.String(), nil
	}
	for {
		came := c.asked.next()
		m := newManual(c.options.Index, width, paint(coloured))
		var pending bool
		var unknown error
		err := c.options.Within(ctx, func(s Scope) {
			l := c.look(s)
			unknown = l.help(m, expression)
			pending = l.pending
		})
		switch {
		case err != nil:
			return "", err
		case unknown == nil:
			return m.String(), nil
		case !pending:
			return "", unknown
		}
		select {
		case <-came:
		case <-ctx.Done():
			return "", context.Cause(ctx)
		}
	}
}

// help lays out what an expression means, or returns the error that it means
// nothing.
func (l *look) help(m *manual, expression string) error {
	l.read(expression + " ")
	n := len(l.tokens)
	if n == 0 || l.start(n-1) != 0 {
		return kube.Errorf(kube.ValueError, "%q is nothing that can be explained (want a name such as cluster.pods:fetch)", expression)
	}
	var on shape // what the last name is read of
	var symbol *luacats.Symbol
	s, _ := l.chain(0, n)
	if ofMember := n > 2 && l.at(n-1).kind == nameToken; ofMember {
		on, _ = l.chain(0, n-2)
		symbol = l.index.Member(on.typ, l.at(n-1).text)
	} else if s.symbol != nil || s.typ.Form != luacats.Unknown {
		symbol = l.index.Global(expression)
	}
	if symbol == nil && s.typ.Form == luacats.Unknown {
		// It may be what signatures name.
		if found, t := l.index.Lookup(expression); t.Form != luacats.Unknown {
			symbol, s.typ, on = found, t, shape{}
		}
	}
	switch a := l.index.Alias(expression); {
	case symbol != nil && symbol.Kind != luacats.Field:
		symbol = symbol.On(on.typ)
		if l.at(n - 2).is(":") {
			symbol = asMethod(symbol)
		}
		m.function(behind(expression, symbol), symbol)
	case l.is(on, clusterClass) && symbol != nil && symbol.Where == "" && s.resource == nil:
		return l.nothing(expression, on) // no resource has that name
	case symbol != nil:
		if t := l.index.Value(on.typ, symbol); s.typ.Form == luacats.Unknown || l.index.Inherits(t.Name, s.typ.Name) {
			s.typ = t
		}
		m.value(expression, symbol.Doc, s.typ)
	case s.typ.Form != luacats.Unknown:
		m.value(expression, "", s.typ)
	case a != nil:
		m.alias(a)
	case s.value != nil && s.value != lua.LNil:
		m.unwritten(expression, s.value)
	default:
		return l.nothing(expression, on)
	}
	return nil
}

// behind is an expression that means a function, with the colon that calls it
// where it is a method.
func behind(expression string, s *luacats.Symbol) string {
	at := strings.LastIndexAny(expression, ".:")
	if at < 0 || s.Kind != luacats.Method {
		return expression
	}
	return expression[:at] + ":" + expression[at+1:]
}

// nothing is the error for an expression that means nothing.
func (l *look) nothing(expression string, on shape) error {
	var classes []string
	for _, c := range l.index.Classes() {
		classes = append(classes, c.Name)
	}
	name, known := l.at(len(l.tokens)-1).text, classes
	if len(kube.Nearest(expression, classes)) > 0 {
		name = expression
	} else if len(l.tokens) > 2 {
		known = nil
		for _, c := range append(l.members(on, false), l.members(on, true)...) {
			known = append(known, c.Text)
		}
	} else {
		known = append(known, l.scope.Names()...)
	}
	return kube.Errorf(kube.ValueError, "nothing is known of %s%s", expression, kube.Suggest(name, known))
}

// unwritten lays out a value of which nothing is written.
func (m *manual) unwritten(name string, value lua.LValue) {
	switch v := value.(type) {
	case *lua.LFunction:
		m.title(name + " = " + luaSignature(v) + definedAt(v))
	case *lua.LTable:
		m.title(name + ": table")
		fields := map[string]string{}
		v.ForEach(func(key, value lua.LValue) {
			if key.Type() == lua.LTString {
				fields[plain(key.String())] = value.Type().String()
			}
		})
		m.terms("Fields:", each(slices.Sorted(maps.Keys(fields)), func(key string) entry {
			return entry{text: key + ": " + fields[key]}
		}))
	default:
		m.title(name + ": " + value.Type().String())
	}
}
