package kube

import (
	"context"
	"strconv"
	"time"

	"k8s.io/apimachinery/pkg/fields"
)

// The types of watch events.
const (
	Added    = "ADDED"
	Modified = "MODIFIED"
	Deleted  = "DELETED"
	// Sync is ours: it says that everything that existed at one moment was
	// delivered, see [WatchOptions].
	Sync = "SYNC"
)

// Event is one change to an object.
type Event struct {
	Type string
	Item *Item // nil for Sync
	// Synthetic marks a deletion that was missed and found later. Its item has
	// kind, namespace, name, uid and the last version seen, nothing else; with
	// WatchOptions.Keep it is the last one delivered.
	Synthetic bool
	// Version is the resource version up to which everything was delivered once
	// this event was, so that another watch can go on from there, see
	// WatchOptions.Since. It is empty within a list, which comes in another order.
	Version string
}

// WatchOptions say what a watch delivers. The zero WatchOptions: every change
// from now on.
type WatchOptions struct {
	// Initial has what exists delivered first, as ADDED.
	Initial bool

	// Since is the resource version after which changes are delivered; empty
	// for now, or for an item's watch the item's own version. It excludes
	// Initial. Nobody knows what existed at an older version: if the server no
	// longer keeps it, or stops keeping it before the first change arrives,
	// what is newer than it is delivered as ADDED, and what was deleted since
	// is not.
	Since string

	// Sync has an event of type SYNC delivered after what Initial delivers,
	// and after each list that the watch makes later: what was delivered up to
	// then is all that existed at one moment.
	Sync bool

	// Resync is the interval at which the watch lists anew, 0 for never. Then
	// what was missed is delivered, and also what hasn't changed, as MODIFIED,
	// so that who acts on states rather than on changes sees every object now
	// and again. A slow reader delays it.
	Resync time.Duration

	// Keep remembers every object whole, for the deletions that were missed,
	// see [Event]. Else the watch remembers names, uids and versions, about
	// 200 bytes an object.
	Keep bool
}

// Watcher delivers the changes to the objects of a view, or to one object, in
// order. It outlives the connections that it uses, and doesn't lie: who applies
// its events in order knows which objects exist and in which version, and never
// sees one become older.
//
// It is in one of these states:
//
//	+-------------------------------------------------------------+
//	|                          resuming                           |
//	+-------------------------------------------------------------+
//	   ^ problem | pause      ^ broke  | pause      ^ problem | pause
//	   |         v            |        v            |         v
//	+-------------+   done   +-----------+   410   +-------------+
//	|   listing   |--------->|  watching |-------->|  relisting  |
//	+-------------+          +-----------+<--------+-------------+
//	                                        done
//
// and from every state closed: by Close, the end of the context, an error that
// retrying can't cure, or the end of an object that is watched.
//
// Listing goes through what exists: it delivers it, with Initial, or only
// learns it. The version of this list is where the watch starts. (It is read in
// pages: what streams it instead, KEP-3157, not all servers have.)
//
// Watching holds a connection open from the last version on. The server sends
// bookmarks when nothing happens (KEP-956), so one that is silent for
// Options.WatchSilence is dead. The server is asked to end it after 5 to 10
// minutes, so that watches spread over its replicas.
//
// Resuming waits before the next try: half a second, then twice as long each
// time, up to 30 seconds, with jitter, and at least as long as the server says
// (Retry-After). An event or bookmark ends the row. A connection that the server
// ended in good order is taken up again at once.
//
// Relisting follows when the server no longer keeps the last version (410 Gone,
// as an answer or as an event), and at the resync interval. It lists what exists, delivers what is new,
// changed or gone, and goes on watching from the list's version. A list that
// is older than what was delivered isn't believed but asked for again (a
// server may be restored from a backup): after 5 minutes of that the watch
// ends with an error.
//
// An object's identity is its uid: one that was replaced by a namesake is
// DELETED, then the other is ADDED. An object that no longer matches the view's
// selectors is DELETED.
//
// A login or permission that is refused (401, 403) or a resource that isn't
// there (404) ends the watch, and so does a server that has never answered. A
// watch that has worked asks a few times more after 403 and 404, since an API
// server that is starting refuses what it will allow.
type Watcher = Events[Event]

