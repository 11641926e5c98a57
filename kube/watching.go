package kube

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// state is what a watch is doing, see [Watcher].
type state int

const (
	listing state = iota
	watching
	resuming
	relisting
	closed
)

// refusedTries is how often a watch that has worked asks again after it was
// refused. With the pauses between that is some 8 seconds.
const refusedTries = 4

// Ends of a state that are no failures.
var (
	errGone   = errors.New("the object is gone")
	errResync = errors.New("it is time to list anew")
	errOld    = errors.New("the list is older than what was delivered")
	errBrief  = errors.New("the connection ended as soon as it began")
)

// watch is the state behind a Watcher. One goroutine has it.
type watch struct {
	view    *View
	options WatchOptions
	only    *Item // what is watched, nil for all of the view
	feed    feed
	known   *memory
	send    func(Event) error

	state   state
	after   state         // what follows on resuming
	pause   time.Duration // of resuming
	backoff backoff
	refused int       // how often in a row
	due     time.Time // of the next list, with Resync

	first    *Iterator // the first list, begun by Watch
	asked    time.Time // when the list that goes on was asked for
	silent   bool      // the list that goes on is only learnt
	again    bool      // the list that goes on delivers what hasn't changed, too
	complete bool      // what isn't known doesn't exist, or is new
	spans    []span    // of the last list, if it was from several versions
	newest   string    // the newest version of anything seen
	old      time.Time // since when lists are older than that
	err      error     // what ended the watch
}

// watch is a watch on a view that has not begun.
func (v *View) watch(options WatchOptions) *watch {
	c := v.cluster.client
	return &watch{
		view:    v,
		options: options,
		feed:    feed{client: c, path: v.resource.path(v.namespace, ""), query: v.query(), what: "watch " + v.String()},
		known:   newMemory(options.Keep),
	}
}

// start asks for the first list, whose version is the watch's first.
func (w *watch) start(ctx context.Context) error {
	w.state, w.complete = listing, true
	w.asked = time.Now()
	w.first = w.iterate(ctx)
	if err := w.first.pages.turn(ctx); err != nil {
		w.first.Close()
		return err
	}
	w.begin(w.first.pages.page.version)
	return nil
}

// begin fixes the version after which changes are delivered.
func (w *watch) begin(version string) { w.feed.version, w.newest = version, version }

// run goes from state to state until the watch is closed. It returns why it
// was, nil where what was watched is gone.
func (w *watch) run(ctx context.Context, send func(Event) error) error {
	w.send = send
	// Not held longer than it is needed: it has two pages.
	defer func() {
		if w.first != nil {
			w.first.Close()
		}
	}()
	w.schedule()
	for w.state != closed {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		w.state = w.next(w.step(ctx))
	}
	return w.err
}

// step does what the state is about and returns how that ended.
func (w *watch) step(ctx context.Context) error {
	switch w.state {
	case watching:
		return w.connect(ctx)
	case resuming:
		return Sleep(ctx, w.pause)
	}
	return w.list(ctx)
}

// next is the state that follows when a step has ended with err.
func (w *watch) next(err error) state {
	switch {
	case err == nil && w.state == resuming:
		return w.after
	case err == nil:
		return watching
	case err == errGone:
		return closed
	case err == errResync:
		w.again = true
		return relisting
	case err == errBrief, err == errOld, passing(err) && w.feed.client.reached.Load():
		return w.later(w.state, err)
	case gone(err) && w.state == watching && w.backoff.pause == 0:
		// At once, but not in a circle: a list alone is no progress.
		w.backoff.next(nil)
		return relisting
	case gone(err):
		return w.later(relisting, err)
	case w.feed.accepted && refuses(err) && w.refused < refusedTries:
		w.refused++
		return w.later(w.state, err)
	}
	w.err = err
	return closed
}

// later resumes with a state after a pause.
func (w *watch) later(after state, err error) state {
	w.after, w.pause = after, w.backoff.next(err)
	return resuming
}

