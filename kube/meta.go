package kube

import (
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
func (m Meta) Labels() Entries { return Entries{m.item, "labels"} }

// Annotations are the annotations of the object.
func (m Meta) Annotations() Entries { return Entries{m.item, "annotations"} }

// Finalizers are what has yet to be done before the object may go.
func (m Meta) Finalizers() Finalizers { return Finalizers{m.item} }

// Owners are the objects whose end is the end of this one.
func (m Meta) Owners() Owners { return Owners{m.item} }
