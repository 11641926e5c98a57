package kube

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"slices"
)

// PatchOptions say how an object is patched.
type PatchOptions struct {
	// Type is the kind of patch: "merge", the default (RFC 7386), "json" (RFC
	// 6902), "strategic" (merges lists by their keys; built-in kinds only) or
	// "apply" (see [Item.Apply]).
	Type string
	// Subresource is what of the object is patched: "status", "scale"; "" for
	// the object itself.
	Subresource string
	// FieldManager is recorded as who set the fields; "" for [FieldManager].
	FieldManager string
	// Force is for type "apply", see [ApplyOptions].
	Force bool
}

// patchTypes are the content types of patches under the names that users give.
var patchTypes = map[string]string{
	"merge": mergeType, "strategic": strategicType, "json": jsonPatchType, "apply": applyPatchType,
}

// PatchTypes lists the types of patches.
func PatchTypes() []string { return keys(patchTypes) }

// Patch patches the item's object at whatever version it is, and returns it as
// it is then. A patch of type "json" is an array of operations, all others are
// objects. A merge patch that sets metadata.resourceVersion succeeds only on
// that version.
//
// Where the answer is lost the patch is sent again if that does no harm: merge,
// strategic and apply set fixed values; a JSON patch may be repeated if it
// tests the resource version, or only adds, replaces, removes and tests members
// of objects. That of others is unknown, see [ReasonUnknown].
func (i *Item) Patch(ctx context.Context, patch Value, options PatchOptions) (*Item, error) {
	if options.Type == "" {
		options.Type = "merge"
	}
	if patchTypes[options.Type] == "" {
		return nil, unknown("patch type", options.Type, PatchTypes())
	}
	if options.Type == "apply" {
		return i.apply(ctx, patch, ApplyOptions{FieldManager: options.FieldManager, Force: options.Force}, options.Subresource)
	}
	if options.Force {
		return nil, Errorf(ValueError, "patch %s: force is for patches of type apply", i)
	}
	w := write{request: request{what: "patch " + i.String()}}
	if options.Type == "json" {
		ops, err := jsonOperations(patch)
		if err != nil {
			return nil, Errorf(ValueError, "patch %s: %w", i, err)
		}
		w.repeatable, w.unbound = ops.repeatable(), !ops.bound()
		w.settle = i.settled(options.Subresource, func(now Value) bool { return ops.done(now) })
	} else {
		if patch.Type() != Object {
			return nil, Errorf(ValueError, "patch %s: a patch of type %s is an object (type = \"json\" takes a list of operations)", i, options.Type)
		}
		w.repeatable, w.unbound = true, true
		if patch.At("metadata", "resourceVersion").Exists() {
			bare := setField(patch, "metadata", setField(patch.Get("metadata"), "resourceVersion", Value{}))
			w.unbound = false
			w.settle = i.settled(options.Subresource, func(now Value) bool { return covers(now, bare) })
		}
	}
	w.body, w.contentType, w.query = i.identified(patch).Raw(), patchTypes[options.Type], managed(options.FieldManager)
	item, err := i.change(ctx, w, options.Subresource)
	var e *Error
	if options.Type == "strategic" && errors.As(err, &e) && e.StatusCode == http.StatusUnsupportedMediaType {
		e.Message += ` (custom resources have no strategic patches: use type = "merge" or "apply")`
	}
	return item, err
}

// patch sends a merge patch, which must encode, of the item's object.
func (i *Item) patch(ctx context.Context, verb string, patch any) (*Item, error) {
	body, err := json.Marshal(patch)
	if err != nil {
		return nil, Errorf(ValueError, "%s %s: %w", verb, i, err)
	}
	return i.change(ctx, write{
		request:    request{what: verb + " " + i.String(), body: i.identified(trusted(body)).Raw(), contentType: mergeType, query: managed("")},
		repeatable: true,
		unbound:    true,
	}, "")
}

