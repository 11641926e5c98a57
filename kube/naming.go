package kube

import (
	"errors"
	"slices"
	"strings"
)

// naming says which names of a resource count.
type naming func(r *Resource, name string) bool

// The names of a resource, in the order in which they are tried.
var (
	plural  naming = func(r *Resource, name string) bool { return r.Name == name }
	ofKind  naming = func(r *Resource, name string) bool { return r.Kind == name }
	anyName        = []naming{
		plural,
		func(r *Resource, name string) bool { return r.Singular == name },
		ofKind,
		func(r *Resource, name string) bool { return slices.Contains(r.ShortNames, name) },
	}
)

// lookup finds the resource that a text names among those offered:
//
//	NAME                   of any group: of the core group, else of one of
//	                       Kubernetes itself, else the only one
//	NAME.GROUP             of that group
//	NAME.VERSION.GROUP     the same, in that version; NAME.VERSION for the core group
//	GROUP/VERSION/NAME     the same; VERSION/NAME for the core group
//
// where NAME is what one of the namings knows; the first that knows it counts,
// in the group before anywhere else. So what others define hides no kind of
// Kubernetes, whatever they call it.
func lookup(offered []*Resource, text string, namings []naming) (*Resource, error) {
	if i := strings.LastIndex(text, "/"); i >= 0 {
		return inVersion(offered, text[:i], text[i+1:], namings)
	}
	name, group, dotted := strings.Cut(text, ".")
	if !dotted {
		return inSomeGroup(offered, name, namings)
	}
	if r := inGroup(offered, group, name, namings); r != nil {
		return r, nil
	}
	version, group, _ := strings.Cut(group, ".")
	if r := inGroup(offered, group, name, namings); r != nil && slices.Contains(r.Versions, version) {
		return r.at(version), nil
	}
	if as := served(offered, group, name, namings); as != "" {
		return nil, Errorf(ValueError, "unknown resource %q (%s: %s)", text, name, as)
	}
	var known []string
	for _, r := range offered {
		known = append(known, r.String())
	}
	return nil, unknown("resource", text, known)
}

// inVersion finds the resource of the given name, set to an API version.
func inVersion(offered []*Resource, apiVersion, name string, namings []naming) (*Resource, error) {
	group, version, ok := strings.Cut(apiVersion, "/")
	if !ok {
		group, version = "", apiVersion
	}
	if r := inGroup(offered, group, name, namings); r != nil && slices.Contains(r.Versions, version) {
		return r.at(version), nil
	}
	if as := served(offered, group, name, namings); as != "" {
		return nil, Errorf(ValueError, "kind %s is not served as %q (served: %s)", name, apiVersion, as)
	}
	return nil, unknown("kind", name, kindNames(offered))
}

// inGroup finds the resource of the given name in a group, or nil.
func inGroup(offered []*Resource, group, name string, namings []naming) *Resource {
	if found := named(offered, name, namings, ofGroup(group)); len(found) > 0 {
		return found[0]
	}
	return nil
}

// inSomeGroup finds the resource that a name without a group means. Where
// several groups have one, none of them Kubernetes' own, it is a ValueError
// that names them as lookup takes them.
func inSomeGroup(offered []*Resource, name string, namings []naming) (*Resource, error) {
	for _, kubernetes := range []func(*Resource) bool{ofGroup(""), ofOwnGroup} {
		if found := named(offered, name, namings, kubernetes); len(found) > 0 {
			return found[0], nil
		}
	}
	found := named(offered, name, namings, ofAnyGroup)
	switch len(found) {
	case 0:
		return nil, unknownName(offered, name, namings)
	case 1:
		return found[0], nil
	}
	var names []string
	for _, r := range found {
		names = append(names, r.String())
	}
	err := Errorf(ValueError, "resource %q is served by several groups (say which: %s)", name, quotedList(names, " or "))
	err.cause = errSeveral
	return nil, err
}

// errSeveral is the cause of an error about a name that is served, by several
// groups: another question to the server won't help.
var errSeveral = errors.New("served by several groups")

