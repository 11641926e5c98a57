package kube

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"

	"k8s.io/apimachinery/pkg/fields"
)

// The types of watch events.
const (
	Added    = "ADDED"
	Modified = "MODIFIED"
	Deleted  = "DELETED"
)

// Event is one change to an object.
type Event struct {
	Type string
	Item *Item
	// Synthetic marks a deletion that was missed and found later. Its item
	// has kind, namespace, name, uid and the last version seen, nothing else.
	Synthetic bool
}

// WatchOptions say what a watch delivers.
type WatchOptions struct {
	// Initial has what exists delivered first, as ADDED.
	Initial bool
	// Since is the resource version after which changes are delivered; empty
	// for now, or for an item's watch the item's own.
	Since string
}

// Watcher delivers the changes to the objects of a view, or to one object, in
// order. It outlives the connections that it uses: it resumes from the last
// version it has seen, and where the server no longer keeps that (410) it lists
// again and delivers what was missed. It ends by Close, by the end of its
// context, or with an error that retrying can't cure.
type Watcher = Events[Event]

// Watch watches the objects of the view. It returns once the starting version
// is fixed: every change after the call is delivered, nothing before it. An
// object that begins or ceases to match the view's selectors is ADDED or
// DELETED. The context bounds the watcher's life.
func (v *View) Watch(ctx context.Context, options WatchOptions) (*Watcher, error) {
	if err := checkVersion(options.Since); err != nil {
		return nil, err
	}
	w := v.watch(options.Since)
	var initial *Iterator
	switch {
	case options.Initial:
		initial = v.Iterate(ctx)
		if err := initial.turn(ctx); err != nil {
			initial.Close()
			return nil, err
		}
		w.feed.version = initial.page.version
	case options.Since == "":
		first, err := readPage(ctx, v.cluster.client, v.listRequest(1, ""), new(bytes.Buffer), nil)
		if err != nil {
			return nil, err
		}
		w.feed.version = first.version
	}
	return startEvents(ctx, func(ctx context.Context, send func(Event) error) error {
		return w.run(ctx, initial, send)
	}), nil
}

// watchItem watches one object from the item's version on.
func (c *Cluster) watchItem(ctx context.Context, i *Item, options WatchOptions) (*Watcher, error) {
	meta := i.Meta()
	v := &View{cluster: c, resource: i.resource, namespace: meta.Namespace()}
	v.selectors.Fields = "metadata.name=" + fields.EscapeValue(meta.Name())
	since := options.Since
	if since == "" {
		since = meta.Version()
	}
	if err := checkVersion(since); err != nil {
		return nil, err
	}
	w := v.watch(since)
	w.only = meta.UID()
	w.known[key(i.raw.Raw())] = stamp{meta.UID(), meta.Version()}
	return startEvents(ctx, func(ctx context.Context, send func(Event) error) error {
		if options.Initial {
			if err := send(Event{Type: Added, Item: i}); err != nil {
				return err
			}
		}
		return w.run(ctx, nil, send)
	}), nil
}

// watch is a watch on a view that has not begun.
func (v *View) watch(since string) *watch {
	return &watch{
		view: v,
		feed: feed{
			client: v.cluster.client, path: v.resource.path(v.namespace, ""), query: v.query(),
			version: since, what: "watch " + v.String(),
		},
		known: map[string]stamp{},
	}
}

// watch is the state behind a Watcher; one goroutine has it.
type watch struct {
	view  *View
	only  string // the uid of the object that is watched, "" for all of the view
	feed  feed
	known map[string]stamp // what was delivered and exists, by key
	// listing is true until the initial list, if any, was delivered whole: what
	// is unknown then has still to be delivered.
	listing bool
	send    func(Event) error
}

// stamp is what is remembered of an object: enough to tell whether it changed
// or was replaced while nobody looked.
type stamp struct{ uid, version string }

// errGone ends the watch of an object that was deleted.
var errGone = errors.New("the object is gone")

// run goes through the initial list, then the feed, and a new list each time
// the feed's version has expired.
func (w *watch) run(ctx context.Context, initial *Iterator, send func(Event) error) error {
	w.send = send
	var err error
	if initial != nil {
		w.listing = true
		err = w.list(ctx, initial)
		initial.Close()
		w.listing = err != nil
	}
	for ctx.Err() == nil {
		switch {
		case err == nil:
			err = w.feed.run(ctx, w.take)
		case err == errGone:
			return nil
		case gone(err):
			err = w.relist(ctx)
		case passing(err):
			if err = w.feed.backoff(ctx); err == nil {
				err = w.relist(ctx)
			}
		default:
			return err
		}
	}
	return nil
}

