package kube

import (
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/version"
)

// catalog is what a server offered at one moment. It is read-only.
type catalog struct {
	asked      time.Time // when the server was asked
	remembered bool      // by an earlier run
	resources  []*Resource
	// silent are the API versions that the server couldn't tell of, because
	// who serves them didn't answer.
	silent []string
}

// catalogTime is how long a catalog is believed.
const catalogTime = 6 * time.Hour

// old tells whether the catalog isn't believed any more.
func (c *catalog) old() bool {
	age := time.Since(c.asked)
	return age > catalogTime || age < 0
}

// read adds one group of an aggregated discovery: each resource once, with the
// versions that serve it, the newest first. What isn't a resource of its own
// but only has subresources is left out.
func (c *catalog) read(group Value) {
	groupName := group.At("metadata", "name").String()
	byName := map[string]*Resource{}
	for v := range group.Get("versions").Elements() {
		if v.Get("freshness").String() == "Stale" {
			c.silent = append(c.silent, apiVersion(groupName, v.Get("version").String()))
		}
		for r := range v.Get("resources").Elements() {
			name, kind := r.Get("resource").String(), r.At("responseKind", "kind").String()
			if kind == "" {
				continue
			}
			known := byName[name]
			if known == nil {
				known = &Resource{
					Kind:       kind,
					Name:       name,
					Singular:   r.Get("singularResource").String(),
					ShortNames: texts(r.Get("shortNames")),
					Group:      groupName,
					Namespaced: r.Get("scope").String() == "Namespaced",
					Verbs:      texts(r.Get("verbs")),

					subresources: map[string][]string{},
				}
				if known.Singular == "" {
					known.Singular = strings.ToLower(kind)
				}
				byName[name] = known
				c.resources = append(c.resources, known)
			}
			version := v.Get("version").String()
			known.Versions = append(known.Versions, version)
			for s := range r.Get("subresources").Elements() {
				known.subresources[version] = append(known.subresources[version], s.Get("subresource").String())
			}
		}
	}
	for _, r := range byName {
		slices.SortStableFunc(r.Versions, func(a, b string) int { return version.CompareKubeAwareVersionStrings(b, a) })
	}
}

// complete gives what is built in its attributes, wherever it was found.
func (c *catalog) complete() {
	for _, r := range c.resources {
		if b := builtin(r.Name); b != nil && b.Group == r.Group {
			r.Attributes = b.Attributes
		}
	}
}

// find is the resource of a group with the given plural name, or nil.
func (c *catalog) find(group, name string) *Resource {
	for _, r := range c.resources {
		if r.Name == name && r.Group == group {
			return r
		}
	}
	return nil
}

// without ends the message about something that isn't in the catalog, with
// what it doesn't know.
func (c *catalog) without(err *Error) *Error {
	if len(c.silent) > 0 {
		err.Message += "; the server can't tell now what it serves as " + strings.Join(c.silent, ", ")
	}
	return err
}
