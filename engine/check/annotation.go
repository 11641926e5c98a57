package check

import (
	"strings"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// annotations are the comments of a script in which its author says of what type
// something is, by the line that they stand on.
type annotations map[int]string

// annotationsOf finds the lines that begin with three dashes.
func annotationsOf(text string) annotations {
	notes := annotations{}
	n := 0
	for line := range strings.Lines(text) {
		n++
		if note, ok := strings.CutPrefix(strings.TrimSpace(line), "---"); ok {
			notes[n] = strings.TrimSpace(note)
		}
	}
	return notes
}

// find is what follows a tag in the comment above a line.
func (a annotations) find(line int, tag string) (string, bool) {
	for n := line - 1; ; n-- {
		note, ok := a[n]
		if !ok {
			return "", false
		}
		if rest, found := strings.CutPrefix(note, tag+" "); found {
			return strings.TrimSpace(rest), true
		}
	}
}

// typed is the type that the comment above a declaration gives it.
func (a annotations) typed(line int) (luacats.Type, bool) {
	text, ok := a.find(line, "@type")
	return parsed(text, ok)
}

// parameter is the type that the comment above a function gives a parameter.
func (a annotations) parameter(line int, name string) (luacats.Type, bool) {
	if text, ok := a.find(line, "@param "+name+"?"); ok {
		return parsed(text, ok)
	}
	text, ok := a.find(line, "@param "+name)
	return parsed(text, ok)
}

// Additions are the fields that scripts say classes of the API have beside those of
// the stubs, by class and name:
//
//	---@class test.T
//	---@field shop string A namespace with a shop in it.
type Additions map[string]map[string]bool

// AdditionsIn are what the annotations of several scripts add.
func AdditionsIn(scripts ...engine.Source) Additions {
	all := Additions{}
	for _, src := range scripts {
		if !strings.Contains(src.Text, "@field") {
			continue
		}
		class := ""
		for line := range strings.Lines(src.Text) {
			note, ok := strings.CutPrefix(strings.TrimSpace(line), "---@")
			tag, rest, _ := strings.Cut(note, " ")
			name := strings.FieldsFunc(rest, func(c rune) bool { return strings.ContainsRune(": ?\t", c) })
			switch {
			case !ok:
				class = ""
			case len(name) == 0:
			case tag == "class":
				class = name[0]
			case tag == "field" && class != "":
				if all[class] == nil {
					all[class] = map[string]bool{}
				}
				all[class][name[0]] = true
			}
		}
	}
	return all
}

// to tells whether a value of a type has an added field.
func (a Additions) to(api *luacats.Index, t luacats.Type, name string) bool {
	for class, names := range a {
		for _, one := range api.Alternatives(t) {
			if names[name] && (one.Name == class || api.Inherits(one.Name, class)) {
				return true
			}
		}
	}
	return false
}

// parsed is the type at the start of a text.
func parsed(text string, ok bool) (luacats.Type, bool) {
	if !ok {
		return luacats.Type{}, false
	}
	t, _, err := luacats.ParseType(text)
	return t, err == nil
}