// refuses tells whether the server refused the watch for now or for ever: one
// that is starting may not know yet what it allows or serves.
func refuses(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.StatusCode == http.StatusUnauthorized || e.StatusCode == http.StatusForbidden || e.StatusCode == http.StatusNotFound)
}

// connect is the state watching: one connection, to its end.
func (w *watch) connect(ctx context.Context) error {
	until := ctx
	if !w.due.IsZero() {
		var cancel context.CancelFunc
		until, cancel = context.WithDeadlineCause(ctx, w.due, errResync)
		defer cancel()
	}
	lines := w.feed.lines
	err := w.feed.connection(until, w.take)
	lasted := w.feed.lasted(w.backoff.pause)
	if w.feed.lines > lines || lasted {
		w.backoff.reset()
		w.refused = 0
	}
	switch {
	case err == errGone:
	case ctx.Err() == nil && context.Cause(until) == errResync:
		return errResync
	case err == nil && !lasted:
		return errBrief
	}
	return err
}

// schedule sets when the watch lists anew.
func (w *watch) schedule() {
	if w.options.Resync > 0 {
		w.due = time.Now().Add(w.options.Resync)
	}
}

// synced delivers that everything was delivered.
func (w *watch) synced() error {
	if !w.options.Sync {
		return nil
	}
	return w.send(Event{Type: Sync, Version: w.feed.version})
}

// reached is the Version of the event that delivers a version of an object.
func (w *watch) reached(version string) string {
	if w.state != watching {
		return ""
	}
	return version
}

// take delivers one event of the feed. What was delivered comes no second time,
// nothing becomes older, and an object that took over another's name comes
// after its deletion.
func (w *watch) take(evtype string, object []byte) error {
	k, now := stampOf(object)
	was := w.known.stamps[k]
	w.saw(now.version)
	switch {
	case evtype != Added && evtype != Modified && evtype != Deleted:
		return nil
	case was != nil && newer(was.version, now.version), w.covered(k, now.version):
		return nil
	case w.other(now.uid):
		// A namesake from before the object doesn't end its watch.
		if was == nil || evtype == Deleted || !newer(now.version, w.only.Meta().Version()) {
			return nil
		}
		return w.missed(k, was)
	case evtype == Deleted && was != nil && was.uid != now.uid:
		return w.missed(k, was)
	case evtype == Deleted:
		return w.deleted(k, Event{Type: Deleted, Item: w.item(object), Version: w.reached(now.version)})
	case was != nil && was.uid == now.uid && was.version == now.version:
		return nil
	}
	return w.exists(evtype, k, now, w.item(object))
}

// other tells whether a uid is that of a namesake of the object that is
// watched.
func (w *watch) other(uid string) bool {
	return w.only != nil && w.only.Meta().UID() != "" && uid != w.only.Meta().UID()
}

// exists delivers an object that is new or has changed.
func (w *watch) exists(evtype, k string, now stamp, item *Item) error {
	if was := w.known.stamps[k]; was != nil {
		evtype = Modified
		if was.uid != now.uid {
			if err := w.missed(k, was); err != nil {
				return err
			}
			evtype = Added
		}
	}
	w.known.set(k, now, item)
	return w.send(Event{Type: evtype, Item: item, Version: w.reached(now.version)})
}

// missed delivers the deletion of an object that went while nobody looked.
func (w *watch) missed(k string, s *stamp) error {
	return w.deleted(k, Event{Type: Deleted, Item: w.known.remains(w.view, k, s), Synthetic: true})
}

func (w *watch) deleted(k string, ev Event) error {
	w.known.forget(k)
	if err := w.send(ev); err != nil {
		return err
	}
	if w.only != nil {
		return errGone
	}
	return nil
}

// item makes an item of an object.
func (w *watch) item(object []byte) *Item {
	return newItem(w.view.cluster, w.view.resource, object)
}

// stampOf is an object's key and stamp.
func stampOf(object []byte) (string, stamp) {
	id := identify(object)
	return id.key(), stamp{uid: string(id.uid), version: string(id.version)}
}
