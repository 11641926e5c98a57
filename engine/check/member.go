package check

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// checkMember checks that a value can have a member.
func (r *reading) checkMember(object ast.Expr, name string, at ast.Position) {
	t := r.value(object).typ
	if r.assigned[name] || !r.lacks(t, name) || r.added.to(r.api, t, name) {
		return
	}
	var known []string
	for _, m := range r.api.Members(t) {
		known = append(known, m.Name)
	}
	r.find(at, "%s has no %s%s", r.shown(t), name, suggestion(name, known))
}

// shown is what messages call a value: a module by its name, all else by its
// type.
func (r *reading) shown(t luacats.Type) string {
	for _, s := range slices.Concat(r.api.Globals(), r.api.Modules()) {
		if s.Type.Name == t.Name && s.Type.Form == luacats.Named && strings.HasSuffix(t.Name, "lib") {
			return s.Name
		}
	}
	return t.Given().String()
}

// lacks tells whether no value of a type can have a member.
func (r *reading) lacks(t luacats.Type, name string) bool {
	alternatives := r.api.Alternatives(t)
	for _, t := range alternatives {
		isText := t.Form == luacats.Literal && t.Name[0] == '"' || t.Form == luacats.Named && t.Name == "string"
		class := r.api.Class(t.Name)
		if !isText && (t.Form != luacats.Named || class == nil) {
			return false
		}
		if isText && r.api.Member(t, name) != nil || class != nil && r.has(class, name) {
			return false
		}
	}
	return len(alternatives) > 0
}

// has tells whether a value of a class, or of one below it, can have a member.
func (r *reading) has(class *luacats.Class, name string) bool {
	if r.api.Inherits(class.Name, enumClass) && len(class.Members) > 0 {
		for _, m := range class.Members {
			if m.Name == name {
				return true
			}
		}
		return false
	}
	if class.Name == clusterClass && r.kinds && r.misspelt(class, name) {
		return false
	}
	if r.api.Member(luacats.ClassType(class.Name), name) != nil {
		return true
	}
	for _, other := range r.api.Classes() {
		if other != class && r.api.Inherits(other.Name, class.Name) && r.api.Member(luacats.ClassType(other.Name), name) != nil {
			return true
		}
	}
	return false
}

// clusterClass is the class of clusters, which have a resource at any name as far as
// the stubs go.
const clusterClass = "kube.Cluster"

// misspelt tells whether a class has no member of a name, but one of nearly that name.
// What has none of nearly that name may be a resource that came later than the stubs.
func (r *reading) misspelt(class *luacats.Class, name string) bool {
	var known []string
	for _, m := range r.api.Members(luacats.ClassType(class.Name)) {
		if m.Name == name {
			return false
		}
		known = append(known, m.Name)
	}
	return suggestion(name, known) != ""
}

// enumClass is above the classes of enumerations, which have a string at any
// name as far as the stubs go, but raise where it isn't one of theirs.
const enumClass = "kube.Enum"
