package kube

import (
	"context"
)

// Owners are the owner references of an item. When the last of the owners is
// gone, the garbage collector deletes the object. Changes are made by
// [Item.Edit], so those of others at the same time are kept.
type Owners struct{ item *Item }

// OwnerOptions say how an object is owned.
type OwnerOptions struct {
	// Controller marks the owner as the one that manages the object; there can
	// be one at most.
	Controller bool
	// Block keeps an owner that is deleted in the foreground from going before
	// the object has gone.
	Block bool
}

// Item is the item that the references are of.
func (o Owners) Item() *Item { return o.item }

// Value is the list as it is on the wire; absent where there are none.
func (o Owners) Value() Value { return o.item.Meta().get("ownerReferences") }

// Has tells whether an item's object is among the owners.
func (o Owners) Has(owner *Item) bool {
	for reference := range o.Value().Elements() {
		if reference.Get("uid").String() == owner.Meta().UID() {
			return true
		}
	}
	return false
}

// Set makes an item's object an owner, or changes how it owns, and returns the
// newest item. An owner lives in the same namespace or in none, else the
// garbage collector takes it for gone: that, and one that was never on a
// server, is a ValueError.
func (o Owners) Set(ctx context.Context, owner *Item, options OwnerOptions) (*Item, error) {
	meta := owner.Meta()
	switch {
	case meta.UID() == "":
		return nil, Errorf(ValueError, "owners of %s: %s was never on the server, so it can own nothing", o.item, owner)
	case meta.Namespace() != "" && meta.Namespace() != o.item.Meta().Namespace():
		return nil, Errorf(ValueError, "owners of %s: %s is in another namespace, so it can't own it (the garbage collector would delete it)", o.item, owner)
	}
	reference := objectOf([]field{
		{"apiVersion", textValue(owner.resource.APIVersion())},
		{"kind", textValue(owner.Kind())},
		{"name", textValue(meta.Name())},
		{"uid", textValue(meta.UID())},
		{"controller", boolValue(options.Controller)},
		{"blockOwnerDeletion", boolValue(options.Block)},
	})
	return o.change(ctx, owner, reference)
}

// Delete removes the reference to an owner and returns the newest item; one
// that isn't there is no error.
func (o Owners) Delete(ctx context.Context, owner *Item) (*Item, error) {
	return o.change(ctx, owner, Value{})
}

// change replaces the reference to an owner, or with an absent Value removes it.
func (o Owners) change(ctx context.Context, owner *Item, reference Value) (*Item, error) {
	return o.item.Edit(ctx, func(object Value) (Value, error) {
		var list []Value
		replaced := false
		for r := range object.At("metadata", "ownerReferences").Elements() {
			if r.Get("uid").String() == owner.Meta().UID() {
				r, replaced = reference, true
			}
			if r.Exists() {
				list = append(list, r)
			}
		}
		if reference.Exists() && !replaced {
			list = append(list, reference)
		}
		return setMeta(object, "ownerReferences", list), nil
	}, EditOptions{})
}
