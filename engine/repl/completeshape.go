package repl

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// shape is what is known of the value of an expression that nobody has
// evaluated. The zero shape is nothing.
type shape struct {
	typ    luacats.Type    // what the stubs say
	symbol *luacats.Symbol // a function that hasn't been called
	on     *shape          // what the function was read of

	value lua.LValue // the value itself, where it is there already
	json  kube.Value // what is there of an answer of the server
	names []string   // keys that are there otherwise

	site      *site
	resource  *kube.Resource // of a view, an item, a part of one, or a list of items
	namespace string         // that a view is bound to
	// path leads to a part of an object from the object itself; nil for what
	// isn't one.
	path []string
}

// The classes of the stubs that have more to complete than the stubs say.
const (
	clusterClass     = "kube.Cluster"
	itemClass        = "kube.Item"
	viewClass        = "kube.View"
	metaClass        = "kube.Metadata"
	labelsClass      = "kube.Labels"
	annotationsClass = "kube.Annotations"
)

// is tells whether a value is of a class, or of one below it.
func (l *look) is(s shape, class string) bool { return l.classIn(s.typ, class) != "" }

// classIn is the class that a type is or may be, where that is the given one or
// stands below it; else "".
func (l *look) classIn(t luacats.Type, class string) string {
	for _, t := range l.index.Alternatives(t) {
		if t.Form == luacats.Named && (t.Name == class || l.index.Inherits(t.Name, class)) {
			return t.Name
		}
	}
	return ""
}

// elementClass is classIn for a type or what it is a list of.
func (l *look) elementClass(t luacats.Type, class string) string {
	if found := l.classIn(t, class); found != "" {
		return found
	}
	for _, t := range l.index.Alternatives(t) {
		if t.Form == luacats.Array {
			return l.elementClass(t.Of[0], class)
		}
	}
	return ""
}

// refined is a type with a class in it replaced by one below that.
func refined(t luacats.Type, class string, by luacats.Type) luacats.Type {
	if t.Form == luacats.Named && t.Name == class {
		return by
	}
	t.Of = slices.Clone(t.Of)
	for i := range t.Of {
		t.Of[i] = refined(t.Of[i], class, by)
	}
	return t
}

// chain follows an expression from the token at i on: a name, a text or
// something in parentheses, and what is read of it and called. It returns where
// the expression ends, which is before limit.
func (l *look) chain(i, limit int) (s shape, end int) {
	switch t := l.at(i); {
	case t.kind == nameToken:
		s = l.variable(t.text, i)
	case t.kind == stringToken, t.kind == longStringToken:
		s = shape{typ: luacats.ClassType("string")}
	case t.is("("):
		to := l.closing(i, limit)
		if inner, end := l.chain(i+1, to); end == to {
			s = inner
		}
		i = to
	case t.is("{"):
		i = l.closing(i, limit)
	default:
		return shape{}, i
	}
	for i++; i < limit; {
		switch t := l.at(i); {
		case t.isOne(".", ":") && l.at(i+1).kind == nameToken && i+1 < limit:
			s = l.member(s, l.at(i+1).text)
			i += 2
		case t.is("["):
			to := l.closing(i, limit)
			s = l.indexed(s, l.tokens[i+1:to])
			i = to + 1
		case t.isOne("(", "{"):
			to := l.closing(i, limit)
			s = l.called(s, l.at(i+1))
			i = to + 1
		case t.kind == stringToken, t.kind == longStringToken:
			s = l.called(s, t)
			i++
		default:
			return s, i
		}
	}
	return s, i
}

// closing is the token that closes the bracket at i; limit where none does.
func (l *look) closing(i, limit int) int {
	for at := i + 1; at < limit; at++ {
		if l.match[at] == i {
			return at
		}
	}
	return limit
}

// before is the expression that ends with the token at i.
func (l *look) before(i int) shape {
	start := l.start(i)
	if start < 0 {
		return shape{}
	}
	if s, end := l.chain(start, i+1); end == i+1 {
		return s
	}
	return shape{}
}

// variable is the variable with a name, as the token at i means it.
func (l *look) variable(name string, i int) shape {
	if l.depth++; l.depth > maxDepth {
		return shape{}
	}
	defer func() { l.depth-- }()
	if s, ok := l.declared(name, i); ok {
		return s
	}
	s := shape{}
	if value := l.scope.Value(name); value != nil && value != lua.LNil {
		s = l.valued(value)
	}
	if symbol := l.index.Global(name); symbol != nil && l.fits(s, symbol) {
		s.describe(l.index, shape{}, symbol)
	}
	return s
}

