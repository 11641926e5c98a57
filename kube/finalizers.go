package kube

import (
	"context"
	"slices"
)

// Finalizers are the finalizers of an item: names of what has yet to be done
// before a deleted object may go. Those who do it remove theirs. Changes are
// made by [Item.Edit], so those of others at the same time are kept.
type Finalizers struct{ item *Item }

// Item is the item that the finalizers are of.
func (f Finalizers) Item() *Item { return f.item }

// Value is the list as it is on the wire; absent where there are none.
func (f Finalizers) Value() Value { return f.item.Meta().get("finalizers") }

// Names lists the finalizers.
func (f Finalizers) Names() []string { return texts(f.Value()) }

// Has tells whether a finalizer is among them.
func (f Finalizers) Has(name string) bool { return slices.Contains(f.Names(), name) }

// Set adds finalizers, where they aren't there yet, and returns the newest
// item. The server refuses it for an object that is deleted already.
func (f Finalizers) Set(ctx context.Context, names ...string) (*Item, error) {
	return f.change(ctx, names, func(list []string) []string {
		for _, name := range names {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
		return list
	})
}

// Delete removes finalizers and returns the newest item; one that isn't there
// is no error. A deleted object goes with its last finalizer; the item is what
// it was then.
func (f Finalizers) Delete(ctx context.Context, names ...string) (*Item, error) {
	return f.change(ctx, names, func(list []string) []string {
		return slices.DeleteFunc(list, func(name string) bool { return slices.Contains(names, name) })
	})
}

func (f Finalizers) change(ctx context.Context, names []string, change func([]string) []string) (*Item, error) {
	if len(names) == 0 || slices.Contains(names, "") {
		return nil, Errorf(ValueError, "finalizers of %s: the name of a finalizer is missing", f.item)
	}
	return f.item.Edit(ctx, func(object Value) (Value, error) {
		var list []Value
		for _, name := range change(texts(object.At("metadata", "finalizers"))) {
			list = append(list, textValue(name))
		}
		return setMeta(object, "finalizers", list), nil
	}, EditOptions{})
}

// texts are the strings of an array.
func texts(array Value) []string {
	var list []string
	for e := range array.Elements() {
		list = append(list, e.String())
	}
	return list
}

// setMeta is the object with a list in its metadata; an empty one is left out.
func setMeta(object Value, key string, list []Value) Value {
	return setField(object, "metadata", setField(object.Get("metadata"), key, arrayOf(list)))
}
