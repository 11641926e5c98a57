package kube

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// ApplyOptions say how an object is applied.
type ApplyOptions struct {
	// Namespace is where it goes, where the data doesn't say.
	Namespace string
	// Manifest says that the object comes out of a text: Namespace then has no
	// meaning, rather than being an error, for a kind that lives in none.
	Manifest bool
	// FieldManager is who wants the fields; "" for [FieldManager].
	FieldManager string
	// Force takes over the fields that other managers have set to something
	// else. Without it they are a conflict, see [Error.Conflicts].
	Force bool
}

// FieldConflict is a field that an apply would change and that is another
// manager's.
type FieldConflict struct {
	Manager string // "kubectl"
	Field   string // a path like ".spec.replicas"
}

// Apply makes the server see to it that the object has the fields in the data,
// and returns the item that it is then (server-side apply, KEP-555). The object
// is created where it isn't there. Fields that the same field manager applied
// before and that are no longer in the data are removed; those of others stay.
// Applying the same twice changes nothing.
//
// Its namespace is chosen, and the kinds that it defines are waited for, as by
// [Cluster.Create]. Data without a name is a
// ValueError. Where the answer is lost it is applied again.
func (c *Cluster) Apply(ctx context.Context, object Value, options ApplyOptions) (*Item, error) {
	find := c.target
	if options.Manifest {
		find = c.manifestTarget
	}
	t, err := find(ctx, "apply", object, options.Namespace, nil)
	if err != nil {
		return nil, err
	}
	item, err := c.apply(ctx, t, options)
	if c.outdated(ctx, t.resource, err) {
		return c.Apply(ctx, object, options)
	}
	return defined(ctx, item, err)
}

// Apply applies an object of the view's kind: [Cluster.Apply] with data that
// may leave out what [View.Create] may be told without.
func (v *View) Apply(ctx context.Context, object Value, options ApplyOptions) (*Item, error) {
	t, err := v.target(ctx, "apply", object, options.Namespace)
	if err != nil {
		return nil, err
	}
	item, err := v.cluster.apply(ctx, t, options)
	if now := v.renewed(ctx, err); now != nil {
		return now.Apply(ctx, object, options)
	}
	return defined(ctx, item, err)
}

// Apply applies fields to the item's object, see [Cluster.Apply]. The data may
// leave out apiVersion, kind, name and namespace; others than the item's are a
// ValueError. options.Namespace has no meaning.
func (i *Item) Apply(ctx context.Context, object Value, options ApplyOptions) (*Item, error) {
	return i.apply(ctx, object, options, "")
}

func (i *Item) apply(ctx context.Context, object Value, options ApplyOptions, subresource string) (*Item, error) {
	if err := i.addressable(); err != nil {
		return nil, err
	}
	object, err := i.named("apply", object)
	if err != nil {
		return nil, err
	}
	t := target{resource: i.resource, namespace: i.Meta().Namespace(), name: i.Meta().Name(), object: i.identified(object)}
	w, err := t.apply(options)
	if err != nil {
		return nil, err
	}
	return i.send(ctx, w, subresource)
}

func (c *Cluster) apply(ctx context.Context, t target, options ApplyOptions) (*Item, error) {
	w, err := t.apply(options)
	if err != nil {
		return nil, err
	}
	return c.writeItem(ctx, t.resource, w)
}

// apply is the write that applies the object.
func (t target) apply(options ApplyOptions) (write, error) {
	what := "apply " + t.String()
	if t.name == "" {
		return write{}, Errorf(ValueError, "%s: the data has no metadata.name (only create lets the server make one)", what)
	}
	if err := checkName(t.name); err != nil {
		return write{}, Errorf(ValueError, "%s: %w", what, err)
	}
	// An object that was read says who set what, which an apply must not.
	if meta := t.object.Get("metadata"); meta.Get("managedFields").Exists() {
		t.object = setField(t.object, "metadata", setField(meta, "managedFields", Value{}))
	}
	query := managed(options.FieldManager)
	if options.Force {
		query.Set("force", "true")
	}
	return write{
		request: request{
			method:      http.MethodPatch,
			path:        t.resource.path(t.namespace, t.name),
			query:       query,
			body:        t.object.Raw(),
			contentType: applyPatchType,
			what:        what,
		},
		repeatable: true,
		unbound:    !t.object.At("metadata", "resourceVersion").Exists(),
	}, nil
}

// named completes data about the item's object with what identifies it. Data
// about another one is a ValueError.
func (i *Item) named(verb string, object Value) (Value, error) {
	if object.Type() != Object {
		return object, Errorf(ValueError, "%s %s: the data is not an object", verb, i)
	}
	meta := object.Get("metadata")
	if meta.Exists() && meta.Type() != Object {
		return object, Errorf(ValueError, "%s %s: metadata is not an object", verb, i)
	}
	if !meta.Exists() {
		meta = trusted([]byte("{}"))
	}
	for _, id := range []struct{ name, is string }{{"name", i.Meta().Name()}, {"namespace", i.Meta().Namespace()}} {
		switch said := meta.Get(id.name); {
		case said.Exists() && said.String() != id.is:
			return object, Errorf(ValueError, "%s %s: the data is about another object, its %s is %s", verb, i, id.name, said)
		case !said.Exists() && id.is != "":
			meta = setField(meta, id.name, textValue(id.is))
		}
	}
	if kind := object.Get("kind"); kind.Exists() && kind.String() != i.Kind() {
		return object, Errorf(ValueError, "%s %s: the data is of kind %s", verb, i, kind)
	}
	if version := object.Get("apiVersion"); version.Exists() && version.String() != i.resource.APIVersion() {
		return object, Errorf(ValueError, "%s %s: the data is of %s, the item of %s", verb, i, version, i.resource.APIVersion())
	}
	return i.resource.complete(setField(object, "metadata", meta)), nil
}

// fieldConflicts reads the conflicts of a refused apply.
func fieldConflicts(status Value) []FieldConflict {
	var list []FieldConflict
	for cause := range status.At("details", "causes").Elements() {
		if cause.Get("reason").String() != "FieldManagerConflict" {
			continue
		}
		// `conflict with "kubectl" using apps/v1`, or with a subresource and a
		// time behind the name: the name is what stands in quotes.
		_, manager, _ := strings.Cut(cause.Get("message").String(), `"`)
		manager, _, _ = strings.Cut(manager, `"`)
		list = append(list, FieldConflict{manager, cause.Get("field").String()})
	}
	return list
}

// describeConflicts forms the message of a refused apply.
func describeConflicts(conflicts []FieldConflict) string {
	fields := map[string][]string{}
	for _, c := range conflicts {
		fields[c.Manager] = append(fields[c.Manager], c.Field)
	}
	var parts []string
	for _, manager := range slices.Sorted(maps.Keys(fields)) {
		list, more := fields[manager], ""
		if len(list) > 10 {
			list, more = list[:10], fmt.Sprintf(" and %d more", len(list)-10)
		}
		parts = append(parts, fmt.Sprintf("%q owns %s%s", manager, strings.Join(list, ", "), more))
	}
	return "conflict: " + strings.Join(parts, "; ") + " (leave them out, or take them over with force = true)"
}
