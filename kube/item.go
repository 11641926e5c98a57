package kube

import (
	"bytes"
	"context"
	"fmt"
)

// Item is a snapshot of one object at one version. It never changes: what
// changes the object returns another Item. It is safe for concurrent use.
type Item struct {
	cluster  *Cluster
	resource *Resource
	raw      Value
	partial  bool // what remains of an object that went unseen
}

// newItem makes an item of the bytes of one object, which it copies. Elements
// of a list lack apiVersion and kind on the wire; the item has them.
func newItem(c *Cluster, r *Resource, object []byte) *Item {
	return &Item{cluster: c, resource: r, raw: Value{withKind(object, r.APIVersion(), r.Kind)}}
}

// withKind copies an object, with apiVersion and kind where it lacks them.
func withKind(object []byte, apiVersion, kind string) []byte {
	const members = `"apiVersion":`
	first, value := nextKey(object, 1)
	if value >= 0 && string(first) != "metadata" {
		return bytes.Clone(object)
	}
	head := fmt.Appendf(make([]byte, 0, len(object)+len(members)+len(kind)+64), `{%s%q,"kind":%q`, members, apiVersion, kind)
	if value >= 0 {
		head = append(head, ',')
	}
	return append(head, object[skipSpace(object, 1):]...)
}

// Cluster is the cluster that the item is of.
func (i *Item) Cluster() *Cluster { return i.cluster }

// On is the same snapshot as one of another connection to its cluster, which is
// then asked where a method asks.
func (i *Item) On(c *Cluster) *Item {
	on := *i
	on.cluster = c
	return &on
}

// Kind is the kind of the object, "Pod".
func (i *Item) Kind() string { return i.resource.Kind }

// Resource describes the kind.
func (i *Item) Resource() *Resource { return i.resource }

// Raw is the whole object, apiVersion and kind included.
func (i *Item) Raw() Value { return i.raw }

// Spec is the object's spec; absent where it has none.
func (i *Item) Spec() Value { return i.raw.Get("spec") }

// Status is the object's status; absent where it has none.
func (i *Item) Status() Value { return i.raw.Get("status") }

// Partial tells whether the item has nothing but kind, namespace, name, uid
// and version, see [Event].
func (i *Item) Partial() bool { return i.partial }

// Meta is the object's metadata.
func (i *Item) Meta() Meta { return Meta{i} }

// Size is how many bytes the object takes.
func (i *Item) Size() int { return len(i.raw.raw) }

// String names the object for messages: "pods web/frontend-1".
func (i *Item) String() string { return objectName(i.resource, i.Meta().Namespace(), i.Meta().Name()) }

// Equal tells whether both are snapshots of the same version of the same
// object: kind, uid and version are equal. Items that were never on a server
// have no uid; they are equal where their text is.
func (i *Item) Equal(other *Item) bool {
	a, b := i.Meta(), other.Meta()
	if a.UID() == "" && b.UID() == "" {
		return bytes.Equal(i.raw.Raw(), other.raw.Raw())
	}
	return i.resource.Kind == other.resource.Kind && a.UID() == b.UID() && a.Version() == b.Version()
}

// Fetch returns the newest version of the object. It returns a LookupError
// where no object has its name any more.
func (i *Item) Fetch(ctx context.Context) (*Item, error) {
	if err := i.addressable(); err != nil {
		return nil, err
	}
	item, err := i.cluster.fetch(ctx, i.resource, i.Meta().Namespace(), i.Meta().Name())
	if now := i.renewed(ctx, err); now != nil {
		return now.Fetch(ctx)
	}
	return item, err
}

// Watch watches the object for changes after the item's version, see
// [View.Watch]. The watch ends with a DELETED event when the object goes.
func (i *Item) Watch(ctx context.Context, options WatchOptions) (*Watcher, error) {
	return i.cluster.watchItem(ctx, i, options)
}

// addressable refuses an item without a name, such as the answer to a review,
// or without the namespace that its kind needs: the path of such an object
// would be that of others.
func (i *Item) addressable() error {
	if i.Meta().Name() == "" {
		return Errorf(ValueError, "this %s has no name, so the server doesn't have it", i.Kind())
	}
	if i.resource.Namespaced && i.Meta().Namespace() == "" {
		return Errorf(NamespaceError, "%s has no namespace, so the server doesn't have it", i)
	}
	return nil
}

// objectName forms "pods web/frontend-1", "nodes node-0", or without a name
// "pods".
func objectName(r *Resource, namespace, name string) string {
	if namespace != "" {
		name = namespace + "/" + name
	}
	if name == "" {
		return r.Name
	}
	return r.Name + " " + name
}
