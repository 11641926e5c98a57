package bindings

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// ClusterStubs document what a cluster serves beyond what all clusters have: each
// kind with the fields of its objects, in the words of the server. There is one
// file for each API version: "cluster/apps.v1.lua". The files are read together
// with those of all of kubelua.
func ClusterStubs(ctx context.Context, c *kube.Cluster) ([]luacats.File, error) {
	kinds, err := c.Kinds(ctx)
	if err != nil {
		return nil, err
	}
	s := &clusterStubs{files: map[string]*strings.Builder{}, seen: map[string]bool{}, methods: itemMethods()}
	patience := time.NewTimer(publishTime)
	defer patience.Stop()
	for _, r := range kinds {
		schema, err := published(ctx, c, r, patience)
		if err != nil {
			return nil, err
		}
		// Of several resources with a name, cluster.NAME is the first.
		view, err := c.View(ctx, r.Name)
		s.kind(r, schema, err == nil && view.Resource().String() == r.String())
	}
	var files []luacats.File
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		files = append(files, luacats.File{Name: "cluster/" + name + ".lua", Text: "---@meta\n" + s.files[name].String()})
	}
	return files, nil
}

// publishTime is how long a server may take to describe kinds that it serves: a
// new one is served a little earlier.
const publishTime = 5 * time.Second

