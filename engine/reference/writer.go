package main

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// writer writes pages.
type writer struct {
	strings.Builder
	api   *luacats.Index
	pages map[string]string // the name of the page of each file of stubs

	inline map[*luacats.Class]bool // options that stand with the functions that take them

	here string // the page that is written
}

// line writes a line.
func (w *writer) line(format string, args ...any) {
	fmt.Fprintf(w, format+"\n", args...)
}

// trim leaves one newline at the end.
func (w *writer) trim() {
	text := strings.TrimRight(w.String(), "\n") + "\n"
	w.Reset()
	w.WriteString(text)
}

// stubOf is the file of a line of stubs.
func stubOf(where string) string {
	file, _, _ := strings.Cut(where, ":")
	return file
}

// page writes a page.
func (w *writer) page(p page) {
	w.here = p.name
	w.line("# %s", p.title)
	w.line(generated)
	lead := p.about
	if w.api.Module(p.name) != nil {
		lead = fmt.Sprintf("`require %q`.", p.name)
	}
	w.line("%s See [the guide](%s) and [all pages](README.md).\n", lead, p.guide)
	for _, file := range p.files {
		w.globals(file)
		for _, c := range w.api.Classes() {
			if stubOf(c.Where) == file && isLibrary(c) {
				w.library(c, len(p.files) > 1)
			}
		}
		for _, c := range w.inOrder(file) {
			w.class(c)
		}
		for _, a := range w.api.Aliases() {
			if stubOf(a.Where) == file {
				w.alias(a)
			}
		}
	}
	w.trim()
}

// inOrder are the classes of a file that have a section of their own, in the order
// of the stubs.
func (w *writer) inOrder(file string) []*luacats.Class {
	var list []*luacats.Class
	for _, c := range w.api.Classes() {
		if stubOf(c.Where) == file && !isLibrary(c) && !w.inline[c] && len(w.own(c))+len(c.Keys)+len(c.Parents)+len(c.Doc) > 0 && !w.retyped(c) {
			list = append(list, c)
		}
	}
	slices.SortStableFunc(list, func(a, b *luacats.Class) int { return lineOf(a.Where) - lineOf(b.Where) })
	return list
}

func lineOf(where string) (line int) {
	_, number, _ := strings.Cut(where, ":")
	fmt.Sscan(number, &line)
	return line
}

// isLibrary tells whether a class is the table of a module or library.
func isLibrary(c *luacats.Class) bool { return strings.HasSuffix(c.Name, "lib") }

// own are the members that a class has beside those of its parents.
func (w *writer) own(c *luacats.Class) []*luacats.Symbol {
	var list []*luacats.Symbol
	for _, m := range c.Members {
		if !slices.ContainsFunc(c.Parents, func(parent string) bool {
			return w.api.Member(luacats.ClassType(parent), m.Name) != nil && m.Kind != luacats.Field
		}) {
			list = append(list, m)
		}
	}
	return list
}

// retyped tells whether a class only says more precisely what its parent says, as
// the views of a kind do.
func (w *writer) retyped(c *luacats.Class) bool { return len(c.Members) > 0 && len(w.own(c)) == 0 }

// globals writes what of a file stands in the globals and is no library.
func (w *writer) globals(file string) {
	for _, s := range w.api.Globals() {
		c := w.api.Class(s.Type.Name)
		switch {
		case stubOf(s.Where) != file || c != nil && isLibrary(c):
		case s.Kind == luacats.Field:
			w.line("## %s\n", s.Name)
			w.doc(strings.TrimSpace(w.link(s.Type) + ". " + s.Doc))
		default:
			w.function(s, s.Name, "##")
		}
	}
}

// library writes what a module has, below a heading if it is one of several.
func (w *writer) library(c *luacats.Class, several bool) {
	name, heading := strings.TrimSuffix(c.Name, "lib"), "##"
	if several {
		w.line("## %s\n", name)
		heading = "###"
	}
	w.doc(c.Doc)
	for _, o := range c.Overloads {
		w.line("`%s%s`\n", name, strings.TrimPrefix(o.String(), "fun"))
		w.options(o.Params)
	}
	w.fields(c)
	for _, m := range c.Members {
		if m.Kind != luacats.Field {
			w.function(m, m.Path, heading)
		}
	}
}