// list delivers what exists and is not known yet.
func (w *watch) list(ctx context.Context, it *Iterator) error {
	for {
		item, err := it.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = w.change(Added, item)
		}
		if err != nil {
			return err
		}
	}
}

// relist finds out what was missed: what is known and no longer exists is
// deleted, then what is new or changed is delivered, and the feed goes on from
// the list's version.
func (w *watch) relist(ctx context.Context) error {
	it := w.view.Iterate(ctx)
	defer it.Close()
	if err := it.turn(ctx); err != nil {
		return err
	}
	version := it.page.version
	exists := map[string]string{}
	var changed []*Item
	for {
		item, err := it.Next(ctx)
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		k, meta := key(item.raw.Raw()), item.Meta()
		exists[k] = meta.UID()
		// What was never delivered and hasn't changed since the feed's version
		// is from before the watch.
		was, known := w.known[k]
		if known && was != (stamp{meta.UID(), meta.Version()}) || !known && (w.listing || newer(meta.Version(), w.feed.version)) {
			changed = append(changed, item)
		}
	}
	for k, s := range w.known {
		if exists[k] != s.uid {
			if err := w.missed(k, s); err != nil {
				return err
			}
		}
	}
	for _, item := range changed {
		if err := w.change(Added, item); err != nil {
			return err
		}
	}
	w.feed.version, w.listing = version, false
	return nil
}

// checkVersion refuses a resource version that no server can read, "" aside.
// Servers answer it with 500, which looks like something that passes.
func checkVersion(version string) error {
	if _, err := strconv.ParseUint(version, 10, 64); version != "" && err != nil {
		return Errorf(ValueError, "%q is not a resource version (take one from meta.version)", version)
	}
	return nil
}

// newer tells whether resource version a came after b. Versions of one resource
// are integers that grow (KEP-5504); where one isn't, a counts as newer.
func newer(a, b string) bool {
	x, errX := strconv.ParseUint(a, 10, 64)
	y, errY := strconv.ParseUint(b, 10, 64)
	return errX != nil || errY != nil || x > y
}

// take delivers one event of the feed.
func (w *watch) take(evtype string, object []byte) error {
	return w.change(evtype, newItem(w.view.cluster, w.view.resource, object))
}

// change delivers a change to an object. What is new to the reader is ADDED,
// what is known MODIFIED, a version that was delivered comes no second time,
// and an object that took over another's name comes after its deletion.
func (w *watch) change(evtype string, item *Item) error {
	meta := item.Meta()
	if w.only != "" && meta.UID() != w.only {
		if s, ok := w.known[key(item.raw.Raw())]; ok {
			return w.missed(key(item.raw.Raw()), s)
		}
		return nil
	}
	k, now := key(item.raw.Raw()), stamp{meta.UID(), meta.Version()}
	if evtype == Deleted {
		return w.deleted(k, Event{Type: Deleted, Item: item})
	}
	was, known := w.known[k]
	switch {
	case known && was == now:
		return nil
	case known && was.uid != now.uid:
		if err := w.missed(k, was); err != nil {
			return err
		}
		evtype = Added
	case known:
		evtype = Modified
	}
	w.known[k] = now
	return w.send(Event{Type: evtype, Item: item})
}

// missed delivers the deletion of an object that went while nobody looked.
func (w *watch) missed(k string, s stamp) error {
	return w.deleted(k, Event{Deleted, w.remains(k, s), true})
}

func (w *watch) deleted(k string, ev Event) error {
	delete(w.known, k)
	if err := w.send(ev); err != nil {
		return err
	}
	if w.only != "" {
		return errGone
	}
	return nil
}

// remains makes the item of a deletion that was missed.
func (w *watch) remains(k string, s stamp) *Item {
	namespace, name, _ := strings.Cut(k, "/")
	meta := map[string]string{"name": name, "uid": s.uid, "resourceVersion": s.version}
	if namespace != "" {
		meta["namespace"] = namespace
	}
	// Strings always encode.
	text, _ := json.Marshal(map[string]any{"metadata": meta})
	item := newItem(w.view.cluster, w.view.resource, text)
	item.partial = true
	return item
}
