package kube

import (
	"cmp"
	"context"
	"slices"
	"strings"
)

// Schema is what a server says of a kind, or of a field in one: its shape, and
// its documentation for people. It is looked up in the server's OpenAPI v3
// documents (KEP-2896) when it is asked, so a kind that contains itself is no
// matter. It is read-only and safe for concurrent use.
type Schema struct {
	document *openAPI
	name     string // of the type that is referred to first
	// parts describe the value together: what the field itself says, then what
	// its type does, however many references lead there.
	parts []Value
}

// SchemaField is one field of an object.
type SchemaField struct {
	Name     string
	Required bool
	Schema   *Schema
}

// The bounds for documents in which something refers to itself: of the parts of
// one schema, and of the arrays in arrays. Those of Kubernetes have up to three
// parts, and two arrays.
const (
	maxParts = 32
	maxNest  = 8
)

// Schema returns what the server says of a resource, in the version in use. The
// documents are asked for when they are first needed, and again when the server
// has others. A server that says nothing of the resource is a KubeError.
func (c *Cluster) Schema(ctx context.Context, r *Resource) (*Schema, error) {
	return c.documents.schema(ctx, c, r)
}

// newSchema joins the schema at a place of a document.
func newSchema(document *openAPI, at Value) *Schema {
	s := &Schema{document: document}
	s.join(at)
	return s
}

// join adds a part, and those that it refers to.
func (s *Schema) join(part Value) {
	if part.Type() != Object || len(s.parts) == maxParts {
		return
	}
	s.parts = append(s.parts, part)
	if ref := part.Get("$ref"); ref.Exists() {
		name, _ := strings.CutPrefix(ref.String(), "#/components/schemas/")
		s.name = cmp.Or(s.name, name)
		s.join(s.document.schemas[name])
	}
	for other := range part.Get("allOf").Elements() {
		s.join(other)
	}
}

// first is the first value that a part has under a key; absent for none.
func (s *Schema) first(key string) Value {
	for _, p := range s.parts {
		if v := p.Get(key); v.Exists() {
			return v
		}
	}
	return Value{}
}

// Description is the documentation, "" where there is none. That of a field is
// more than that of its type.
func (s *Schema) Description() string { return s.first("description").String() }

// Name is what the server calls the type, where that has a name of its own:
// "io.k8s.api.core.v1.PodSpec"; else "".
func (s *Schema) Name() string { return s.name }

// Open tells whether an object may have fields that the server knows nothing of.
func (s *Schema) Open() bool { return s.first("x-kubernetes-preserve-unknown-fields").IsTrue() }

// Type is one of "string", "integer", "number", "boolean", "array", "object",
// which has fields of its own, "map", whose keys are free, "any", or several
// such joined by "or": "integer or string".
func (s *Schema) Type() string {
	switch t := s.first("type").String(); {
	case s.first("x-kubernetes-int-or-string").IsTrue():
		return "integer or string"
	case t == "object" && !s.first("properties").Exists() && s.Element() != nil:
		return "map"
	case t != "":
		return t
	case s.first("properties").Exists():
		return "object"
	}
	for _, choice := range []string{"oneOf", "anyOf"} {
		var names []string
		for one := range s.first(choice).Elements() {
			if t := one.Get("type").String(); t != "" && !slices.Contains(names, t) {
				names = append(names, t)
			}
		}
		if names != nil {
			return strings.Join(names, " or ")
		}
	}
	return "any"
}

// String is the type for people, with that of the elements: "array of object",
// "map of string", and the format where there is one: "string (date-time)".
func (s *Schema) String() string {
	text := s.Type()
	for nest := 0; nest < maxNest; nest++ {
		e := s.Element()
		if t := s.Type(); e == nil || t != "array" && t != "map" {
			break
		}
		s = e
		text += " of " + s.Type()
	}
	if format := s.first("format").String(); format != "" && format != "int-or-string" {
		text += " (" + format + ")"
	}
	return text
}

// Values lists what a string may be, where that is a closed list; else nil.
func (s *Schema) Values() []string { return texts(s.first("enum")) }

// Fields lists the fields of an object in the order of their names; nil for
// what isn't one.
func (s *Schema) Fields() []SchemaField {
	var fields []SchemaField
	known, required := map[string]bool{}, map[string]bool{}
	for _, p := range s.parts {
		for name := range p.Get("required").Elements() {
			required[name.String()] = true
		}
	}
	for _, p := range s.parts {
		for name, at := range p.Get("properties").Fields() {
			if !known[name] {
				known[name] = true
				fields = append(fields, SchemaField{name, required[name], newSchema(s.document, at)})
			}
		}
	}
	slices.SortFunc(fields, func(a, b SchemaField) int { return strings.Compare(a.Name, b.Name) })
	return fields
}

// Element describes the elements of an array or the values of a map; nil for
// what is neither.
func (s *Schema) Element() *Schema {
	for _, key := range []string{"items", "additionalProperties"} {
		switch v := s.first(key); {
		case v.Type() == Object:
			return newSchema(s.document, v)
		case v.IsTrue():
			return &Schema{document: s.document}
		}
	}
	return nil
}

// At follows a path of fields and of keys of maps; nil where it leads nowhere.
// It goes into the elements of arrays by itself, as kubectl explain does:
// "spec", "containers", "image".
func (s *Schema) At(path ...string) *Schema {
	for _, name := range path {
		for nest := 0; s != nil && s.Type() == "array" && nest < maxNest; nest++ {
			s = s.Element()
		}
		if s == nil {
			return nil
		}
		s = s.member(name)
	}
	return s
}

// member describes what stands under a name of an object or a map.
func (s *Schema) member(name string) *Schema {
	for _, p := range s.parts {
		if at := p.At("properties", name); at.Exists() {
			return newSchema(s.document, at)
		}
	}
	if s.Open() {
		return &Schema{document: s.document}
	}
	return s.Element()
}