// class writes a class of values.
func (w *writer) class(c *luacats.Class) {
	w.line("## %s\n", c.Name)
	w.doc(c.Doc)
	if slices.Contains(c.Parents, "kube.Enum") {
		w.enumeration(c)
		return
	}
	if len(c.Parents) > 0 {
		var parents []string
		for _, p := range c.Parents {
			parents = append(parents, w.link(luacats.ClassType(p)))
		}
		w.line("It has all of %s, too.\n", enumerated(parents))
	}
	if heirs := w.heirs(c); len(heirs) > 0 {
		w.line("Of %s.\n", enumerated(heirs))
	}
	for _, o := range c.Overloads {
		if len(o.Params) == 0 && len(o.Returns) > 0 {
			w.line("A loop over it gets %s.\n", w.link(o.Returns[0].Type))
		}
	}
	w.fields(c)
	for _, m := range w.own(c) {
		if m.Kind != luacats.Field {
			w.function(m, receiver(c.Name)+strings.TrimPrefix(m.Path, c.Name), "###")
		}
	}
}

// enumerated are words as a sentence lists them.
func enumerated(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}

// enumeration writes the names of an enumeration.
func (w *writer) enumeration(c *luacats.Class) {
	names := make([]string, len(c.Members))
	for i, m := range c.Members {
		names[i] = "`" + m.Name + "`"
	}
	w.line("%s\n", strings.Join(names, " "))
}

// heirs are the kinds that have what a class has, where that is there for others.
func (w *writer) heirs(c *luacats.Class) []string {
	var heirs []string
	for _, other := range w.api.Classes() {
		if other.Name != "kube.Item" && slices.Contains(other.Parents, c.Name) && slices.Contains(other.Parents, "kube.Item") && c.Name != "kube.Item" {
			heirs = append(heirs, w.link(luacats.ClassType(other.Name)))
		}
	}
	return heirs
}

// receiver is what a value of a class is called where its methods are.
func receiver(class string) string {
	switch class {
	case "kube.Entries":
		return "labels"
	case "kube.Running", "kube.Web", "kube.Measured":
		return "pod"
	case "kube.Scalable", "kube.Rolling", "kube.Workload", "kube.Suspendable":
		return "workload"
	case "test.T":
		return "t"
	}
	return strings.ToLower(class[strings.LastIndex(class, ".")+1:])
}

// fields writes the fields of a class as a table.
func (w *writer) fields(c *luacats.Class) {
	var rows []string
	for _, m := range c.Members {
		if m.Kind == luacats.Field {
			rows = append(rows, w.row(m.Name, m.Optional, m.Type, m.Doc))
		}
	}
	for _, k := range c.Keys {
		rows = append(rows, fmt.Sprintf("| `[%s]` | %s | %s |", k.Key, w.link(k.Value), cell(k.Doc)))
	}
	w.table("field", rows)
}

// row is a row of a table of fields, options or parameters.
func (w *writer) row(name string, optional bool, t luacats.Type, doc string) string {
	if optional {
		name, t = name+"?", t.Given()
	}
	return fmt.Sprintf("| `%s` | %s | %s |", name, w.link(t), cell(doc))
}

// table writes rows, if there are any.
func (w *writer) table(what string, rows []string) {
	if len(rows) > 0 {
		w.line("| %s | type | |\n|---|---|---|\n%s\n", what, strings.Join(rows, "\n"))
	}
}

// function writes a function or method that is called by a path.
func (w *writer) function(s *luacats.Symbol, path, heading string) {
	w.line("%s %s\n", heading, path)
	w.line("`%s%s`\n", path, w.signature(s))
	w.doc(s.Doc)
	for _, o := range s.Overloads {
		if len(o.Params) > 0 && o.Params[0].Name == "self" {
			o.Params = o.Params[1:]
		}
		w.line("Also `%s%s`.\n", path, strings.TrimPrefix(o.String(), "fun"))
	}
	var rows []string
	for _, p := range s.Params {
		if w.optionsOf(p.Type) == nil && p.Doc != "" {
			rows = append(rows, w.row(p.Name, p.Optional, p.Type, p.Doc))
		}
	}
	w.table("argument", rows)
	w.options(s.Params)
	for i, r := range s.Returns {
		switch {
		case r.Doc == "":
		case i == 0 && r.Name == "":
			w.line("Returns: %s\n", r.Doc)
		default:
			w.line("Returns `%s`: %s\n", cmp.Or(r.Name, r.Type.String()), r.Doc)
		}
	}
}