// published is what the server says of a resource, nil where it says nothing.
func published(ctx context.Context, c *kube.Cluster, r *kube.Resource, patience *time.Timer) (*kube.Schema, error) {
	pause := time.NewTicker(publishTime / 20)
	defer pause.Stop()
	for {
		schema, err := c.Schema(ctx, r)
		if err == nil || kube.IsKind(err, kube.APIError) || ctx.Err() != nil {
			return schema, err
		}
		select {
		case <-pause.C:
		case <-patience.C:
			patience.Reset(0)
			return nil, nil
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// clusterStubs are the stubs of a cluster that are being made.
type clusterStubs struct {
	files   map[string]*strings.Builder // by the API version that they document
	seen    map[string]bool             // classes that are there or under way
	pending []schemaClass
	methods []string // of views
}

// schemaClass is a class for a schema.
type schemaClass struct {
	name   string
	schema *kube.Schema
}

// file is the file in which a class belongs: that of its API version.
func (s *clusterStubs) file(class string) *strings.Builder {
	parts := strings.Split(class, ".")
	for i, part := range parts {
		if isVersion(part) {
			parts = parts[:i+1]
			break
		}
	}
	name := strings.Join(parts, ".")
	if s.files[name] == nil {
		s.files[name] = &strings.Builder{}
	}
	return s.files[name]
}

// isVersion tells whether a part of a name is a version: "v1", "v1beta1".
func isVersion(part string) bool {
	return len(part) > 1 && part[0] == 'v' && part[1] >= '0' && part[1] <= '9'
}

// kind renders a kind: its items, its views, and what its objects are made of.
// named tells whether a cluster has the view under the name of the resource.
func (s *clusterStubs) kind(r *kube.Resource, schema *kube.Schema, named bool) {
	object := objectClass(r, schema)
	b := s.file(object)
	item, view := itemClassName(r), viewClassName(r)
	own := item == "kube.Item"
	if own {
		item, view = object+".Item", object+".View"
		if named {
			fmt.Fprintf(b, "\n---@class kube.Cluster\n---@field %s %s\n", fieldName(r.Name), view)
		}
		fmt.Fprintf(b, "\n--- A snapshot of a %s. What changes the object returns its newest item.\n---@class %s: kube.Item\n", r.Kind, item)
	} else {
		fmt.Fprintf(b, "\n---@class %s\n", item)
	}
	if schema != nil {
		fmt.Fprintf(b, "---@field raw %s The whole object.\n", s.typed(schema, object))
		for _, f := range schema.Fields() {
			if f.Name == "spec" || f.Name == "status" {
				s.field(b, f, object, "")
			}
		}
	}
	if own {
		viewStub(b, r.Name, item, view, s.methods)
	}
	for len(s.pending) > 0 {
		next := s.pending[0]
		s.pending = s.pending[1:]
		s.class(next)
	}
}

// class renders what an object is made of.
func (s *clusterStubs) class(c schemaClass) {
	b := s.file(c.name)
	b.WriteString("\n")
	if doc := fieldDoc(c.schema); doc != "" {
		fmt.Fprintf(b, "--- %s\n", doc)
	}
	fmt.Fprintf(b, "---@class %s\n", c.name)
	for _, f := range c.schema.Fields() {
		mark := "?"
		if f.Required {
			mark = ""
		}
		s.field(b, f, c.name, mark)
	}
	if c.schema.Open() {
		b.WriteString("---@field [string] any\n")
	}
	fmt.Fprintf(b, "---@overload fun(self: %[1]s): %[1]s\n", c.name)
}

// field renders a field of a class, with a mark where it may be absent.
func (s *clusterStubs) field(b *strings.Builder, f kube.SchemaField, class, mark string) {
	line := fmt.Sprintf("---@field %s%s %s %s", fieldName(f.Name), mark, s.typed(f.Schema, class+"."+f.Name), fieldDoc(f.Schema))
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}

// typed is the type of a schema. A class that it needs is rendered later; path is
// its name where the server has none.
func (s *clusterStubs) typed(schema *kube.Schema, path string) string {
	var types []string
	for name := range strings.SplitSeq(schema.Type(), " or ") {
		switch name {
		case "object":
			name = "table"
			if schema.Fields() != nil {
				name = s.named(schema, path)
			}
		case "map":
			name = "table<string, " + s.typed(schema.Element(), path) + ">"
		case "array":
			name = "any[]"
			if e := schema.Element(); e != nil {
				name = operand(s.typed(e, path)) + "[]"
			}
		case "string":
			name = choice(schema.Values())
		}
		types = append(types, name)
	}
	return strings.Join(types, "|")
}

// named is the class of a schema.
func (s *clusterStubs) named(schema *kube.Schema, path string) string {
	name := schemaClassName(schema.Name())
	if name == "" {
		name = wordsOf(path)
	}
	if !s.seen[name] {
		s.seen[name] = true
		s.pending = append(s.pending, schemaClass{name, schema})
	}
	return name
}

// operand is a type where something stands behind it.
func operand(text string) string {
	if strings.Contains(text, "|") && !strings.HasSuffix(text, ">") {
		return "(" + text + ")"
	}
	return text
}

// choice is the type of a string that is one of several, or any.
func choice(values []string) string {
	var literals []string
	for _, v := range values {
		if v == "" || strings.ContainsAny(v, "\"\\\n") {
			return "string"
		}
		literals = append(literals, `"`+v+`"`)
	}
	if literals == nil {
		return "string"
	}
	return strings.Join(literals, "|")
}

// objectClass is the class of the objects of a resource: "apps.v1.Deployment",
// "core.v1.Pod", "stable.example.com.v1.CronTab".
func objectClass(r *kube.Resource, schema *kube.Schema) string {
	if schema != nil && schema.Name() != "" {
		return schemaClassName(schema.Name())
	}
	return wordsOf(cmp.Or(r.Group, "core") + "." + r.Versions[0] + "." + r.Kind)
}

// schemaClassName is the class of what the server calls a type:
// "core.v1.PodSpec" for "io.k8s.api.core.v1.PodSpec", and for types that others
// define the name of their group again, which the server has turned round.
func schemaClassName(name string) string {
	parts := strings.Split(name, ".")
	n := len(parts)
	if n < 3 {
		return wordsOf(name)
	}
	group := parts[:n-2]
	if n > 3 && parts[0] == "io" && parts[1] == "k8s" && (parts[2] == "api" || slices.Contains(parts, "pkg") || n == 5) {
		group = parts[n-3 : n-2]
	} else {
		slices.Reverse(group)
	}
	return wordsOf(strings.Join(append(slices.Clone(group), parts[n-2:]...), "."))
}

// wordsOf is a text with what a class can't have in its name left out.
func wordsOf(text string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c == '.', c == '_', c >= '0' && c <= '9', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			return c
		}
		return '_'
	}, text)
}

// fieldName is a field's name as an annotation writes it.
func fieldName(name string) string {
	if name == "" || wordsOf(name) != name || strings.Contains(name, ".") || name[0] >= '0' && name[0] <= '9' {
		return fmt.Sprintf("[%q]", name)
	}
	return name
}

// fieldDoc is the first paragraph of what the server says of something, on one
// line.
func fieldDoc(schema *kube.Schema) string {
	paragraph, _, _ := strings.Cut(strings.TrimSpace(schema.Description()), "\n\n")
	text := strings.Join(strings.Fields(paragraph), " ")
	if text != "" && strings.ContainsAny(text[:1], "|[?<,@#(:") {
		return "# " + text // it would be read as more of the type
	}
	return text
}
