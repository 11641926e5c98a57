package kube

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// needs is what a run needs of one server.
type needs struct {
	accesses map[Access]bool // without version; without path where it is a resource's
	random   map[Access]bool // collections in which the server has named objects: group, resource and namespace
	spaces   map[string]bool // namespaces that the run has made
}

func newNeeds() needs {
	return needs{make(map[Access]bool), make(map[Access]bool), make(map[string]bool)}
}

// collectionOf is what identifies the collection that a is about.
func collectionOf(a Access) Access {
	return Access{Group: a.Group, Resource: a.Resource, Namespace: a.Namespace}
}

// made notes an object that a request has made.
func (n needs) made(a Access, object Value) {
	if object.At("metadata", "generateName").String() != "" {
		n.random[collectionOf(a)] = true
	}
	if name := object.At("metadata", "name").String(); a.Group == "" && a.Resource == "namespaces" && name != "" {
		n.spaces[name] = true
	}
}

// roles forms the roles that [RoleRecorder.Roles] tells of, that of the cluster
// first, still without a name.
func (n needs) roles() []Role {
	scopes := make(map[string]map[Access]bool)
	for a := range n.accesses {
		if a.Resource != "" && a.Name != "" && n.namesVary(a) {
			a.Name = ""
		}
		if n.spaces[a.Namespace] {
			a.Namespace = ""
		}
		scope := scopes[a.Namespace]
		if scope == nil {
			scope = make(map[Access]bool)
			scopes[a.Namespace] = scope
		}
		scope[a] = true
	}
	var roles []Role
	for _, namespace := range slices.Sorted(maps.Keys(scopes)) {
		var accesses []Access
		for a := range scopes[namespace] {
			if !allowed(a, scopes[namespace], scopes[""]) {
				accesses = append(accesses, a)
			}
		}
		if len(accesses) > 0 {
			roles = append(roles, Role{Namespace: namespace, Rules: rulesOf(accesses)})
		}
	}
	return roles
}

// namesVary tells whether the names in the collection of a differ from run to
// run.
func (n needs) namesVary(a Access) bool {
	here := collectionOf(a)
	everywhere := here
	everywhere.Namespace = ""
	for _, c := range []Access{here, everywhere} {
		list, watch := c, c
		list.Verb, watch.Verb = "list", "watch"
		if n.random[c] || n.accesses[list] || n.accesses[watch] {
			return true
		}
	}
	return false
}

// allowed tells whether a follows from another access of its own scope, which
// isn't limited to a name, or of the whole cluster.
func allowed(a Access, own, cluster map[Access]bool) bool {
	wider := a
	wider.Name = ""
	if wider != a && own[wider] {
		return true
	}
	if a.Namespace == "" {
		return false
	}
	wider.Namespace = ""
	a.Namespace = ""
	return cluster[wider] || cluster[a]
}

// rulesOf forms the rules that allow just these accesses of one scope: first a
// rule for each resource, with the verbs that share their names, then what is
// alike but for the resource together.
func rulesOf(accesses []Access) []RoleRule {
	type target struct{ group, resource, verb string }
	names := make(map[target][]string)
	paths := make(map[string][]string)
	for _, a := range accesses {
		if a.Resource == "" {
			paths[a.Path] = append(paths[a.Path], a.Verb)
			continue
		}
		t := target{a.Group, a.resource(), a.Verb}
		names[t] = append(names[t], a.Name)
	}
	var rules []RoleRule
	for t, names := range names {
		slices.Sort(names)
		if names[0] == "" {
			names = nil
		}
		rules = append(rules, RoleRule{APIGroups: []string{t.group}, Resources: []string{t.resource}, ResourceNames: names, Verbs: []string{t.verb}})
	}
	for path, verbs := range paths {
		rules = append(rules, RoleRule{NonResourceURLs: []string{path}, Verbs: verbs})
	}
	rules = combined(rules, func(r *RoleRule) *[]string { return &r.Verbs }, compareVerbs)
	rules = combined(rules, func(r *RoleRule) *[]string { return &r.Resources }, cmp.Compare[string])
	rules = combined(rules, func(r *RoleRule) *[]string { return &r.NonResourceURLs }, cmp.Compare[string])
	return rules
}

// combined makes one rule of those that differ in one field only, sorts that
// field, and sorts the rules.
func combined(rules []RoleRule, field func(*RoleRule) *[]string, order func(a, b string) int) []RoleRule {
	byRest := make(map[string]*RoleRule)
	for _, rule := range rules {
		rest := rule
		*field(&rest) = nil
		key := fmt.Sprintf("%q", rest)
		known := byRest[key]
		if known == nil {
			known = &rest
			byRest[key] = known
		}
		*field(known) = append(*field(known), *field(&rule)...)
	}
	var out []RoleRule
	for _, rule := range byRest {
		slices.SortFunc(*field(rule), order)
		out = append(out, *rule)
	}
	slices.SortFunc(out, compareRules)
	return out
}

// compareRules orders rules: those of resources first, by group and resource,
// and what is allowed for all names before what is for some.
func compareRules(a, b RoleRule) int {
	return cmp.Or(
		slices.Compare(a.NonResourceURLs, b.NonResourceURLs),
		slices.Compare(a.APIGroups, b.APIGroups),
		slices.Compare(a.Resources, b.Resources),
		slices.Compare(a.ResourceNames, b.ResourceNames),
	)
}

// verbOrder is the order in which people expect verbs.
var verbOrder = []string{"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}

func compareVerbs(a, b string) int {
	return cmp.Or(cmp.Compare(verbRank(a), verbRank(b)), cmp.Compare(a, b))
}

func verbRank(verb string) int {
	if i := slices.Index(verbOrder, verb); i >= 0 {
		return i
	}
	return len(verbOrder)
}