// checkNaming refuses a text that has none of the forms that lookup takes, so
// that no server needs to be asked. What stands before a slash is a version of
// the core group or a group, and no group is called like a version.
func checkNaming(text string) error {
	parts := strings.Split(text, "/")
	name := parts[len(parts)-1]
	ok := name != "" && name[0] != '.'
	switch len(parts) {
	case 1:
	case 2:
		ok = ok && isVersion(parts[0]) && !strings.Contains(name, ".")
	case 3:
		ok = ok && parts[0] != "" && !isVersion(parts[0]) && parts[1] != "" && !strings.Contains(name, ".")
	default:
		ok = false
	}
	switch {
	case ok:
		return nil
	case len(parts) > 1 && parts[0] != "" && name != "":
		return Errorf(ValueError, "unknown resource %q (subresources have no views; a version goes before the name as in \"apps/v1/Deployment\" or \"v1/Pod\")", text)
	}
	return Errorf(ValueError, "%q can't be the name of a resource (want one like \"pods\", \"deployments.apps\" or \"apps/v1/Deployment\")", text)
}

// isVersion tells whether a text is like the versions of Kubernetes: "v1",
// "v2beta1".
func isVersion(text string) bool {
	return len(text) > 1 && text[0] == 'v' && '0' <= text[1] && text[1] <= '9'
}

// named are the resources, of those that count, that the first of the namings
// gives that has any.
func named(offered []*Resource, name string, namings []naming, counts func(*Resource) bool) []*Resource {
	for _, is := range namings {
		var found []*Resource
		for _, r := range offered {
			if is(r, name) && counts(r) {
				found = append(found, r)
			}
		}
		if found != nil {
			return found
		}
	}
	return nil
}

func ofAnyGroup(*Resource) bool { return true }

func ofOwnGroup(r *Resource) bool { return slices.Contains(ownGroups, r.Group) }

func ofGroup(group string) func(*Resource) bool {
	return func(r *Resource) bool { return r.Group == group }
}

// ownGroups are the API groups that Kubernetes' own server serves, the core
// group aside (Kubernetes API reference, "API Groups"). Custom resources may
// stand in other groups under k8s.io, so the suffix doesn't tell.
var ownGroups = []string{
	"admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps", "authentication.k8s.io",
	"authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io",
	"events.k8s.io", "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io", "node.k8s.io",
	"policy", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io", "storagemigration.k8s.io",
}

// served lists the API versions that serve what a name means in a group, else
// anywhere; "" for none.
func served(offered []*Resource, group, name string, namings []naming) string {
	found := named(offered, name, namings, ofGroup(group))
	if found == nil {
		found = named(offered, name, namings, ofAnyGroup)
	}
	var list []string
	for _, r := range found {
		for _, v := range r.Versions {
			list = append(list, apiVersion(r.Group, v))
		}
	}
	return strings.Join(list, ", ")
}

// unknownName says that no resource has a name, and which ones are near by any
// name that counts: each once, by its plural name.
func unknownName(offered []*Resource, name string, namings []naming) *Error {
	plurals := map[string][]string{} // by the names that count
	var known []string
	for _, r := range offered {
		for _, n := range append([]string{r.Name, r.Singular, r.Kind}, r.ShortNames...) {
			if slices.ContainsFunc(namings, func(is naming) bool { return is(r, n) }) {
				plurals[n] = append(plurals[n], r.Name)
				known = append(known, n)
			}
		}
	}
	var near []string
	for _, n := range closest(name, known) {
		for _, plural := range plurals[n] {
			if !slices.Contains(near, plural) {
				near = append(near, plural)
			}
		}
	}
	if len(near) == 0 {
		for _, r := range offered {
			if !slices.Contains(near, r.Name) {
				near = append(near, r.Name)
			}
		}
		return unknown("resource", name, near)
	}
	return Errorf(ValueError, "unknown resource %q%s", name, didYouMean(near[:min(maxNear, len(near))]))
}

func kindNames(offered []*Resource) []string {
	var list []string
	for _, r := range offered {
		if !slices.Contains(list, r.Kind) {
			list = append(list, r.Kind)
		}
	}
	return list
}
