package kube

import (
	"context"
	"iter"
	"maps"
	"slices"
	"unicode/utf8"
)

// Entries are the labels or the annotations of an item: a mapping of strings,
// and the calls that change it on the server. Those send a patch of the keys
// in question alone and carry no version, so they need no fresh item and
// disturb nobody. They return the newest item.
type Entries struct {
	item  *Item
	field string // of the metadata: "labels"
}

// Item is the item that the entries are of.
func (e Entries) Item() *Item { return e.item }

// Value is the mapping as it is on the wire; absent where there are none.
func (e Entries) Value() Value { return e.item.Meta().get(e.field) }

// Get returns the value at a key and whether there is one.
func (e Entries) Get(key string) (string, bool) {
	v := e.Value().Get(key)
	return v.String(), v.Exists()
}

// All iterates over the entries.
func (e Entries) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for k, v := range e.Value().Fields() {
			if !yield(k, v.String()) {
				return
			}
		}
	}
}

// Set sets the value at one key.
func (e Entries) Set(ctx context.Context, key, value string) (*Item, error) {
	return e.Change(ctx, map[string]string{key: value})
}

// Delete deletes keys. One that isn't there is no error.
func (e Entries) Delete(ctx context.Context, keys ...string) (*Item, error) {
	return e.Change(ctx, nil, keys...)
}

// Change sets and deletes keys in one patch. Keys and values that Kubernetes
// doesn't allow are a ValueError, and so is nothing to change.
func (e Entries) Change(ctx context.Context, set map[string]string, deleted ...string) (*Item, error) {
	if len(set)+len(deleted) == 0 {
		return nil, Errorf(ValueError, "%s of %s: there is nothing to set or delete", e.field, e.item)
	}
	changes := map[string]any{}
	for _, key := range deleted {
		if err := e.check(key, ""); err != nil {
			return nil, err
		}
		changes[key] = nil
	}
	for _, key := range slices.Sorted(maps.Keys(set)) {
		if err := e.check(key, set[key]); err != nil {
			return nil, err
		}
		changes[key] = set[key]
	}
	verb := "label"
	switch {
	case e.field == "annotations":
		verb = "annotate"
	case len(set) == 0:
		verb = "unlabel"
	}
	return e.item.patch(ctx, verb, map[string]any{"metadata": map[string]any{e.field: changes}})
}

// check applies Kubernetes' rules for keys and values.
func (e Entries) check(key, value string) error {
	if e.field == "labels" {
		return checkLabel(key, value)
	}
	if !utf8.ValidString(value) {
		return Errorf(ValueError, "the value of annotation %q is not UTF-8 (encode bytes as base64)", key)
	}
	return checkAnnotation(key)
}
