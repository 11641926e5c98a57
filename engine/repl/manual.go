package repl

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/columns"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// The layout of a manual.
const (
	manualWidth = 80  // of an output that has none
	manualMost  = 100 // wider lines are hard to read
	termMost    = 32  // of the first column; a longer term has its text below
	maxLines    = 200 // of one paragraph
)

// manual lays out for people what the stubs, or the schemas of a server, say of
// something.
type manual struct {
	paint
	index *luacats.Index
	width int
	lines []string
}

// newManual begins a manual for a terminal of the given width, 0 for none.
func newManual(index *luacats.Index, width int, colours paint) *manual {
	if width <= 0 {
		width = manualWidth
	}
	return &manual{paint: colours, index: index, width: min(width, manualMost)}
}

// String is what was laid out, with the last newline.
func (m *manual) String() string { return strings.Join(m.lines, "\n") + "\n" }

// add adds lines.
func (m *manual) add(lines ...string) { m.lines = append(m.lines, lines...) }

// function lays out how a function is called, under a name such as
// "cluster.pods:fetch", and what is written about it.
func (m *manual) function(name string, s *luacats.Symbol) {
	m.title(name + signature(s.Params, s.Returns))
	for _, o := range s.Overloads {
		params := o.Params
		if len(params) > 0 && params[0].Name == "self" {
			params = params[1:]
		}
		m.title(name + signature(params, o.Returns))
	}
	prose, _ := parted(s.Doc)
	_, examples := parted(m.index.WithExample(s))
	m.prose(prose)
	m.terms("Arguments:", each(s.Params, func(p luacats.Param) entry {
		return entry{typed(p.Name, p.Optional, p.Type), p.Doc, m.choices(p.Type)}
	}))
	if _, class := m.index.Options(s); class != nil {
		m.terms("Options:", each(m.byName(luacats.ClassType(class.Name)), func(f *luacats.Symbol) entry {
			return entry{typed(f.Name, f.Optional, f.Type), f.Doc, m.choices(f.Type)}
		}))
	}
	if slices.ContainsFunc(s.Returns, func(r luacats.Return) bool { return r.Doc != "" }) {
		m.terms("Returns:", each(s.Returns, func(r luacats.Return) entry {
			return entry{strings.TrimPrefix(r.Name+": "+r.Type.String(), ": "), r.Doc, m.choices(r.Type)}
		}))
	}
	m.examples(examples)
}

// value lays out a value: what is written about it, and about its type.
func (m *manual) value(name, doc string, t luacats.Type) {
	m.title(strings.TrimSuffix(name+": "+t.String(), ": "+name))
	var class *luacats.Class
	one := m.index.Alternatives(t)
	if len(one) == 1 && one[0].Form == luacats.Named {
		class = m.index.Class(one[0].Name)
	}
	var examples []string
	write := func(doc string) {
		prose, more := parted(doc)
		m.prose(prose)
		examples = append(examples, more...)
	}
	if class == nil || !strings.HasPrefix(class.Doc, doc) {
		write(doc)
	}
	if choices := m.choices(t); choices != nil {
		m.space()
		m.table(gap, choices)
	}
	if class != nil {
		write(class.Doc)
		m.members(one[0])
	}
	m.examples(examples)
}

// alias lays out what a name for a type stands for.
func (m *manual) alias(a *luacats.Alias) {
	m.title(a.Name + ": " + a.Type.String())
	m.prose(a.Doc)
	if choices := m.choices(luacats.ClassType(a.Name)); choices != nil {
		m.space()
		m.table(gap, choices)
	}
}

// members lists what a value of a type has.
func (m *manual) members(t luacats.Type) {
	members := m.byName(t)
	if len(members) > 0 && members[0].Owner == "stringlib" && t.Name != "stringlib" {
		return // everyone knows what a text has
	}
	list := func(head string, kind luacats.SymbolKind, row func(*luacats.Symbol) entry) {
		of := slices.DeleteFunc(slices.Clone(members), func(s *luacats.Symbol) bool { return s.Kind != kind })
		m.terms(head, each(of, row))
	}
	call := func(s *luacats.Symbol) entry { return entry{text: shown(s), doc: summary(s.Doc)} }
	list("Fields:", luacats.Field, func(s *luacats.Symbol) entry {
		return entry{text: typed(s.Name, s.Optional, s.Type), doc: summary(s.Doc)}
	})
	list("Functions:", luacats.Func, call)
	list("Methods:", luacats.Method, call)
}

// byName are the members of a type in the order of their names.
func (m *manual) byName(t luacats.Type) []*luacats.Symbol {
	return slices.SortedFunc(slices.Values(m.index.Members(t)), func(a, b *luacats.Symbol) int { return cmp.Compare(a.Name, b.Name) })
}

