package kube

import (
	"context"
	"iter"
	"time"
)

// Meta is the metadata of an item. It is a view of the item's bytes, safe for
// concurrent use. Absent text is "".
type Meta struct{ item *Item }

// Item is the item that the metadata is of.
func (m Meta) Item() *Item { return m.item }

// Raw is the metadata as it is on the wire.
func (m Meta) Raw() Value { return m.item.raw.Get("metadata") }

func (m Meta) get(key string) Value { return m.Raw().Get(key) }

// Name is the name of the object.
func (m Meta) Name() string { return m.get("name").String() }

// Namespace is the namespace of the object, "" for a cluster-scoped one.
func (m Meta) Namespace() string { return m.get("namespace").String() }

// UID identifies the object for all time; a namesake made later has another.
func (m Meta) UID() string { return m.get("uid").String() }

// Version is the resource version, an opaque text.
func (m Meta) Version() string { return m.get("resourceVersion").String() }

// Created is the time of creation, the zero time where there is none.
func (m Meta) Created() time.Time {
	t, _ := ParseTime(m.get("creationTimestamp").String())
	return t
}

// Link is the absolute path of the object on the server, without a host.
// Servers stopped sending selfLink (KEP-1164), so it is computed.
func (m Meta) Link() string {
	return "/" + m.item.resource.path(m.Namespace(), m.Name())
}

// Labels are the labels of the object.
func (m Meta) Labels() Labels { return Labels{m.item} }

// Labels are the labels of an item: a mapping of strings, and the calls that
// change one on the server.
type Labels struct{ item *Item }

// Value is the mapping as it is on the wire; absent where there are none.
func (l Labels) Value() Value { return l.item.Meta().get("labels") }

// Get returns the value of a label and whether there is one.
func (l Labels) Get(key string) (string, bool) {
	v := l.Value().Get(key)
	return v.String(), v.Exists()
}

// All iterates over the labels.
func (l Labels) All() iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for k, v := range l.Value().Fields() {
			if !yield(k, v.String()) {
				return
			}
		}
	}
}

// Set sets one label on the server, whatever else has changed meanwhile, and
// returns the newest item.
func (l Labels) Set(ctx context.Context, key, value string) (*Item, error) {
	if err := checkLabel(key, value); err != nil {
		return nil, err
	}
	return l.patch(ctx, "label", key, value)
}

// Delete deletes one label on the server and returns the newest item. A label
// that isn't there is no error.
func (l Labels) Delete(ctx context.Context, key string) (*Item, error) {
	if err := checkLabel(key, ""); err != nil {
		return nil, err
	}
	return l.patch(ctx, "unlabel", key, nil)
}

// patch is a JSON merge patch (RFC 7386) of that key alone and carries no
// version, so it succeeds on whatever the object has become.
func (l Labels) patch(ctx context.Context, verb, key string, value any) (*Item, error) {
	patch := map[string]any{"metadata": map[string]any{"labels": map[string]any{key: value}}}
	return l.item.patch(ctx, verb, "merge", patch)
}