// signature is how a function is called and what it returns, with types but those
// of options, which a table has.
func (w *writer) signature(s *luacats.Symbol) string {
	whole := luacats.Type{Form: luacats.Function, Params: slices.Clone(s.Params), Returns: s.Returns}
	for i, p := range whole.Params {
		if p.Optional {
			whole.Params[i].Type = p.Type.Given()
		}
		if w.optionsOf(p.Type) != nil {
			whole.Params[i].Type = luacats.Type{}
		}
	}
	return strings.TrimPrefix(whole.String(), "fun")
}

// findInline finds the options that functions take. Others stand within them, and
// have sections of their own.
func (w *writer) findInline() {
	w.inline = map[*luacats.Class]bool{}
	take := func(params []luacats.Param) {
		for _, p := range params {
			c := w.optionsOf(p.Type)
			if c == nil {
				continue
			}
			w.inline[c] = true
			for _, parent := range c.Parents {
				w.inline[w.api.Class(parent)] = true
			}
		}
	}
	for _, s := range w.api.Globals() {
		take(s.Params)
	}
	for _, c := range w.api.Classes() {
		for _, m := range c.Members {
			take(m.Params)
		}
		for _, o := range c.Overloads {
			take(o.Params)
		}
	}
}

// optionsOf is the class of options that a type names, nil if it names none.
func (w *writer) optionsOf(t luacats.Type) *luacats.Class {
	for _, a := range w.api.Alternatives(t) {
		if luacats.IsOptions(a.Name) {
			return w.api.Class(a.Name)
		}
	}
	return nil
}

// options writes the options that parameters take, those of a class once.
func (w *writer) options(params []luacats.Param) {
	told := map[*luacats.Class]bool{nil: true}
	for _, p := range params {
		c := w.optionsOf(p.Type)
		if told[c] {
			continue
		}
		told[c] = true
		var rows []string
		for _, m := range w.api.Members(luacats.ClassType(c.Name)) {
			rows = append(rows, w.row(m.Name, m.Optional, m.Type, m.Doc))
		}
		w.table("option", rows)
	}
}

// alias writes a name for types.
func (w *writer) alias(a *luacats.Alias) {
	w.line("## %s\n", a.Name)
	w.doc(a.Doc)
	if !slices.ContainsFunc(a.Choices, func(c luacats.Choice) bool { return c.Doc != "" }) {
		w.line("%s\n", w.link(a.Type))
		return
	}
	w.line("| | |\n|---|---|")
	for _, c := range a.Choices {
		w.line("| %s | %s |", w.link(c.Type), cell(c.Doc))
	}
	w.line("")
}

// doc writes a text.
func (w *writer) doc(text string) {
	if text != "" {
		w.line("%s\n", text)
	}
}

// cell is a text as it stands in a table.
func cell(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\n", " "), "|", `\|`)
}

// className is a name in a type that may be one of a class or alias.
var className = regexp.MustCompile(`[a-z]\w*\.[A-Z]\w*`)

// link is a type, whose names lead to where they are explained.
func (w *writer) link(t luacats.Type) string {
	text := strings.NewReplacer("|", `\|`, "<", `\<`, "*", `\*`).Replace(t.String())
	return className.ReplaceAllStringFunc(text, func(name string) string {
		page, heading := w.place(name)
		switch page {
		case "":
			return name
		case w.here:
			page = ""
		default:
			page += ".md"
		}
		return fmt.Sprintf("[%s](%s#%s)", name, page, anchor(heading))
	})
}

// place is the page on which a class or alias is explained, and under which heading;
// "" if it is on none.
func (w *writer) place(name string) (page, heading string) {
	if a := w.api.Alias(name); a != nil {
		return w.pages[stubOf(a.Where)], name
	}
	c := w.api.Class(name)
	switch {
	case c == nil || w.inline[c]:
		return "", ""
	case w.retyped(c):
		return w.place(c.Parents[0])
	}
	return w.pages[stubOf(c.Where)], name
}

// anchor is what links to a heading are called.
func anchor(heading string) string {
	return strings.ToLower(regexp.MustCompile(`[^\w-]`).ReplaceAllString(heading, ""))
}
