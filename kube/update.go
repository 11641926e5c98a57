package kube

import (
	"context"
	"net/http"
)

// UpdateOptions say what of an object is replaced.
type UpdateOptions struct {
	// Subresource is what of the object is replaced: "status", "scale"; "" for
	// the object itself.
	Subresource string
	// FieldManager is recorded as who set the fields; "" for [FieldManager].
	FieldManager string
}

// Update replaces the item's object by the data and returns it as it is then.
// The data may leave out what identifies it. It replaces the version that it
// was read in, the data's or else the item's; where that is no longer the
// newest one, the error's reason is Conflict. [Item.Edit] deals with that.
//
// Where the answer is lost the update is sent again, and when that conflicts,
// the object is compared with the data.
func (i *Item) Update(ctx context.Context, object Value, options UpdateOptions) (*Item, error) {
	if err := i.addressable(); err != nil {
		return nil, err
	}
	var err error
	// A Scale and its like have a kind and version of their own.
	if kind := object.Get("kind").String(); options.Subresource == "" || kind == i.Kind() || kind == "" {
		if object, err = i.named("update", object); err != nil {
			return nil, err
		}
	}
	meta := object.Get("metadata")
	for _, key := range []string{"resourceVersion", "uid"} {
		if !meta.Get(key).Exists() {
			meta = setField(meta, key, i.Meta().get(key))
		}
	}
	if !meta.Get("resourceVersion").Exists() {
		return nil, Errorf(ValueError, "update %s: neither the data nor the item has a version that it could replace (fetch it first)", i)
	}
	wanted := settable(object, options.Subresource)
	gone := removed(i.raw, wanted)
	return i.send(ctx, write{
		request: request{
			method:      http.MethodPut,
			query:       managed(options.FieldManager),
			body:        setField(object, "metadata", meta).Raw(),
			contentType: jsonType,
			what:        "update " + i.String(),
		},
		repeatable: true,
		settle:     i.settled(options.Subresource, func(now Value) bool { return covers(now, wanted) && covers(now, gone) }),
	}, options.Subresource)
}

// settable is what of an object an update can change.
func settable(object Value, subresource string) Value {
	if subresource == "status" {
		return objectOf([]field{{"status", object.Get("status")}})
	}
	var meta []field
	for _, key := range []string{"annotations", "finalizers", "labels", "ownerReferences"} {
		if value := object.At("metadata", key); value.Exists() {
			meta = append(meta, field{key, value})
		}
	}
	return setField(setField(object, "metadata", objectOf(meta)), "status", Value{})
}

// removed is the part of a merge patch that removes from one object what
// another one doesn't have.
func removed(from, to Value) Value {
	var members []field
	for key, value := range to.Fields() {
		if value.Type() != Object {
			continue
		}
		var gone []field
		for name := range from.Get(key).Fields() {
			if key != "metadata" && !value.Get(name).Exists() {
				gone = append(gone, field{name, trusted([]byte("null"))})
			}
		}
		if inner := removed(from.Get(key), value); inner.Len() > 0 {
			for name, v := range inner.Fields() {
				gone = append(gone, field{name, v})
			}
		}
		if gone != nil {
			members = append(members, field{key, objectOf(gone)})
		}
	}
	return objectOf(members)
}