// choices are what an alias among the types lists one by one.
func (m *manual) choices(t luacats.Type) []entry {
	var choices []entry
	types := []luacats.Type{t}
	if t.Form == luacats.Union {
		types = t.Of
	}
	for _, one := range types {
		if a := m.index.Alias(one.Name); one.Form == luacats.Named && a != nil {
			for _, c := range a.Choices {
				if c.Doc != "" {
					choices = append(choices, entry{text: c.Type.String(), doc: c.Doc})
				}
			}
		}
	}
	return choices
}

// schema lays out what a server says of a part of an object.
func (m *manual) schema(name string, s *kube.Schema) {
	m.title(name + ": " + s.String())
	for paragraph := range strings.SplitSeq(s.Description(), "\n\n") {
		m.prose(paragraph)
	}
	if values := s.Values(); values != nil {
		m.prose("One of " + strings.Join(values, ", ") + ".")
	}
	fields := s.Fields()
	for e := s.Element(); fields == nil && e != nil; e = e.Element() {
		fields = e.Fields()
	}
	m.terms("Fields:", each(fields, func(f kube.SchemaField) entry {
		text := f.Name
		if !f.Required {
			text += "?"
		}
		return entry{text: text + ": " + f.Schema.String(), doc: summary(f.Schema.Description())}
	}))
}

// entry is a row of a table: what is explained, and the explanation.
type entry struct {
	text, doc string
	choices   []entry
}

// title adds a line that says what all is about.
func (m *manual) title(text string) {
	for i, line := range wrap(text, m.width-4, maxLines) {
		if i > 0 {
			line = "    " + line
		}
		m.add(m.as(bold, line))
	}
}

// space adds an empty line between parts.
func (m *manual) space() {
	if n := len(m.lines); n > 0 && m.lines[n-1] != "" {
		m.add("")
	}
}

// prose adds paragraphs.
func (m *manual) prose(text string) {
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if paragraph = strings.TrimSpace(paragraph); paragraph != "" {
			m.space()
			m.add(wrap(paragraph, m.width, maxLines)...)
		}
	}
}

// examples adds pieces of code.
func (m *manual) examples(pieces []string) {
	for _, piece := range pieces {
		m.space()
		for line := range strings.SplitSeq(piece, "\n") {
			m.add("    " + line)
		}
	}
}

// terms adds a table with a head, nothing where it would be empty.
func (m *manual) terms(head string, rows []entry) {
	if len(rows) > 0 {
		m.space()
		m.add(m.as(bold, head))
		m.table(gap, rows)
	}
}

// each makes a row of each of several values.
func each[T any](values []T, row func(T) entry) []entry {
	var rows []entry
	for _, v := range values {
		rows = append(rows, row(v))
	}
	return rows
}

// table adds rows of two columns.
func (m *manual) table(indent string, rows []entry) {
	width := 0
	for _, r := range rows {
		if n := columns.Of(r.text); n <= termMost {
			width = max(width, n)
		}
	}
	for _, r := range rows {
		line := indent + r.text
		rest := indent + strings.Repeat(" ", width) + gap
		switch {
		case r.doc == "":
			m.add(line)
		case columns.Of(r.text) > width:
			m.add(line)
			for _, text := range wrap(r.doc, remaining(m.width, len(rest)), maxLines) {
				m.add(rest + text)
			}
		default:
			line += strings.Repeat(" ", width-columns.Of(r.text)) + gap
			for _, text := range wrap(r.doc, remaining(m.width, len(rest)), maxLines) {
				m.add(line + text)
				line = rest
			}
		}
		m.table(indent+gap, r.choices)
	}
}

// typed is a name with its type, as a term.
func typed(name string, optional bool, t luacats.Type) string {
	if optional && name != "..." {
		name += "?"
		t = t.Given()
	}
	return name + ": " + t.String()
}

// signature is how a function is called: its parameters and what it returns.
func signature(params []luacats.Param, returns []luacats.Return) string {
	s := luacats.Symbol{Kind: luacats.Func, Params: params, Returns: returns}
	return s.Signature()
}

// parted parts a documentation into its text and its pieces of code.
func parted(doc string) (prose string, examples []string) {
	var text, code []string
	inCode := false
	for line := range strings.SplitSeq(doc, "\n") {
		switch {
		case strings.HasPrefix(line, "```") && inCode:
			examples, code, inCode = append(examples, strings.Join(code, "\n")), nil, false
		case strings.HasPrefix(line, "```"):
			inCode = true
		case inCode:
			code = append(code, line)
		default:
			text = append(text, line)
		}
	}
	return strings.TrimSpace(strings.Join(text, "\n")), examples
}
