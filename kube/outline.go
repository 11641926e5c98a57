package kube

import (
	"slices"
	"strings"
)

// The limits of an outline.
const (
	outlineDepth = 3
	outlineLines = 20
	outlineWidth = 100
)

// outline shows the first levels of an object of whose state neither conditions
// nor attributes tell. Of a Secret it shows nothing.
func (s *Summary) outline(i *Item) {
	told := slices.ContainsFunc(i.resource.Attributes, func(a Attribute) bool { return a.Type == Text || a.Type == Count })
	if told || i.Kind() == "Secret" || i.Status().Get("conditions").Len() > 0 {
		return
	}
	for key, value := range i.raw.Fields() {
		if key == "apiVersion" || key == "kind" || key == "metadata" {
			continue
		}
		if !says(value) {
			continue
		}
		lines := outlineOf(value, outlineDepth)
		if value.Len() == 0 {
			if value.Type() == String {
				lines[0] = value.String()
			}
			s.fact(key, lines[0])
			continue
		}
		if len(lines) > outlineLines {
			lines = append(lines[:outlineLines:outlineLines], "...")
		}
		var rows [][]string
		for _, line := range lines {
			rows = append(rows, []string{line})
		}
		s.section(key, nil, rows)
	}
}

// says tells whether there is anything in a value but empty objects and lists.
func says(v Value) bool {
	for _, member := range v.Fields() {
		if says(member) {
			return true
		}
	}
	for e := range v.Elements() {
		if says(e) {
			return true
		}
	}
	return v.Type() != Object && v.Type() != Array && v.Type() != Null
}

// outlineOf is a value as YAML of so many levels.
func outlineOf(v Value, depth int) []string {
	switch {
	case v.Len() > 0 && depth == 0 && v.Type() == Array:
		return []string{"[...]"}
	case v.Len() > 0 && depth == 0:
		return []string{"{...}"}
	}
	var lines []string
	for key, member := range v.Fields() {
		below := outlineOf(member, depth-1)
		switch {
		case member.Len() == 0 || depth == 1:
			lines = append(lines, yamlKey(key)+": "+below[0])
		case member.Type() == Array: // as kubectl has it
			lines = append(append(lines, yamlKey(key)+":"), below...)
		default:
			lines = append(append(lines, yamlKey(key)+":"), indented(below)...)
		}
	}
	for e := range v.Elements() {
		lines = hang(lines, "- ", outlineOf(e, depth-1))
	}
	if lines != nil {
		return lines
	}
	// One line of a text, and what is no longer than a line.
	line, _, more := strings.Cut(v.String(), "\n")
	if len(line) > outlineWidth {
		line, more = strings.ToValidUTF8(line[:outlineWidth], ""), true
	}
	if v.Type() == String {
		line = yamlKey(line)
	}
	if more {
		line += " ..."
	}
	return []string{line}
}
