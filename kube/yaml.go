package kube

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// YAML is the value as YAML text, in the form that kubectl gives it, its keys in
// their order. The text ends in a newline; that of an absent value is "". Read
// again, by a reader of YAML 1.1 or 1.2, it is the same value: numbers keep all
// their digits, and strings that would be read as something else are quoted.
func (v Value) YAML() string {
	if !v.Exists() {
		return ""
	}
	lines, inline := yamlLines(v)
	if inline {
		lines = hang(nil, "", lines)
	}
	return strings.Join(lines, "\n") + "\n"
}

// JSON is the value as JSON text on one line, or with an indent on several
// lines. Its keys and numbers stay as they are; that of an absent value is "".
func (v Value) JSON(indent string) string {
	var out bytes.Buffer
	var err error
	if indent == "" {
		err = json.Compact(&out, v.raw)
	} else {
		err = json.Indent(&out, v.raw, "", indent)
	}
	if err != nil {
		return string(v.raw)
	}
	return out.String()
}

// yamlLines forms a value in block style, with flow style only for what is
// empty. Where it is inline, its first line belongs behind the key, and the
// others are indented below.
func yamlLines(v Value) (lines []string, inline bool) {
	switch {
	case v.Type() == String:
		return yamlText(v.String()), true
	case v.Type() == Object && v.Len() > 0:
		for key, member := range v.Fields() {
			lines = append(lines, yamlMember(yamlKey(key), member)...)
		}
		return lines, false
	case v.Type() == Array && v.Len() > 0:
		for e := range v.Elements() {
			below, _ := yamlLines(e)
			lines = hang(lines, "- ", below)
		}
		return lines, false
	}
	return []string{v.JSON("")}, true
}

// maxSimpleKey is the length above which the colon must not follow the key on
// its line (YAML 1.1, 7.4.2, has 1024 characters).
const maxSimpleKey = 1000

// yamlMember forms one member of an object.
func yamlMember(key string, member Value) []string {
	below, inline := yamlLines(member)
	switch {
	case len(key) > maxSimpleKey:
		return hang([]string{"? " + key}, ": ", below)
	case inline:
		return hang(nil, key+": ", below)
	case member.Type() == Array:
		return append([]string{key + ":"}, below...) // kubectl doesn't indent the dashes
	}
	return append([]string{key + ":"}, indented(below)...)
}

// hang appends lines, the first one behind a mark and the others indented.
func hang(lines []string, mark string, below []string) []string {
	return append(append(lines, mark+below[0]), indented(below[1:])...)
}

func indented(lines []string) []string {
	for i, line := range lines {
		if line != "" {
			lines[i] = "  " + line
		}
	}
	return lines
}

// yamlKey is a key, plain where it can't be taken for anything but a string. What
// Go escapes in a quoted one, YAML does alike.
func yamlKey(key string) string {
	if isPlain(key) {
		return key
	}
	return strconv.Quote(key)
}

// yamlText forms a string: on one line like a key, or as a literal block where
// it has several.
func yamlText(s string) []string {
	if !isBlock(s) {
		return []string{yamlKey(s)}
	}
	mark := "|+"
	switch len(s) - len(strings.TrimRight(s, "\n")) {
	case 0:
		mark = "|-"
	case 1:
		mark = "|"
	}
	return append([]string{mark}, strings.Split(strings.TrimSuffix(s, "\n"), "\n")...)
}

var (
	// word is text that no reader takes for a number, a time or syntax.
	word = regexp.MustCompile(`^[A-Za-z_/][A-Za-z0-9_./@%+=$*()<>-]*(?:[ :,]+[A-Za-z0-9_./@%+=$*()<>-]+)*$`)
	// measure begins like a number and is none: a version, an address, a uid, or a
	// quantity or duration with a unit.
	measure = regexp.MustCompile(`^(?:[0-9]+(?:\.[0-9]+){2,3}(?:/[0-9]+)?|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9]+(?:m|k|Ki|Mi|Gi|Ti|M|G|T|s|ms|h|d))$`)
	// reserved is what some reader takes for a boolean, null or number (YAML
	// 1.1, "Language-Independent Types").
	reserved = regexp.MustCompile(`^(?i:y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$`)
)

func isPlain(s string) bool {
	return (word.MatchString(s) && !strings.Contains(s, ": ") || measure.MatchString(s)) && !reserved.MatchString(s)
}

// isBlock tells whether a string can be written as a literal block: it has
// lines, the first of which isn't indented, of nothing that must be escaped.
func isBlock(s string) bool {
	if !strings.Contains(s, "\n") || strings.ContainsAny(s[:1], " \t\n") {
		return false
	}
	for _, r := range s {
		if r != '\n' && r != '\t' && !strconv.IsPrint(r) {
			return false
		}
	}
	return true
}