// maxDepth bounds how many variables the meaning of one leads to.
const maxDepth = 20

// fits tells whether a value may be what the stubs say of a global: another one
// can have taken its place.
func (l *look) fits(s shape, symbol *luacats.Symbol) bool {
	switch {
	case s.value == nil:
		return false
	case symbol.Kind != luacats.Field:
		return s.value.Type() == lua.LTFunction
	}
	return s.typ.Form == luacats.Unknown && s.value.Type() == lua.LTTable
}

// describe adds what the stubs say of what a symbol leads to.
func (s *shape) describe(index *luacats.Index, on shape, symbol *luacats.Symbol) {
	if symbol.Kind != luacats.Field {
		s.symbol, s.on = symbol, &on
		return
	}
	s.typ = index.Value(on.typ, symbol)
}

// valued is the shape of a value.
func (l *look) valued(value lua.LValue) shape {
	s := shape{value: value}
	if value.Type() == lua.LTString {
		s.typ = luacats.ClassType("string")
	}
	seen, ok := l.lookAt(value)
	if !ok {
		return s
	}
	s.typ = luacats.ClassType(seen.Class)
	s.json, s.names = seen.JSON, seen.Names
	switch {
	case seen.View != nil:
		s.site, s.resource, s.namespace = siteOf(seen.View.Cluster()), seen.View.Resource(), seen.View.Namespace()
	case seen.Item != nil:
		s.site, s.resource = siteOf(seen.Item.Cluster()), seen.Item.Resource()
	case seen.Open != nil:
		s.site = &site{seen.Cluster, seen.Open}
	case seen.Element != nil:
		e := l.valued(seen.Element)
		s.typ = luacats.Type{Form: luacats.Array, Of: []luacats.Type{e.typ}}
		s.site, s.resource = e.site, e.resource
	}
	return s
}

// itemType is the class of the items of a resource.
func (l *look) itemType(r *kube.Resource) luacats.Type { return l.kindType(r, r.Kind, itemClass) }

// viewType is the class of the views of a resource.
func (l *look) viewType(r *kube.Resource) luacats.Type {
	return l.kindType(r, r.Kind+"View", viewClass)
}

// kindType is a class below one that the stubs have for a kind of Kubernetes.
// A custom resource may have the same name.
func (l *look) kindType(r *kube.Resource, name, class string) luacats.Type {
	if own := "kube." + name; (r.Group == "" || !strings.Contains(r.Group, ".") || strings.HasSuffix(r.Group, ".k8s.io")) && l.index.Inherits(own, class) {
		class = own
	}
	return luacats.ClassType(class)
}

// member is what is read of a value under a name.
func (l *look) member(s shape, name string) shape {
	switch {
	case s.path != nil:
		return l.part(s, name)
	case s.value != nil && s.value.Type() == lua.LTTable:
		found := shape{}
		if value := s.value.(*lua.LTable).RawGetString(name); value != lua.LNil {
			found = l.valued(value)
		}
		if symbol := l.index.Member(s.typ, name); symbol != nil && l.fits(found, symbol) {
			found.describe(l.index, s, symbol)
		}
		return found
	case l.is(s, itemClass) && slices.Contains([]string{"raw", "spec", "status"}, name):
		root := shape{site: s.site, resource: s.resource, json: s.json, path: []string{}}
		if name == "raw" {
			return root
		}
		return l.part(root, name)
	}
	if l.is(s, itemClass) && s.resource != nil {
		for _, a := range s.resource.Attributes {
			if a.Name == name && a.Type == kube.List {
				part := shape{site: s.site, resource: s.resource, json: s.json, path: []string{}}
				for key := range strings.SplitSeq(a.Path, ".") {
					part = l.part(part, key)
				}
				return part
			}
		}
	}
	symbol := l.index.Member(s.typ, name)
	if l.is(s, clusterClass) && (symbol == nil || symbol.Kind == luacats.Field && l.is(shape{typ: symbol.Type}, viewClass)) {
		return l.view(s.site, name)
	}
	found := shape{}
	if symbol == nil {
		if s.json.Exists() {
			found.json = s.json.Get(name)
		}
		return found
	}
	found.describe(l.index, s, symbol)
	if found.symbol == nil {
		l.carry(&found, s, name, "")
	}
	return found
}

// part is a part of an object.
func (l *look) part(s shape, name string) shape {
	return shape{
		site: s.site, resource: s.resource, json: s.json.Get(name),
		path: append(slices.Clone(s.path), name),
	}
}

