package luacats

import (
	"slices"
	"strings"
)

// Type is a type as an annotation writes it.
type Type struct {
	Form Form
	Name string // of a Named: "kube.View"; of a Literal: as written, "\"stop\""
	Of   []Type // of a Union its members, of an Array its element, of a Named its arguments

	Params  []Param  // of a Function
	Returns []Return // of a Function
}

// Form says what a [Type] is made of.
type Form uint8

// The forms of types. The zero Type is Unknown.
const (
	Unknown  Form = iota
	Named         // string, kube.View, table<string, string>
	Literal       // "stop", 1, true
	Array         // kube.Item[]
	Union         // string|number; T? is T|nil
	Function      // fun(name: string): boolean
)

// Param is a parameter of a function.
type Param struct {
	Name     string // "..." for those that have no names
	Type     Type
	Optional bool
	Doc      string
}

// Return is a value that a function returns.
type Return struct {
	Name string // "" if it has none, "..." for any number of values
	Type Type
	Doc  string
}

// ClassType is the type with the given name.
func ClassType(name string) Type { return Type{Form: Named, Name: name} }

// isNil tells whether the type is nil.
func (t Type) isNil() bool { return t.Form == Named && t.Name == "nil" }

// Optional tells whether a value of the type may be nil.
func (t Type) Optional() bool {
	return t.isNil() || t.Form == Union && slices.ContainsFunc(t.Of, Type.Optional)
}

// members are the types of a union, nil left out; the type itself if it is none.
func (t Type) members() []Type {
	switch {
	case t.isNil():
		return nil
	case t.Form != Union:
		return []Type{t}
	}
	var all []Type
	for _, m := range t.Of {
		all = append(all, m.members()...)
	}
	return all
}

// Given is the type of the values that aren't nil.
func (t Type) Given() Type {
	if members := t.members(); t.Form == Union && len(members) > 0 {
		return flat(members)
	}
	return t
}

// String is the type as an annotation writes it.
func (t Type) String() string {
	switch t.Form {
	case Named:
		if len(t.Of) == 0 {
			return t.Name
		}
		return t.Name + "<" + join(t.Of, ", ", Type.String) + ">"
	case Literal:
		return t.Name
	case Array:
		return t.Of[0].operand() + "[]"
	case Union:
		members := t.members()
		switch {
		case !t.Optional():
			return join(members, "|", Type.operand)
		case len(members) == 1 && members[0].Form != Function:
			return members[0].String() + "?"
		}
		return join(members, "|", Type.operand) + "|nil"
	case Function:
		return "fun" + parameters(t.Params, true) + results(t.Returns, ": ", Type.String)
	}
	return "unknown"
}

// operand is the type where it stands within another one.
func (t Type) operand() string {
	if t.Form == Function || t.Form == Union {
		return "(" + t.String() + ")"
	}
	return t.String()
}

// parameters writes a list of parameters.
func parameters(params []Param, typed bool) string {
	return "(" + join(params, ", ", func(p Param) string {
		text := p.Name
		if p.Optional {
			text += "?"
		}
		if typed && p.Type.Form != Unknown {
			text += ": " + p.Type.String()
		}
		return text
	}) + ")"
}

// results writes what a function returns, with what introduces it.
func results(returns []Return, before string, write func(Type) string) string {
	if len(returns) == 0 {
		return ""
	}
	return before + join(returns, ", ", func(r Return) string {
		if r.Name == "..." {
			return "..." + r.Type.operand()
		}
		return write(r.Type)
	})
}

// join joins the texts of values.
func join[T any](values []T, separator string, text func(T) string) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = text(v)
	}
	return strings.Join(texts, separator)
}

// Replace returns the type with the named type replaced wherever it stands.
func (t Type) Replace(name string, by Type) Type {
	if t.Form == Named && t.Name == name && len(t.Of) == 0 {
		return by
	}
	t.Of = slices.Clone(t.Of)
	for i, of := range t.Of {
		t.Of[i] = of.Replace(name, by)
	}
	t.Params = slices.Clone(t.Params)
	for i, p := range t.Params {
		t.Params[i].Type = p.Type.Replace(name, by)
	}
	t.Returns = slices.Clone(t.Returns)
	for i, r := range t.Returns {
		t.Returns[i].Type = r.Type.Replace(name, by)
	}
	return t
}

// names calls visit for the name of each named type in t.
func (t Type) names(visit func(string)) {
	if t.Form == Named {
		visit(t.Name)
	}
	for _, of := range t.Of {
		of.names(visit)
	}
	for _, p := range t.Params {
		p.Type.names(visit)
	}
	for _, r := range t.Returns {
		r.Type.names(visit)
	}
}
