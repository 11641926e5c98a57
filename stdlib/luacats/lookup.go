package luacats

import (
	"regexp"
	"slices"
	"strings"
)

// lineage is a class with the classes above it, the nearest first. One that is
// below itself comes a second time, at the end.
func (x *Index) lineage(c *Class) []*Class {
	line := []*Class{c}
	for i := 0; i < len(line); i++ {
		for _, name := range line[i].Parents {
			parent := x.classes[name]
			if parent == c {
				return append(line, c)
			}
			if parent != nil && !slices.Contains(line, parent) {
				line = append(line, parent)
			}
		}
	}
	return line
}

// Inherits tells whether a class is another one or stands below it.
func (x *Index) Inherits(class, parent string) bool {
	c, p := x.classes[class], x.classes[parent]
	return c != nil && p != nil && slices.Contains(x.lineage(c), p)
}

// classesOf are the classes whose members a value of the type has.
func (x *Index) classesOf(t Type) []*Class {
	var classes []*Class
	for _, m := range x.resolve(t) {
		name := m.Name
		if m.Form == Literal && strings.HasPrefix(name, `"`) || m.Form == Named && name == "string" {
			name = "stringlib" // whose functions are the methods of strings
		} else if m.Form != Named {
			continue
		}
		if c := x.classes[name]; c != nil {
			classes = append(classes, x.lineage(c)...)
		}
	}
	return classes
}

// resolve are the types of a union with aliases taken apart.
func (x *Index) resolve(t Type) []Type {
	var types []Type
	pending := t.members()
	seen := map[string]bool{}
	for len(pending) > 0 {
		m := pending[0]
		pending = pending[1:]
		if a := x.aliases[m.Name]; m.Form == Named && a != nil {
			if !seen[m.Name] {
				seen[m.Name] = true
				pending = append(pending, a.Type.members()...)
			}
			continue
		}
		types = append(types, m)
	}
	return types
}

// Members lists what a value of the type has by name: its own first, then what
// it has from the classes above.
func (x *Index) Members(t Type) []*Symbol {
	var members []*Symbol
	seen := map[string]bool{}
	for _, c := range x.classesOf(t) {
		for _, m := range c.Members {
			if !seen[m.Name] {
				seen[m.Name] = true
				members = append(members, m)
			}
		}
	}
	return members
}

// Member is what a value of the type has under a name, nil if it has nothing
// there. Where the class has something at every name, that is a field of this
// name.
func (x *Index) Member(t Type, name string) *Symbol {
	classes := x.classesOf(t)
	for _, c := range classes {
		if m := c.own(name); m != nil {
			return m
		}
	}
	for _, c := range classes {
		for _, key := range c.Keys {
			if key.Key.Form == Named && key.Key.Name == "string" {
				return &Symbol{Kind: Field, Name: name, Owner: c.Name, Path: c.Name + "." + name, Doc: key.Doc, Type: key.Value}
			}
		}
	}
	for _, m := range x.resolve(t) {
		if m.Form == Named && m.Name == "table" && len(m.Of) == 2 {
			return &Symbol{Kind: Field, Name: name, Owner: m.String(), Path: name, Type: m.Of[1]}
		}
	}
	return nil
}

// WithExample is the text that shows how a function is called: its own, or else
// that of its class where that calls it; "" if neither does.
func (x *Index) WithExample(s *Symbol) string {
	if strings.Contains(s.Doc, "```lua\n") {
		return s.Doc
	}
	c := x.classes[s.Owner]
	if c == nil {
		return ""
	}
	_, code, _ := strings.Cut(c.Doc, "```lua\n")
	if regexp.MustCompile(`[.:]` + regexp.QuoteMeta(s.Name) + `\b`).MatchString(code) {
		return c.Doc
	}
	return ""
}

// On is a symbol as a receiver of the type has it: the receiver's class stands
// for self.
func (s *Symbol) On(receiver Type) *Symbol {
	for _, m := range receiver.members() {
		if m.Form != Named {
			continue
		}
		on, self := *s, ClassType(m.Name)
		on.Type = s.Type.Replace("self", self)
		on.Params, on.Returns = slices.Clone(s.Params), slices.Clone(s.Returns)
		for i, p := range on.Params {
			on.Params[i].Type = p.Type.Replace("self", self)
		}
		for i, r := range on.Returns {
			on.Returns[i].Type = r.Type.Replace("self", self)
		}
		return &on
	}
	return s
}

// Value is the type of the value that one gets by a symbol of a receiver: that
// of a field, or the first that a function returns.
func (x *Index) Value(receiver Type, s *Symbol) Type {
	s = s.On(receiver)
	if s.Kind == Field {
		return s.Type
	}
	if len(s.Returns) == 0 {
		return Type{}
	}
	return s.Returns[0].Type
}

// Element is the type of what a value of the type has at [1], and a loop over
// it gets; Unknown where it has none.
func (x *Index) Element(t Type) Type {
	for _, m := range x.resolve(t) {
		if m.Form == Array {
			return m.Of[0]
		}
		if m.Form == Named && m.Name == "table" && len(m.Of) == 2 {
			return m.Of[1]
		}
	}
	for _, c := range x.classesOf(t) {
		for _, key := range c.Keys {
			if key.Key.Form == Named && key.Key.Name == "integer" {
				return key.Value
			}
		}
		for _, o := range c.Overloads {
			if len(o.Params) == 0 && len(o.Returns) > 0 {
				return o.Returns[0].Type
			}
		}
	}
	return Type{}
}

// Lookup finds what a path of names leads to: a global or a class, then names
// after dots or colons, as in "cluster.pods:fetch", "task.parallel" and
// "kube.Item.meta.labels". It goes through functions by what they return. The
// type is that of the value, see [Index.Value]. For the name of a class alone
// the symbol is nil and the type the class; where nothing is found, both are
// zero.
func (x *Index) Lookup(path string) (*Symbol, Type) {
	names := strings.FieldsFunc(path, func(c rune) bool { return c == '.' || c == ':' })
	// The name of a class has dots of its own; the longest counts.
	for n := len(names); n > 0; n-- {
		if c := x.classes[strings.Join(names[:n], ".")]; c != nil {
			return x.walk(nil, ClassType(c.Name), names[n:])
		}
	}
	if len(names) == 0 {
		return nil, Type{}
	}
	s := x.globals[names[0]]
	if s == nil {
		return nil, Type{}
	}
	return x.walk(s, x.Value(Type{}, s), names[1:])
}

// Walk finds what a path of names leads to from a value of the type, as
// [Index.Lookup] does.
func (x *Index) Walk(from Type, names ...string) (*Symbol, Type) { return x.walk(nil, from, names) }

func (x *Index) walk(s *Symbol, t Type, names []string) (*Symbol, Type) {
	for _, name := range names {
		if s = x.Member(t, name); s == nil {
			return nil, Type{}
		}
		t = x.Value(t, s)
	}
	return s, t
}

// Options is the parameter of a function that takes a table of options, and
// their class; nil where it takes none.
func (x *Index) Options(s *Symbol) (*Param, *Class) {
	for i := range s.Params {
		for _, t := range x.resolve(s.Params[i].Type) {
			if t.Form == Named && IsOptions(t.Name) {
				return &s.Params[i], x.classes[t.Name]
			}
		}
	}
	return nil, nil
}

// Alternatives are the types that a value of the type may have: those of a union
// one by one, what stands behind an alias, nil left out.
func (x *Index) Alternatives(t Type) []Type { return x.resolve(t) }