// identified is a patch that the server refuses for a namesake of the item's
// object. A patch that says a uid itself stays as it is, and so does that of an
// item that was never on a server.
func (i *Item) identified(patch Value) Value {
	uid, meta := i.Meta().get("uid"), patch.Get("metadata")
	switch {
	case !uid.Exists() || meta.Get("uid").Exists() || meta.Exists() && meta.Type() != Object:
		return patch
	case patch.Type() == Object:
		return setField(patch, "metadata", setField(meta, "uid", uid))
	}
	test := objectOf([]field{{"op", textValue("test")}, {"path", textValue("/metadata/uid")}, {"value", uid}})
	return arrayOf(slices.Insert(slices.Collect(patch.Elements()), 0, test))
}

// change sends a patch to the item's object, or to a subresource.
func (i *Item) change(ctx context.Context, w write, subresource string) (*Item, error) {
	if err := i.addressable(); err != nil {
		return nil, err
	}
	w.method = http.MethodPatch
	return i.send(ctx, w, subresource)
}

// send sends a write of the item's object, or of a subresource of it, and
// returns the object as it is then.
func (i *Item) send(ctx context.Context, w write, subresource string) (*Item, error) {
	w.path = i.Meta().Link()
	if subresource != "" {
		if err := checkSubresource(subresource); err != nil {
			return nil, err
		}
		w.path += "/" + subresource
	}
	answer, err := i.cluster.write(ctx, w)
	if now := i.renewed(ctx, err); now != nil {
		return now.send(ctx, w, subresource)
	}
	if isNamesake(err) {
		var e *Error
		errors.As(err, &e)
		now := takenOver(w.what, "")
		now.Response, now.cause = e.Response, err
		return nil, now
	}
	if w.contentType == jsonPatchType && IsReason(err, "Invalid") {
		// Servers don't say which operation they refuse.
		if now, fetchErr := i.Fetch(ctx); fetchErr == nil && i.Meta().UID() != "" && now.Meta().UID() != i.Meta().UID() {
			return nil, takenOver(w.what, now.Meta().UID())
		}
	}
	if err != nil {
		return nil, err
	}
	// Some subresources are objects of their own, such as a Scale.
	if kind := answer.Get("kind").String(); subresource != "" && kind != i.Kind() {
		return i.Fetch(ctx)
	}
	return newItem(i.cluster, i.resource, answer.Raw()), nil
}

// Subresource reads a subresource of the object as the server sends it: of
// "scale" a Scale (autoscaling/v1). [Item.Patch] and [Item.Update] write one.
func (i *Item) Subresource(ctx context.Context, name string) (Value, error) {
	if err := i.addressable(); err != nil {
		return Value{}, err
	}
	if err := checkSubresource(name); err != nil {
		return Value{}, err
	}
	object, err := i.cluster.client.object(ctx, request{
		method: http.MethodGet,
		path:   i.Meta().Link() + "/" + name,
		what:   "fetch " + name + " of " + i.String(),
	})
	if now := i.renewed(ctx, err); now != nil {
		return now.Subresource(ctx, name)
	}
	return object, err
}

func checkSubresource(name string) error {
	if !subresourceName.MatchString(name) {
		return Errorf(ValueError, "%q can't be the name of a subresource (status, scale, ...)", name)
	}
	return nil
}

var subresourceName = regexp.MustCompile(`^[a-z]+$`)

// settled makes the settle of a write: it has happened where the newest object
// is as it would be then. What a write of another subresource than status does
// to the object can't be told.
func (i *Item) settled(subresource string, done func(now Value) bool) func(context.Context, error) (Value, bool, error) {
	return func(ctx context.Context, refusal error) (Value, bool, error) {
		if !IsReason(refusal, "Conflict") && !IsReason(refusal, "Invalid") {
			return Value{}, false, refusal
		}
		now, err := i.Fetch(ctx)
		if err != nil || now.Meta().UID() != i.Meta().UID() || subresource != "" && subresource != "status" {
			return Value{}, false, nil
		}
		return now.Raw(), done(now.Raw()), nil
	}
}
