package repl

import (
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// candidates are what could stand at the place, whatever its first letters.
func (l *look) candidates() []Candidate {
	end := len(l.tokens)
	last := l.at(end - 1)
	switch {
	case l.quote != "":
		return l.quotedCandidates(end)
	case last.is(".") && l.ends(end-2):
		return l.members(l.before(end-2), false)
	case last.is(":") && l.ends(end-2):
		return l.members(l.before(end-2), true)
	case last.isOne(".", ":", "..", "::", "goto", "function"), last.is("local"):
		return nil
	}
	var list []Candidate
	if a, ok := l.table(end); ok {
		list = l.fields(a)
	} else if a, ok := l.argument(end, l.open); ok && len(a.keys) > 0 {
		if values := l.booleans(a); values != nil {
			return texts(ValueCandidate, values...)
		}
	}
	return append(list, l.words()...)
}

// words are the variables and keywords.
func (l *look) words() []Candidate {
	var list []Candidate
	names := l.scope.Names()
	for _, name := range names {
		c := Candidate{Text: name, Kind: GlobalCandidate}
		if symbol := l.index.Global(name); symbol != nil && l.fits(l.valued(l.scope.Value(name)), symbol) {
			c.Display, c.Description = shown(symbol), summary(symbol.Doc)
		}
		list = append(list, c)
	}
	for i, t := range l.tokens {
		if previous := l.at(i - 1); t.kind == nameToken && !previous.isOne(".", ":") && (l.at(i+1).isOne("=", ",", "in") || previous.isOne("local", "function", "(", ",")) {
			if !l.isField(i) && !slices.Contains(names, t.text) {
				list = append(list, Candidate{Text: t.text, Kind: GlobalCandidate})
			}
		}
	}
	return append(list, texts(KeywordCandidate, keywords...)...)
}

// members are what can be read of a value behind a dot, or called behind a
// colon.
func (l *look) members(s shape, methods bool) []Candidate {
	if methods {
		return l.symbols(s.typ, luacats.Method)
	}
	known := map[string]Candidate{}
	add := func(list ...Candidate) {
		for _, c := range list {
			if was, ok := known[c.Text]; isName(c.Text) && (!ok || was.Description == "") {
				known[c.Text] = c
			}
		}
	}
	add(l.keys(s)...)
	if s.value == nil || s.value.Type() != lua.LTTable {
		add(l.symbols(s.typ, luacats.Field, luacats.Func)...)
	}
	return slices.Collect(maps.Values(known))
}

// symbols are the members of a type that are of the given kinds.
func (l *look) symbols(t luacats.Type, kinds ...luacats.SymbolKind) []Candidate {
	var list []Candidate
	for _, m := range l.index.Members(t) {
		if slices.Contains(kinds, luacats.Method) {
			m = asMethod(m)
		}
		if !slices.Contains(kinds, m.Kind) {
			continue
		}
		kind := FieldCandidate
		if m.Kind != luacats.Field {
			kind = MethodCandidate
		}
		list = append(list, Candidate{Text: m.Name, Display: shown(m), Description: summary(m.Doc), Kind: kind})
	}
	return list
}

// asMethod is a function of the library string as the method of strings that it
// is, where its first parameter is one.
func asMethod(m *luacats.Symbol) *luacats.Symbol {
	if m.Kind != luacats.Func || m.Owner != "stringlib" || len(m.Params) == 0 || m.Params[0].Type.Name != "string" {
		return m
	}
	method := *m
	method.Kind, method.Params = luacats.Method, m.Params[1:]
	return &method
}

// shown is how a symbol stands in a list.
func shown(m *luacats.Symbol) string {
	if m.Kind == luacats.Field {
		return m.Name
	}
	text, _, _ := strings.Cut(m.Signature(), " -> ")
	return text
}

// summary is the first sentence of a documentation.
func summary(doc string) string {
	doc, _, _ = strings.Cut(doc, "\n\n")
	doc = strings.Join(strings.Fields(doc), " ")
	if first, _, ok := strings.Cut(doc, ". "); ok {
		return first + "."
	}
	return doc
}

// keys are the keys that a value has or may have, written as they are.
func (l *look) keys(s shape) []Candidate {
	var list []Candidate
	switch {
	case s.path != nil:
		list = l.parts(s)
	case s.value != nil && s.value.Type() == lua.LTTable:
		s.value.(*lua.LTable).ForEach(func(key, value lua.LValue) {
			name, ok := key.(lua.LString)
			if !ok {
				return
			}
			c := Candidate{Text: string(name), Kind: FieldCandidate}
			if value.Type() == lua.LTFunction {
				c.Kind = MethodCandidate
			}
			if m := l.index.Member(s.typ, string(name)); m != nil {
				c.Display, c.Description = shown(m), summary(m.Doc)
			}
			list = append(list, c)
		})
	case l.is(s, clusterClass):
		for _, r := range l.kinds(s.site) {
			c := Candidate{Text: r.Name, Description: r.Kind, Kind: ViewCandidate}
			if r.Group != "" {
				c.Description += " of " + r.APIVersion()
			}
			list = append(list, c)
		}
	case l.is(s, labelsClass):
		if list = l.jsonKeys(s, LabelCandidate); !s.json.Exists() {
			list = l.labelKeys(s)
		}
	case l.is(s, itemClass):
		if s.resource != nil {
			for _, a := range s.resource.Attributes {
				list = append(list, Candidate{Text: a.Name, Description: summary(a.Doc), Kind: FieldCandidate})
			}
		}
	case s.names != nil:
		list = texts(ValueCandidate, s.names...)
	case l.is(s, metaClass), l.is(s, viewClass): // have what the stubs say
	default:
		list = l.jsonKeys(s, FieldCandidate)
	}
	return list
}

// jsonKeys are the keys of an object that is there.
func (l *look) jsonKeys(s shape, kind string) []Candidate {
	var list []Candidate
	for key := range s.json.Fields() {
		list = append(list, Candidate{Text: key, Kind: kind})
	}
	return list
}

// parts are the fields of a part of an object: those that it has, and those that
// the server knows.
func (l *look) parts(s shape) []Candidate {
	list := l.jsonKeys(s, FieldCandidate)
	schema := l.schemaOf(s)
	if l.explains {
		for schema = l.explained(s); schema != nil && schema.Element() != nil; {
			schema = schema.Element()
		}
	}
	if schema != nil {
		for _, f := range schema.Fields() {
			text := f.Schema.String()
			if d := summary(f.Schema.Description()); d != "" {
				text += ": " + d
			}
			list = append(list, Candidate{Text: f.Name, Description: text, Kind: FieldCandidate})
		}
	}
	return list
}

// labelKeys are the keys of the labels that the objects of a view have.
func (l *look) labelKeys(s shape) []Candidate {
	if n := l.names(s.site, s.resource, s.namespace); n != nil {
		return texts(LabelCandidate, n.LabelKeys()...)
	}
	return nil
}

// labelValues are the values of a label that the objects of a view have.
func (l *look) labelValues(s shape, key string) []Candidate {
	if n := l.names(s.site, s.resource, s.namespace); n != nil {
		return texts(LabelCandidate, n.LabelValues(key)...)
	}
	return nil
}

// fields are the keys that a table has which is an argument of a call, or
// stands in one.
func (l *look) fields(a argument) []Candidate {
	called := l.before(a.callee)
	var list []Candidate
	switch on := called.receiver(); {
	case len(a.keys) == 1 && a.keys[0] == "labels":
		list = l.labelKeys(l.bound(on, a))
	case len(a.keys) == 1 && a.keys[0] == "fields":
		list = texts(FieldCandidate, selectableFields(on.resource)...)
	}
	if list != nil {
		for i, c := range list {
			if !isName(c.Text) {
				list[i].Display, list[i].Text = c.Text, `["`+c.Text+`"]`
			}
		}
		return list
	}
	for _, t := range l.argumentTypes(called, a) {
		for _, c := range l.symbols(t, luacats.Field) {
			c.Kind = OptionCandidate
			list = append(list, c)
		}
	}
	return list
}

// receiver is the value before the colon of a method.
func (s shape) receiver() shape {
	if s.on == nil {
		return shape{}
	}
	return *s.on
}

// booleans are what an argument may be that is a boolean; nil for any other.
func (l *look) booleans(a argument) []string {
	var values []string
	for _, t := range l.argumentTypes(l.before(a.callee), a) {
		switch t.Name {
		case "boolean":
			values = append(values, "false", "true")
		case "false", "true":
			values = append(values, t.Name)
		default:
			return nil
		}
	}
	return values
}

// selectableFields are fields that every kind, or this one, can be selected by.
func selectableFields(r *kube.Resource) []string {
	fields := []string{"metadata.name"}
	if r == nil {
		return fields
	}
	if r.Namespaced {
		fields = append(fields, "metadata.namespace")
	}
	return append(fields, map[string][]string{ // as Kubernetes registers them, each in its registry
		"certificatesigningrequests": {"spec.signerName"},
		"events": {"involvedObject.kind", "involvedObject.name", "involvedObject.namespace", "involvedObject.uid",
			"reason", "reportingComponent", "source", "type"},
		"jobs":       {"status.successful"},
		"namespaces": {"status.phase"},
		"nodes":      {"spec.unschedulable"},
		"pods": {"spec.hostNetwork", "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName",
			"status.nominatedNodeName", "status.phase", "status.podIP"},
		"replicasets":            {"status.replicas"},
		"replicationcontrollers": {"status.replicas"},
		"secrets":                {"type"},
		"services":               {"spec.clusterIP", "spec.type"},
	}[r.Name]...)
}
