package kube

import (
	"context"
)

// target is an object with the place where it goes.
type target struct {
	resource  *Resource
	namespace string
	name      string // "" where the server makes it
	object    Value
}

// String names the object for messages.
func (t target) String() string {
	name := t.name
	if name == "" {
		name = t.object.At("metadata", "generateName").String()
	}
	return objectName(t.resource, t.namespace, name)
}

// target finds where an object goes. Kinds that are defined, but not yet by
// the server, come before those that the server offers.
func (c *Cluster) target(ctx context.Context, verb string, object Value, namespace string, defined []*Resource) (target, error) {
	t := target{object: object}
	for _, r := range defined {
		if r.Kind == object.Get("kind").String() && r.APIVersion() == object.Get("apiVersion").String() {
			t.resource = r
		}
	}
	if t.resource == nil {
		var err error
		if t.resource, err = c.resourceOf(ctx, object); err != nil {
			return t, err
		}
	}
	return t, t.place(verb, namespace, c.bound)
}

// manifestTarget is target for an object of a manifest. As with kubectl, the
// namespace of the call is for those that live in namespaces.
func (c *Cluster) manifestTarget(ctx context.Context, verb string, object Value, namespace string, defined []*Resource) (target, error) {
	t, err := c.target(ctx, verb, object, "", defined)
	if t.resource != nil && t.resource.Namespaced {
		err = t.place(verb, namespace, c.bound)
	}
	return t, err
}

// target finds where an object of the view's kind goes, and completes it.
func (v *View) target(ctx context.Context, verb string, object Value, namespace string) (target, error) {
	t := target{resource: v.resource, object: object}
	if object.Type() != Object {
		return t, Errorf(ValueError, "%s %s: the data is not an object", verb, v.resource.Name)
	}
	if kind := object.Get("kind"); kind.Exists() && kind.String() != v.resource.Kind {
		return t, Errorf(ValueError, "%s %s: the data is of kind %s", verb, v.resource.Name, kind)
	}
	if version := object.Get("apiVersion"); version.Exists() && version.String() != v.resource.APIVersion() {
		r, err := v.cluster.resourceOf(ctx, setField(object, "kind", textValue(v.resource.Kind)))
		if err != nil {
			return t, err
		}
		if r.Group != v.resource.Group {
			return t, Errorf(ValueError, "%s %s: the data is of %s, the view of %s", verb, v.resource.Name, version, v.resource.APIVersion())
		}
		t.resource = r
	}
	t.object = t.resource.complete(object)
	own := object.At("metadata", "namespace").String()
	if own != "" && v.namespace != "" && own != v.namespace {
		return t, Errorf(NamespaceError, "%s %s: the data says namespace %q, the view is of %q",
			verb, objectName(t.resource, "", object.At("metadata", "name").String()), own, v.namespace)
	}
	return t, t.place(verb, namespace, v.namespace)
}

// complete adds apiVersion and kind where the object lacks them.
func (r *Resource) complete(object Value) Value {
	if !object.Get("kind").Exists() {
		object = setField(object, "kind", textValue(r.Kind))
	}
	if !object.Get("apiVersion").Exists() {
		object = setField(object, "apiVersion", textValue(r.APIVersion()))
	}
	return object
}

// place decides the namespace: the one in the data, else the given one, else
// the bound one.
func (t *target) place(verb, given, bound string) error {
	meta := t.object.Get("metadata")
	t.name = meta.Get("name").String()
	own := meta.Get("namespace").String()
	what := verb + " " + t.String()
	switch {
	case !t.resource.Namespaced && own+given != "":
		return Errorf(NamespaceError, "%s: %s do not live in namespaces", what, t.resource.Name)
	case !t.resource.Namespaced:
		return nil
	case own != "" && given != "" && own != given:
		return Errorf(NamespaceError, "%s: the data says namespace %q, the call says %q", what, own, given)
	}
	for _, namespace := range []string{own, given, bound} {
		if namespace != "" {
			t.namespace = namespace
			return nil
		}
	}
	return Errorf(NamespaceError, "%s: which namespace? (set metadata.namespace, or give {namespace=...})", what)
}
