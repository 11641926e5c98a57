package kube

import (
	"net/url"
	"slices"
	"strings"
)

// Resource describes one kind of object that an API server offers: a row of
// the table of built-in kinds, or what discovery found. It is read-only and
// safe for concurrent use.
type Resource struct {
	Kind       string      // "Pod"
	Name       string      // the plural name in paths and RBAC rules, "pods"
	Singular   string      // "pod"
	ShortNames []string    // "po"
	Group      string      // "" for the core group, "apps"
	Versions   []string    // served versions: the one in use, then the newest first; never empty
	Namespaced bool        // whether its objects live in namespaces
	Verbs      []string    // what can be done: "list", "watch", ...; nil for a built-in kind that no server was asked for
	Attributes []Attribute // what items offer beside metadata, spec and raw

	subresources map[string][]string // by version: "status", "scale"

	pinned     bool // the version in use was asked for
	remembered bool // read from the folder Options.CacheDir, so it may be outdated
}

// String names the resource together with its group, in a form that
// [Cluster.View] takes: "pods", "deployments.apps".
func (r *Resource) String() string {
	if r.Group == "" {
		return r.Name
	}
	return r.Name + "." + r.Group
}

// ListKind is the kind of the collection, "PodList".
func (r *Resource) ListKind() string { return r.Kind + "List" }

// APIPaths are the base paths of the versions that the resource is served in,
// in their order: "api/v1", "apis/apps/v1".
func (r *Resource) APIPaths() []string {
	paths := make([]string, len(r.Versions))
	for i, v := range r.Versions {
		if r.Group == "" {
			paths[i] = "api/" + v
		} else {
			paths[i] = "apis/" + r.Group + "/" + v
		}
	}
	return paths
}

// APIVersion is the version in use in the form that objects carry: "v1",
// "apps/v1".
func (r *Resource) APIVersion() string { return apiVersion(r.Group, r.Versions[0]) }

func apiVersion(group, version string) string {
	if group == "" {
		return version
	}
	return group + "/" + version
}

// path is the escaped path of the collection, or with a name of one object.
// namespace "" stands for all namespaces, or for none.
func (r *Resource) path(namespace, name string) string {
	var b strings.Builder
	b.WriteString(r.APIPaths()[0])
	if namespace != "" {
		b.WriteString("/namespaces/" + url.PathEscape(namespace))
	}
	b.WriteString("/" + r.Name)
	if name != "" {
		b.WriteString("/" + url.PathEscape(name))
	}
	return b.String()
}

// at is the resource in the given version, one of those that serve it.
func (r *Resource) at(version string) *Resource {
	at := *r
	at.pinned = true
	at.Versions = []string{version}
	for _, v := range r.Versions {
		if v != version {
			at.Versions = append(at.Versions, v)
		}
	}
	return &at
}

// Subresources are the parts of an object that have paths of their own in the
// version in use: "status", "scale".
func (r *Resource) Subresources() []string { return slices.Clone(r.subresources[r.Versions[0]]) }

// Scalable tells whether objects have a number of pods, or of something like
// them, that [Item.Scale] sets: the version in use has the subresource for it.
func (r *Resource) Scalable() bool { return slices.Contains(r.subresources[r.Versions[0]], "scale") }

// attribute returns the row of the attribute with the given name, or nil.
func (r *Resource) attribute(name string) *Attribute {
	for i := range r.Attributes {
		if r.Attributes[i].Name == name {
			return &r.Attributes[i]
		}
	}
	return nil
}

// builtin finds a built-in kind by the plural name of its resource, or nil.
func builtin(name string) *Resource {
	for _, r := range builtins {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// Builtin returns the kinds that are known without asking a server, in the
// order of their names. They are the caller's own.
func Builtin() []*Resource {
	list := make([]*Resource, len(builtins))
	for i, r := range builtins {
		own := *r
		own.Versions, own.ShortNames, own.Attributes = slices.Clone(r.Versions), slices.Clone(r.ShortNames), slices.Clone(r.Attributes)
		list[i] = &own
	}
	return list
}

// KindImpl describes a built-in kind or the kind of its collection.
type KindImpl struct {
	Kind     string   // "Pod" or "PodList"
	Resource string   // "pods"
	APIPaths []string // the newest first
	IsView   bool     // whether Kind names a collection
}

// LookupKind describes the built-in kind, or collection of one, with the given
// name. It asks no server. An unknown kind is a ValueError.
func LookupKind(kind string) (KindImpl, error) {
	for _, r := range builtins {
		if kind == r.Kind || kind == r.ListKind() {
			return KindImpl{kind, r.Name, r.APIPaths(), kind == r.ListKind()}, nil
		}
	}
	return KindImpl{}, unknown("kind", kind, KindNames())
}

// KindNames lists the built-in kinds and their collections.
func KindNames() []string {
	var names []string
	for _, r := range builtins {
		names = append(names, r.Kind, r.ListKind())
	}
	return names
}
