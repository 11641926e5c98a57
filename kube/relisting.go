package kube

import (
	"context"
	"io"
	"time"
)

const (
	// oldTime is how long a server may show a state that is older than what it
	// has shown before.
	oldTime = 5 * time.Minute
	// metadataType asks for lists of metadata alone (API concepts, "Fetching
	// metadata"); servers that can't do that send whole objects.
	metadataType = jsonType + ";as=PartialObjectMetadataList;g=meta.k8s.io;v=v1," + jsonType
)

// iterate lists the view. What is only learnt is listed without what isn't
// remembered.
func (w *watch) iterate(ctx context.Context) *Iterator {
	if w.silent && !w.options.Keep {
		return w.view.iterate(ctx, metadataType)
	}
	return w.view.iterate(ctx, "")
}

// list is the states listing and relisting: it goes through what exists,
// delivers what its reader doesn't know, and goes on from the list's version.
func (w *watch) list(ctx context.Context) error {
	it := w.first
	if w.first = nil; it == nil {
		it = w.iterate(ctx)
	}
	defer it.Close()
	pages := &it.pages
	if pages.page == nil {
		w.asked = time.Now()
		if err := pages.turn(ctx); err != nil {
			return err
		}
	}
	if newer(w.newest, pages.page.version) {
		return w.isOld(pages.page.version)
	}
	w.known.round++
	defer func() { w.saw(pages.spans[len(pages.spans)-1].version) }()
	for {
		object, err := pages.next(ctx)
		if err == io.EOF {
			break
		}
		if err == nil {
			err = w.listed(object)
		}
		if err != nil {
			return err
		}
	}
	return w.done(pages.spans)
}

// saw notes that the server has shown a state of the given version.
func (w *watch) saw(version string) {
	if newer(version, w.newest) {
		w.newest = version
	}
}

// isOld is why a list isn't believed that goes back behind what was delivered.
func (w *watch) isOld(version string) error {
	if w.old.IsZero() {
		w.old = time.Now()
	}
	if time.Since(w.old) > oldTime {
		return Errorf(APIError, "%s: the server went back to version %s after it had shown %s (was it restored from a backup? begin a new watch)", w.feed.what, version, w.newest)
	}
	return errOld
}

// listed takes one object of a list.
func (w *watch) listed(object []byte) error {
	k, now := stampOf(object)
	was := w.known.stamps[k]
	switch {
	case w.other(now.uid):
		return nil
	case w.silent:
		// What is newer than the start comes as a change.
		if !newer(now.version, w.feed.version) {
			w.known.set(k, now, w.kept(object))
		}
		return nil
	case was != nil && was.uid == now.uid && was.version == now.version:
		w.known.saw(was)
		if w.again {
			return w.send(Event{Type: Modified, Item: w.item(object)})
		}
		return nil
	case was != nil && newer(was.version, now.version):
		return w.isOld(now.version)
	case was == nil && !w.complete && !newer(now.version, w.feed.version):
		w.known.set(k, now, w.kept(object))
		return nil
	}
	return w.exists(Added, k, now, w.item(object))
}

// done ends a list that was read whole.
func (w *watch) done(spans []span) error {
	silent := w.silent
	if !silent {
		for k, s := range w.known.unseen() {
			if err := w.missed(k, s); err != nil {
				return err
			}
		}
		w.feed.version = spans[0].version
		if w.spans = spans; len(spans) == 1 {
			w.spans = nil
		}
	}
	w.silent, w.again, w.complete, w.old = false, false, true, time.Time{}
	w.schedule()
	if w.feed.heard != nil {
		w.feed.heard(w.asked)
	}
	switch {
	case !silent:
		return w.synced()
	case w.only != nil && len(w.known.stamps) == 0:
		meta := w.only.Meta()
		return w.missed(key(w.only.raw.Raw()), &stamp{uid: meta.UID(), version: meta.Version()})
	}
	return nil
}

// covered tells whether the last list has shown a version of the object with
// the given key, or its absence, that is newer than the version it began with.
// That is where its continue token expired, see [pager].
func (w *watch) covered(k, version string) bool {
	for i := len(w.spans) - 1; i >= 0; i-- {
		if of := w.spans[i]; k > of.after {
			return version == of.version || newer(of.version, version)
		}
	}
	return false
}

// kept is the item of an object that is only learnt; nil unless it is kept.
func (w *watch) kept(object []byte) *Item {
	if !w.options.Keep {
		return nil
	}
	return w.item(object)
}