// Watch watches the objects of the view. It returns once the starting version
// is fixed: every change after the call is delivered, nothing before it. The
// first event comes when the watch has learnt what exists, of which it reads
// the metadata only: for 20,000 pods some tenths of a second. The context bounds the watcher's life; the
// caller closes the watcher, and one that is dropped without Close ends when it
// is collected. Options that can't be used are a ValueError; what the server
// refuses at once is returned here, what it refuses later by the watcher.
func (v *View) Watch(ctx context.Context, options WatchOptions) (*Watcher, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	w := v.watch(options)
	if options.Since != "" {
		w.state, w.feed.version = watching, options.Since
		return startEvents(ctx, w.feed.client, w.run), nil
	}
	w.silent = !options.Initial
	if err := w.start(ctx); err != nil {
		if now := v.renewed(ctx, err); now != nil {
			return now.Watch(ctx, options)
		}
		return nil, err
	}
	return startEvents(ctx, w.feed.client, w.run), nil
}

// watchItem watches one object from the item's version on.
func (c *Cluster) watchItem(ctx context.Context, i *Item, options WatchOptions) (*Watcher, error) {
	if err := options.check(); err != nil {
		return nil, err
	}
	meta := i.Meta()
	v := &View{cluster: c, resource: i.resource, namespace: meta.Namespace()}
	v.selectors.Fields = "metadata.name=" + fields.EscapeValue(meta.Name())
	w := v.watch(options)
	w.only = i
	version := options.Since
	if version == "" {
		version = meta.Version()
	}
	if err := checkVersion(version); err != nil {
		return nil, err
	}
	if version == "" || meta.UID() == "" {
		// It was never on a server, so there is no version to go on from.
		w.silent = true
		if err := w.start(ctx); err != nil {
			if now := i.renewed(ctx, err); now != nil {
				return now.Watch(ctx, options)
			}
			return nil, err
		}
	} else {
		w.state, w.complete = watching, true
		w.begin(version)
		w.known.set(key(i.raw.Raw()), stamp{uid: meta.UID(), version: version}, i)
	}
	return startEvents(ctx, w.feed.client, func(ctx context.Context, send func(Event) error) error {
		w.send = send
		if options.Initial {
			if err := send(Event{Type: Added, Item: i}); err != nil {
				return err
			}
			if err := w.synced(); err != nil {
				return err
			}
		}
		return w.run(ctx, send)
	}), nil
}

// check refuses options that can't be used.
func (o WatchOptions) check() error {
	switch {
	case o.Initial && o.Since != "":
		return Errorf(ValueError, "a watch begins with what exists or at a version, not with both (initial, since)")
	case o.Resync < 0:
		return Errorf(ValueError, "the resync interval is negative")
	case o.Resync > 0 && o.Resync < time.Second:
		return Errorf(ValueError, "the resync interval %v is below a second", o.Resync)
	}
	return checkVersion(o.Since)
}

// checkVersion refuses a resource version that no server can read, "" aside,
// and 0, which servers take for any version that they like. Servers answer
// others with 500, which looks like something that passes.
func checkVersion(version string) error {
	n, err := strconv.ParseUint(version, 10, 64)
	if version != "" && (err != nil || n == 0) {
		return Errorf(ValueError, "%q is not a resource version (take one from meta.version)", version)
	}
	return nil
}

// newer tells whether resource version a came after b. Versions of one resource
// are integers that grow (KEP-5504); where one isn't, nobody knows.
func newer(a, b string) bool {
	x, errX := strconv.ParseUint(a, 10, 64)
	y, errY := strconv.ParseUint(b, 10, 64)
	return errX == nil && errY == nil && x > y
}
