package kube

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/fields"
)

// View is a collection of the objects of one resource in one cluster: of all
// namespaces or bound to one, whole or narrowed by selectors. It is made
// without a request, holds no objects unless it is cached, never changes and is
// safe for concurrent use.
type View struct {
	cluster   *Cluster
	resource  *Resource
	namespace string
	selectors Selectors
	cache     *cache // what a cached view answers from, else nil
}

// Cluster is the cluster that the view shows.
func (v *View) Cluster() *Cluster { return v.cluster }

// On is the same view over another connection to its cluster. It isn't cached.
func (v *View) On(c *Cluster) *View {
	on := *v
	on.cluster, on.cache = c, nil
	return &on
}

// Resource describes the kind of the view's objects.
func (v *View) Resource() *Resource { return v.resource }

// Kind is the kind of the collection, "PodList".
func (v *View) Kind() string { return v.resource.ListKind() }

// Namespace is the namespace that the view is bound to, "" for none.
func (v *View) Namespace() string { return v.namespace }

// Selectors tell how the view is narrowed.
func (v *View) Selectors() Selectors { return v.selectors }

// String names the view for messages: "pods in web".
func (v *View) String() string {
	s := v.resource.Name
	if v.namespace != "" {
		s += " in " + v.namespace
	}
	for _, sel := range []string{v.selectors.Labels, v.selectors.Fields} {
		if sel != "" {
			s += " with " + sel
		}
	}
	if v.cache != nil {
		s += " (cached)"
	}
	return s
}

// Namespaced returns the view bound to a namespace, or with "" the one of all
// namespaces. Binding the view of a resource that has none is a
// NamespaceError, and so is any namespace that a cached view doesn't hold.
func (v *View) Namespaced(namespace string) (*View, error) {
	if err := v.checkNamespace(namespace); err != nil {
		return nil, err
	}
	bound := *v
	bound.namespace = namespace
	return &bound, nil
}

func (v *View) checkNamespace(namespace string) error {
	if namespace != "" && !v.resource.Namespaced {
		return Errorf(NamespaceError, "%s do not live in namespaces", v.resource.Name)
	}
	if namespace != "" && len(content.IsDNS1123Label(namespace)) > 0 {
		return Errorf(NamespaceError, "%q can't be the name of a namespace", namespace)
	}
	if v.cache != nil && v.cache.of.namespace != "" && v.cache.of.namespace != namespace {
		return Errorf(NamespaceError, "the cached view holds only %s", v.cache.of)
	}
	return nil
}

// Filter returns the view narrowed to what also matches the selectors. A
// selector that can't be parsed is a ValueError, and so are two empty ones.
func (v *View) Filter(s Selectors) (*View, error) {
	if s == (Selectors{}) {
		return nil, errEmptySelector()
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	narrow := *v
	narrow.selectors = v.selectors.and(s)
	return &narrow, nil
}

// Fetch reads the object with the given name. namespace "" means the view's; a
// resource that needs one and gets none is a NamespaceError, and so is one
// given for a resource that has none. An object that doesn't exist, or doesn't
// match the view's selectors, is a LookupError.
func (v *View) Fetch(ctx context.Context, name, namespace string) (*Item, error) {
	what := "fetch " + objectName(v.resource, namespace, name)
	if err := checkName(name); err != nil {
		return nil, Errorf(ValueError, "%s: %w", what, err)
	}
	if namespace == "" {
		namespace = v.namespace
	}
	if err := v.checkNamespace(namespace); err != nil {
		return nil, Errorf(NamespaceError, "%s: %w", what, err)
	}
	if namespace == "" && v.resource.Namespaced {
		return nil, Errorf(NamespaceError, "%s: which namespace? (give {namespace=...}, or bind the view with view:namespaced(...))", what)
	}
	if v.cache != nil {
		item, err := v.cache.store.fetch(v, name, namespace)
		if item == nil && err == nil {
			err = v.notFound(name, namespace)
		}
		return item, err
	}
	if v.selectors != (Selectors{}) {
		return v.fetchSelected(ctx, name, namespace)
	}
	item, err := v.cluster.fetch(ctx, v.resource, namespace, name)
	if now := v.renewed(ctx, err); now != nil {
		return now.Fetch(ctx, name, namespace)
	}
	return item, err
}

// checkName refuses what can't be the name of an object. Without a name the path
// of an object is that of all of them.
func checkName(name string) error {
	if name == "" || !utf8.ValidString(name) || len(content.IsPathSegmentName(name)) > 0 {
		return Errorf(ValueError, "%q can't be the name of an object", name)
	}
	return nil
}

// fetchSelected lets the server decide whether the object matches the view's
// selectors, so it is a list of at most one.
func (v *View) fetchSelected(ctx context.Context, name, namespace string) (*Item, error) {
	one := *v
	one.namespace = namespace
	one.selectors = v.selectors.and(Selectors{Fields: "metadata.name=" + fields.EscapeValue(name)})
	it := one.Iterate(ctx)
	defer it.Close()
	item, err := it.Next(ctx)
	if err == io.EOF {
		return nil, v.notFound(name, namespace)
	}
	return item, err
}

// notFound says that the view has no object of that name, as the server would.
func (v *View) notFound(name, namespace string) error {
	return &Error{
		Kind: LookupError, StatusCode: http.StatusNotFound, Reason: "NotFound",
		Message: fmt.Sprintf("fetch %s: not found in %s", objectName(v.resource, namespace, name), v),
	}
}

// Find is Fetch that returns nil where the object doesn't exist. A resource
// that doesn't exist remains an error.
func (v *View) Find(ctx context.Context, name, namespace string) (*Item, error) {
	item, err := v.Fetch(ctx, name, namespace)
	if IsReason(err, "NotFound") && !notServed(err) {
		return nil, nil
	}
	return item, err
}

// All iterates over the objects of the view, in the server's order, page by
// page. An error ends the iteration and comes last, with a nil Item. No object
// comes twice, whatever changes meanwhile.
func (v *View) All(ctx context.Context) iter.Seq2[*Item, error] {
	return func(yield func(*Item, error) bool) {
		it := v.Iterate(ctx)
		defer it.Close()
		for {
			item, err := it.Next(ctx)
			if err == io.EOF || !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// query is the query that the view's selectors make.
func (v *View) query() url.Values {
	q := url.Values{}
	if v.selectors.Labels != "" {
		q.Set("labelSelector", v.selectors.Labels)
	}
	if v.selectors.Fields != "" {
		q.Set("fieldSelector", v.selectors.Fields)
	}
	return q
}
