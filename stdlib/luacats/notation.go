package luacats

import (
	"fmt"
	"strings"
)

// notation reads a type from the start of a text.
type notation struct {
	rest  string
	depth int
}

// maxDepth bounds how deep types are nested.
const maxDepth = 50

// ParseType reads the type at the start of a text, and returns it with what
// follows it.
func ParseType(text string) (Type, string, error) {
	n := notation{rest: text}
	t, err := n.union()
	return t, strings.TrimLeft(n.rest, " \t"), err
}

// take takes a token that may be next, and tells whether it was.
func (n *notation) take(token string) bool {
	trimmed := strings.TrimLeft(n.rest, " \t")
	rest, ok := strings.CutPrefix(trimmed, token)
	if ok {
		n.rest = rest
	}
	return ok
}

// want takes a token that must be next.
func (n *notation) want(token string) error {
	if n.take(token) {
		return nil
	}
	return fmt.Errorf("%q is missing before %q", token, n.rest)
}

// union is types that | joins.
func (n *notation) union() (Type, error) {
	if n.depth++; n.depth > maxDepth {
		return Type{}, fmt.Errorf("the type is nested too deep")
	}
	defer func() { n.depth-- }()
	var of []Type
	for {
		t, err := n.suffixed()
		if err != nil {
			return Type{}, err
		}
		of = append(of, t)
		if !n.take("|") {
			break
		}
	}
	if len(of) == 1 {
		return of[0], nil
	}
	return flat(of), nil
}

// flat is the union of types, with unions among them taken apart and nil, where
// there is one, at the end.
func flat(of []Type) Type {
	t := Type{Form: Union, Of: of}
	members := t.members()
	if t.Optional() {
		members = append(members, ClassType("nil"))
	}
	if len(members) == 1 {
		return members[0]
	}
	return Type{Form: Union, Of: members}
}

// suffixed is a type with any number of [] and ? behind it.
func (n *notation) suffixed() (Type, error) {
	t, err := n.single()
	for err == nil {
		switch {
		case strings.HasPrefix(n.rest, "[]"):
			n.rest = n.rest[2:]
			t = Type{Form: Array, Of: []Type{t}}
		case strings.HasPrefix(n.rest, "?"):
			n.rest = n.rest[1:]
			t = flat([]Type{t, ClassType("nil")})
		default:
			return t, nil
		}
		if n.depth++; n.depth > maxDepth {
			return Type{}, fmt.Errorf("the type is nested too deep")
		}
	}
	return t, err
}

// single is a type without anything behind it.
func (n *notation) single() (Type, error) {
	if n.take("(") {
		t, err := n.union()
		if err == nil {
			err = n.want(")")
		}
		return t, err
	}
	n.take("") // blanks
	n.rest = strings.TrimLeft(n.rest, " \t")
	if literal := literalAt(n.rest); literal != "" {
		n.rest = n.rest[len(literal):]
		return Type{Form: Literal, Name: literal}, nil
	}
	name := nameAt(n.rest)
	if name == "" {
		return Type{}, fmt.Errorf("a type is missing before %q", n.rest)
	}
	n.rest = n.rest[len(name):]
	if name == "fun" && strings.HasPrefix(n.rest, "(") {
		return n.function()
	}
	t := ClassType(name)
	if strings.HasPrefix(n.rest, "<") {
		n.rest = n.rest[1:]
		for {
			argument, err := n.union()
			if err != nil {
				return Type{}, err
			}
			if t.Of = append(t.Of, argument); !n.take(",") {
				break
			}
		}
		return t, n.want(">")
	}
	return t, nil
}

// function is the rest of fun(a: T, b?: T): T, T.
func (n *notation) function() (Type, error) {
	t := Type{Form: Function}
	if err := n.want("("); err != nil {
		return t, err
	}
	for !n.take(")") {
		if len(t.Params) > 0 {
			if err := n.want(","); err != nil {
				return t, err
			}
		}
		n.rest = strings.TrimLeft(n.rest, " \t")
		var p Param
		if p.Name = paramAt(n.rest); p.Name == "" {
			return t, fmt.Errorf("a parameter is missing before %q", n.rest)
		}
		n.rest = n.rest[len(p.Name):]
		p.Optional = n.take("?")
		if n.take(":") {
			var err error
			if p.Type, err = n.union(); err != nil {
				return t, err
			}
		}
		t.Params = append(t.Params, p)
	}
	if !n.take(":") {
		return t, nil
	}
	for {
		var r Return
		if n.take("...") {
			r.Name = "..."
		}
		var err error
		if r.Type, err = n.union(); err != nil {
			return t, err
		}
		if t.Returns = append(t.Returns, r); !n.take(",") {
			return t, nil
		}
	}
}

// literalAt is the string or number at the start of a text, "" if there is none.
func literalAt(text string) string {
	if text == "" {
		return ""
	}
	if quote := text[0]; quote == '"' || quote == '\'' {
		if end := strings.IndexByte(text[1:], quote); end >= 0 {
			return text[:end+2]
		}
		return ""
	}
	end := 0
	for end < len(text) && (text[end] >= '0' && text[end] <= '9' || end == 0 && text[end] == '-') {
		end++
	}
	if text[:end] == "-" {
		return ""
	}
	return text[:end]
}

// nameAt is the name at the start of a text, dots included, "" if there is none.
func nameAt(text string) string {
	end := 0
	for end < len(text) && (isWord(text[end]) || text[end] == '.' && end > 0 && text[end-1] != '.') {
		end++
	}
	if end > 0 && text[0] >= '0' && text[0] <= '9' {
		return ""
	}
	return strings.TrimSuffix(text[:end], ".")
}

// paramAt is the name of a parameter at the start of a text, "" if there is none.
func paramAt(text string) string {
	if strings.HasPrefix(text, "...") {
		return "..."
	}
	end := 0
	for end < len(text) && isWord(text[end]) {
		end++
	}
	return text[:end]
}

func isWord(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