// view is the view of a cluster with a name.
func (l *look) view(on *site, name string) shape {
	for _, r := range l.kinds(on) {
		if r.Name == name || r.String() == name {
			s := shape{typ: l.viewType(r), site: on, resource: r}
			if c := l.cluster(on); c != nil {
				s.namespace = c.ViewOf(r).Namespace()
			}
			return s
		}
	}
	return shape{typ: luacats.ClassType(viewClass), site: on}
}

// carry hands on what is known of a value to what was read of it under a name,
// or what its method of that name returned, called with a text.
func (l *look) carry(to *shape, from shape, name, text string) {
	to.site = from.site
	switch {
	case l.is(*to, viewClass) && l.is(from, clusterClass):
		*to = l.view(from.site, text)
		return
	case l.is(*to, clusterClass):
		return
	}
	to.resource = from.resource
	if class := l.elementClass(to.typ, itemClass); class != "" {
		to.resource = l.resourceOf(class, from, name)
		if to.resource != nil {
			to.typ = refined(to.typ, itemClass, l.itemType(to.resource))
		}
		return
	}
	switch {
	case name == "meta":
		to.json = from.json.Get("metadata")
	case name == "labels", name == "annotations":
		to.json = from.json.Get(name)
	case name == "namespaced":
		to.namespace = text
	case l.is(*to, viewClass) && name != "all":
		to.namespace = from.namespace
	}
}

// resourceOf is the resource of items of a class that were read of a value.
func (l *look) resourceOf(class string, from shape, name string) *kube.Resource {
	for _, r := range kube.Builtin() {
		if class == "kube."+r.Kind {
			return r
		}
	}
	if name == "events" {
		for _, r := range l.kinds(from.site) {
			if r.Name == "events" && r.Group == "" {
				return r
			}
		}
		return nil
	}
	return from.resource
}

// called is what a call of a function returns. The first token of the arguments
// tells where it is a text.
func (l *look) called(s shape, first token) shape {
	text := ""
	if first.kind == stringToken || first.kind == longStringToken {
		text = first.text
	}
	switch {
	case s.path != nil: // item:spec() is a table of the same
		return s
	case s.symbol == nil:
		return shape{}
	case s.symbol.Path == "require":
		return l.module(text)
	}
	on := shape{}
	if s.on != nil {
		on = *s.on
	}
	result := shape{typ: l.index.Value(on.typ, s.symbol)}
	l.carry(&result, on, s.symbol.Name, text)
	return result
}

// module is what require returns for a name.
func (l *look) module(name string) shape {
	loaded := l.member(l.variable("package", 0), "loaded")
	if s := l.member(loaded, name); s.value != nil {
		if symbol := l.index.Global(name); symbol != nil && l.fits(s, symbol) {
			s.describe(l.index, shape{}, symbol)
		}
		return s
	}
	if symbol := l.index.Global(name); symbol != nil {
		return shape{typ: l.index.Value(luacats.Type{}, symbol)}
	}
	return shape{}
}

// indexed is what is read of a value in brackets.
func (l *look) indexed(s shape, key []token) shape {
	if len(key) == 1 && (key[0].kind == stringToken || key[0].kind == longStringToken) {
		return l.member(s, key[0].text)
	}
	return l.element(s)
}

// element is an element of a list, or what a loop over a view gets.
func (l *look) element(s shape) shape {
	if s.path != nil {
		e := s
		e.path = append(slices.Clone(s.path), "")
		e.json = s.json.Index(0)
		return e
	}
	if s.value != nil && s.value.Type() == lua.LTTable {
		return l.valued(s.value.(*lua.LTable).RawGetInt(1))
	}
	e := shape{typ: l.index.Element(s.typ)}
	for _, t := range l.index.Alternatives(s.typ) {
		if t.Form == luacats.Function && len(t.Returns) > 0 { // an iterator
			e.typ = t.Returns[0].Type
		}
	}
	l.carry(&e, s, "", "")
	return e
}

// schemaOf is what the server says of a part of an object, nil while that isn't
// known.
func (l *look) schemaOf(s shape) *kube.Schema {
	schema := l.schema(s.site, s.resource)
	for _, name := range s.path {
		switch {
		case schema == nil:
			return nil
		case name == "": // an element
			schema = schema.Element()
		case schema.Type() == "array": // a list has no fields
			return nil
		default:
			schema = schema.At(name)
		}
	}
	return schema
}
