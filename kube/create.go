package kube

import (
	"context"
	"net/http"
)

// CreateOptions say how an object is created.
type CreateOptions struct {
	// Namespace is where it goes, where the data doesn't say.
	Namespace string
	// Manifest says that the object comes out of a text: Namespace then has no
	// meaning, rather than being an error, for a kind that lives in none.
	Manifest bool
	// FieldManager is recorded as who set its fields; "" for [FieldManager].
	FieldManager string
}

// Create creates an object and returns the item that the server made of it.
// Its namespace is the one in the data, else the given one, else the one that
// the cluster is bound to. A namespace that disagrees with the data is a
// NamespaceError, and so is none where one is needed, or one for a kind that
// has none. Without a name the data may have metadata.generateName. After a
// CustomResourceDefinition the server serves what it defines; where it can't,
// that is an error, and the definition is there all the same.
//
// When the answer is lost, an object with a name is created again, and one that
// is then there with the same content, set by the same field manager, is the
// one that was wanted. One whose name the server makes is not: its outcome is
// unknown, see [ReasonUnknown].
func (c *Cluster) Create(ctx context.Context, object Value, options CreateOptions) (*Item, error) {
	find := c.target
	if options.Manifest {
		find = c.manifestTarget
	}
	t, err := find(ctx, "create", object, options.Namespace, nil)
	if err != nil {
		return nil, err
	}
	item, err := c.create(ctx, t, options)
	if c.outdated(ctx, t.resource, err) {
		return c.Create(ctx, object, options)
	}
	return defined(ctx, item, err)
}

// Create creates an object of the view's kind. The data may leave out
// apiVersion and kind, and the namespace that the view is bound to. Data of
// another kind is a ValueError, of another namespace a NamespaceError. The
// view's selectors play no part. Else it is [Cluster.Create].
func (v *View) Create(ctx context.Context, object Value, options CreateOptions) (*Item, error) {
	t, err := v.target(ctx, "create", object, options.Namespace)
	if err != nil {
		return nil, err
	}
	item, err := v.cluster.create(ctx, t, options)
	if now := v.renewed(ctx, err); now != nil {
		return now.Create(ctx, object, options)
	}
	return defined(ctx, item, err)
}

func (c *Cluster) create(ctx context.Context, t target, options CreateOptions) (*Item, error) {
	if err := t.checkNew(); err != nil {
		return nil, err
	}
	// An object that was read has a version, which one that is made must not.
	if meta := t.object.Get("metadata"); meta.Get("resourceVersion").Exists() {
		t.object = setField(t.object, "metadata", setField(meta, "resourceVersion", Value{}))
	}
	w := write{
		request: request{
			method:      http.MethodPost,
			path:        t.resource.path(t.namespace, ""),
			query:       managed(options.FieldManager),
			body:        t.object.Raw(),
			contentType: jsonType,
			what:        "create " + t.String(),
		},
		repeatable: t.name != "",
	}
	manager := w.query.Get("fieldManager")
	w.settle = func(ctx context.Context, refusal error) (Value, bool, error) {
		if !IsReason(refusal, "AlreadyExists") {
			return Value{}, false, refusal
		}
		there, err := c.fetch(ctx, t.resource, t.namespace, t.name)
		wanted := settable(plainSecret(t.object), "")
		if err != nil || !there.Meta().updatedBy(manager) || !covers(there.Raw(), wanted) || !sameData(there.Raw(), wanted) {
			return Value{}, false, nil
		}
		return there.Raw(), true, nil
	}
	return c.writeItem(ctx, t.resource, w)
}

// checkNew checks the name of an object that is to be created.
func (t target) checkNew() error {
	if t.name == "" {
		return nil // the server makes it, or says that it is missing
	}
	if err := checkName(t.name); err != nil {
		return Errorf(ValueError, "create %s: %w", t, err)
	}
	return nil
}

// updatedBy tells whether a field manager is on record for a write that wasn't
// an apply.
func (m Meta) updatedBy(manager string) bool {
	for entry := range m.get("managedFields").Elements() {
		if entry.Get("manager").String() == manager && entry.Get("operation").String() == "Update" {
			return true
		}
	}
	return false
}
