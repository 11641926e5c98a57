package repl

import (
	"slices"
	"strings"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// quotedCandidates are what a text may be that begins with the token at i.
func (l *look) quotedCandidates(i int) []Candidate {
	if l.at(i - 1).is("[") {
		if l.ends(i - 2) {
			return l.keys(l.before(i - 2))
		}
		if a, ok := l.table(i); ok {
			return l.quotedKeys(a)
		}
		return nil
	}
	a, ok := l.argument(i, l.open)
	if !ok {
		return nil
	}
	called := l.before(a.callee)
	on := l.bound(called.receiver(), a)
	if len(a.keys) > 0 {
		return l.optionTexts(called, on, a)
	}
	return l.argumentTexts(called, on, a)
}

// ending is what ends the string that the cursor stands in, "" where it stands in
// none, or more of it follows or may do so.
func (l *look) ending() string {
	if l.quote == "" || l.goesOn || l.rest != "" && !strings.ContainsRune(" \t\n)]},;", rune(l.rest[0])) {
		return ""
	}
	if l.at(len(l.tokens)-1).is("[") && !strings.HasPrefix(l.rest, "]") {
		return l.quote + "]"
	}
	return l.quote
}

// quotedKeys are the keys of a table that are written in quotes.
func (l *look) quotedKeys(a argument) []Candidate {
	list := l.fields(a)
	for i, c := range list {
		if c.Display != "" && strings.HasPrefix(c.Text, `["`) {
			list[i].Text = c.Display
		}
	}
	return list
}

// bound is a view, bound to the namespace that the same call names, before or
// behind the cursor.
func (l *look) bound(on shape, a argument) shape {
	if !l.is(on, viewClass) {
		return on
	}
	for _, tokens := range [][]token{l.tokens[a.open:], scan(l.rest)} {
		for i := 0; i+2 < len(tokens); i++ {
			if tokens[i].text == "namespace" && tokens[i+1].is("=") && tokens[i+2].kind == stringToken {
				on.namespace = tokens[i+2].text
				return on
			}
		}
	}
	return on
}

// optionTexts are the texts that an option may be.
func (l *look) optionTexts(called, on shape, a argument) []Candidate {
	name := a.keys[len(a.keys)-1]
	switch {
	case len(a.keys) == 2 && a.keys[0] == "labels":
		return l.labelValues(on, name)
	case len(a.keys) == 2 && a.keys[0] == "fields":
		return l.fieldValues(on, name)
	case len(a.keys) == 1:
		switch name {
		case "labels":
			return l.labelSelector(on)
		case "fields":
			return l.fieldSelector(on)
		case "namespace":
			return l.namespaceTexts(called, on, a)
		case "context":
			return texts(ContextCandidate, l.contexts()...)
		case "container":
			return l.containers(on)
		}
	}
	return l.literals(l.argumentTypes(called, a))
}

// argumentTexts are the texts that an argument may be.
func (l *look) argumentTexts(called, on shape, a argument) []Candidate {
	if called.symbol == nil {
		return nil
	}
	method := called.symbol.Name
	switch {
	case a.number == 1 && l.is(on, viewClass) && (method == "fetch" || method == "find"):
		return l.objects(on)
	case a.number == 1 && l.is(on, viewClass) && method == "namespaced":
		return texts(NamespaceCandidate, l.namespaces(on.site)...)
	case a.number == 1 && l.is(on, clusterClass) && method == "view":
		var list []Candidate
		for _, r := range l.kinds(on.site) {
			list = append(list, Candidate{Text: r.String(), Description: r.Kind + " of " + r.APIVersion(), Kind: ViewCandidate})
		}
		return list
	case a.number == 2 && called.symbol.Path == "kube.get":
		return l.pathFields(a)
	case a.number == 1 && called.symbol.Path == "kube.kindimpl":
		return texts(ValueCandidate, kube.KindNames()...)
	case a.number == 1 && called.symbol.Path == "require":
		return l.keys(l.member(l.variable("package", 0), "preload"))
	case l.is(on, labelsClass), l.is(on, annotationsClass):
		if a.number == 1 || method == "delete" {
			return l.keys(on)
		}
		if key := l.at(a.open + 1); l.is(on, labelsClass) && method == "set" && a.number == 2 && key.kind == stringToken {
			return l.labelValues(on, key.text)
		}
	}
	return l.literals(l.argumentTypes(called, a))
}

// pathFields completes the last name of a path into the first argument of a
// call: "spec.containers[1].im".
func (l *look) pathFields(a argument) []Candidate {
	from, end := l.chain(a.open+1, len(l.tokens))
	if !l.at(end).is(",") {
		return nil
	}
	dot := strings.LastIndexByte(l.prefix, '.')
	if l.is(from, itemClass) {
		from = l.member(from, "raw")
	}
	if dot >= 0 {
		steps, ok := kube.ParsePath(l.prefix[:dot])
		if !ok {
			return nil
		}
		for _, s := range steps {
			if s.Element {
				from = l.element(from)
			} else {
				from = l.member(from, s.Key)
			}
		}
	}
	l.begin(l.prefix[dot+1:])
	return l.keys(from)
}

// literals are the texts among types.
func (l *look) literals(types []luacats.Type) []Candidate {
	var list []Candidate
	for _, t := range types {
		if n := len(t.Name); t.Form == luacats.Literal && n > 1 && strings.ContainsRune(`"'`, rune(t.Name[0])) {
			list = append(list, Candidate{Text: t.Name[1 : n-1], Kind: ValueCandidate})
		}
	}
	return list
}

// objects are the names of a view's objects, and where they are that are not all
// in one namespace. There may be very many: only those are looked at that are
// offered.
func (l *look) objects(on shape) []Candidate {
	n := l.names(on.site, on.resource, on.namespace)
	if n == nil {
		return nil
	}
	names := matching(n.In(on.namespace), func(name string) string { return name }, l.prefix)
	if more := len(names) - maxCandidates; more > 0 {
		names, l.more = names[:maxCandidates], more
	}
	where := make(map[string]string, len(names))
	for _, name := range names {
		where[name] = ""
	}
	for _, o := range n.Objects {
		was, offered := where[o.Name]
		switch {
		case !offered || o.Namespace == "" || on.namespace != "":
		case was == "":
			where[o.Name] = "in " + o.Namespace
		case !strings.HasSuffix(was, ", ..."):
			where[o.Name] = was + ", ..."
		}
	}
	list := make([]Candidate, len(names))
	for i, name := range names {
		list[i] = Candidate{Text: name, Description: where[name], Kind: NameCandidate}
	}
	return list
}

// namespaceTexts are the namespaces for the option of a call: those that have an
// object of the name that the call gives, else all.
func (l *look) namespaceTexts(called, on shape, a argument) []Candidate {
	if first := l.at(a.open + 1); called.symbol != nil && (called.symbol.Name == "fetch" || called.symbol.Name == "find") && first.kind == stringToken {
		if n := l.names(on.site, on.resource, ""); n != nil {
			if namespaces := n.Namespaces(first.text); namespaces != nil {
				return texts(NamespaceCandidate, namespaces...)
			}
		}
	}
	if on.site == nil {
		on.site = l.current()
	}
	return texts(NamespaceCandidate, l.namespaces(on.site)...)
}

// containers are the names of a pod's containers.
func (l *look) containers(on shape) []Candidate {
	var list []Candidate
	for _, of := range []string{"containers", "initContainers", "ephemeralContainers"} {
		for c := range on.json.At("spec", of).Elements() {
			list = append(list, Candidate{Text: c.Get("name").String(), Description: c.Get("image").String(), Kind: NameCandidate})
		}
	}
	return list
}

// labelSelector completes the last term of a selector: "app=web,tier=fr".
func (l *look) labelSelector(on shape) []Candidate {
	term := l.prefix[strings.LastIndexByte(l.prefix, ',')+1:]
	key, value, ok := strings.Cut(term, "=")
	if !ok {
		l.begin(strings.TrimLeft(term, " !"))
		return l.labelKeys(on)
	}
	l.begin(strings.TrimLeft(value, "= "))
	return l.labelValues(on, strings.TrimRight(key, " !"))
}

// fieldSelector completes the last term of a selector: "status.phase=Run".
func (l *look) fieldSelector(on shape) []Candidate {
	term := l.prefix[strings.LastIndexByte(l.prefix, ',')+1:]
	key, value, ok := strings.Cut(term, "=")
	if !ok {
		l.begin(strings.TrimLeft(term, " "))
		return texts(FieldCandidate, selectableFields(on.resource)...)
	}
	l.begin(strings.TrimLeft(value, "="))
	return l.fieldValues(on, strings.TrimRight(key, " !"))
}

// begin moves the place to the last part of what stands there, behind which there
// may be others.
func (l *look) begin(part string) {
	l.goesOn = true
	l.from += len(l.prefix) - len(part)
	l.prefix = part
}

// fieldValues are the values that a field may have by which objects are
// selected.
func (l *look) fieldValues(on shape, field string) []Candidate {
	switch field {
	case "metadata.name":
		return l.objects(on)
	case "metadata.namespace":
		return texts(NamespaceCandidate, l.namespaces(on.site)...)
	case "spec.nodeName":
		if c := l.cluster(on.site); c != nil {
			return l.objects(shape{site: on.site, resource: c.Builtin("nodes").Resource()})
		}
	case "status.phase":
		if on.resource != nil {
			return enumerated(on.resource.Kind + "Phase")
		}
	case "type":
		return enumerated("SecretType")
	}
	return nil
}

// enumerated are the values of an enumeration.
func enumerated(name string) []Candidate {
	enums := kube.Enums()
	if i := slices.IndexFunc(enums, func(e kube.Enum) bool { return e.Name == name }); i >= 0 {
		return texts(ValueCandidate, enums[i].Values...)
	}
	return nil
}
