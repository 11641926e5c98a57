package kube

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// firstLook is the time that a wait has to learn what exists, however short its
// timeout is.
const firstLook = 10 * time.Second

// maxListed is how many objects a message names.
const maxListed = 5

// Waiter is a wait whose caller judges the states that objects are in: Next
// returns one after another, and Judge says of the last that it is what is
// waited for. One that was given states judges by itself: its Next returns
// nothing but how it ended. It is not safe for concurrent use. The caller
// closes it.
type Waiter struct {
	what    string // is waited for: "deployments web/a"
	view    *View
	options WaitOptions
	until   []Until
	single  bool   // one object, by name
	only    string // its uid, "" for any
	began   time.Time

	watcher *Watcher
	pods    *podWatch // nil until pods matter
	wake    chan struct{}
	stops   []func()

	synced  bool
	objects map[string]*waited // by uid
	last    *Item              // the newest state of the one object
	reached Until
	ended   bool
}

// waited is an object that is waited for.
type waited struct {
	item    *Item
	reached bool
	failed  obstacle // why it won't get there
}

// begin fixes the wait's options and starts its watch.
func (w *Waiter) begin(ctx context.Context, v *View, options WaitOptions, until []Until) (*Waiter, error) {
	if options.Timeout == 0 {
		options.Timeout = DefaultWait
	}
	for _, u := range until {
		if u.text == "" {
			return nil, Errorf(ValueError, "wait for %s: an empty state", w.what)
		}
	}
	if !w.single && len(until) > 1 && slices.ContainsFunc(until, func(u Until) bool { return u.gone }) {
		return nil, Errorf(ValueError, "wait for %s: objects of a view can't be waited for to be deleted or something else", w.what)
	}
	live := *v
	live.cache = nil
	w.view, w.options, w.until, w.began = &live, options, until, time.Now()
	w.objects, w.wake = map[string]*waited{}, make(chan struct{}, 1)
	watcher, err := live.Watch(ctx, WatchOptions{Initial: true, Sync: true})
	if err != nil {
		return nil, err
	}
	w.watcher = watcher
	w.stops = append(w.stops, watcher.Notify(w.wake))
	return w, nil
}

// Close ends the wait and waits until its connections are released. Closing
// twice is harmless.
func (w *Waiter) Close() {
	for _, stop := range w.stops {
		stop()
	}
	w.stops = nil
	w.watcher.Close()
	if w.pods != nil {
		w.pods.close()
	}
}

// one runs the wait for one object to its end.
func (w *Waiter) one(ctx context.Context) (*Item, Until, error) {
	defer w.Close()
	if err := w.run(ctx); err != nil {
		return nil, Until{}, err
	}
	item, until := w.Result()
	return item, until, nil
}

// run goes on until the objects are in the states that were given.
func (w *Waiter) run(ctx context.Context) error {
	for {
		if _, err := w.Next(ctx); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// Reached are the objects that got there, in the order of their names.
func (w *Waiter) Reached() []*Item {
	list := []*Item{}
	for _, o := range w.objects {
		if o.reached {
			list = append(list, o.item)
		}
	}
	slices.SortFunc(list, func(a, b *Item) int {
		return strings.Compare(a.Meta().Namespace()+"/"+a.Meta().Name(), b.Meta().Namespace()+"/"+b.Meta().Name())
	})
	return list
}

// Result is, once Next has returned io.EOF, the newest version of the one object
// that was waited for and the state that it is in, the zero Until where the
// caller judged so. The item is nil where the object never existed
// (UntilDeleted), and in a wait for several.
func (w *Waiter) Result() (*Item, Until) {
	if !w.ended || !w.single {
		return nil, Until{}
	}
	return w.last, w.reached
}

// Next returns the next state of an object, for the caller to judge. It returns
// io.EOF when the wait has ended well, else an error as [Item.Wait] does.
func (w *Waiter) Next(ctx context.Context) (*Item, error) {
	for !w.ended {
		ev, err := w.watcher.Next(ctx, 0)
		switch {
		case err == ErrTimeout:
			if err := w.rest(ctx); err != nil {
				return nil, err
			}
			continue
		case err == io.EOF && ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err == io.EOF:
			return nil, Errorf(KubeError, "wait for %s: the wait is closed", w.what)
		case err != nil:
			return nil, err
		}
		if item, err := w.take(ev); item != nil || err != nil {
			return item, err
		}
	}
	return nil, io.EOF
}

// Judge says that the state of the item that Next returned last is what is
// waited for.
func (w *Waiter) Judge(item *Item) { w.reaches(item, Until{}) }

func (w *Waiter) reaches(item *Item, u Until) {
	if o := w.objects[item.Meta().UID()]; o != nil {
		o.reached = true
	}
	if w.single {
		w.last, w.reached, w.ended = item, u, true
	}
}

// take takes an event. It returns an item that is to be judged by the caller.
func (w *Waiter) take(ev Event) (*Item, error) {
	switch {
	case ev.Type == Sync:
		w.synced = true
		if w.single && len(w.objects) == 0 {
			return nil, w.absent()
		}
		return nil, nil
	case w.only != "" && ev.Item.Meta().UID() != w.only:
		return nil, nil
	case ev.Type == Deleted:
		delete(w.objects, ev.Item.Meta().UID())
		if w.single && !ev.Synthetic {
			w.last = ev.Item
		}
		if w.single {
			return nil, w.absent()
		}
		return nil, nil
	}
	o := &waited{item: ev.Item}
	w.objects[ev.Item.Meta().UID()] = o
	if w.single {
		w.last = ev.Item
	}
	for _, u := range w.until {
		if u.met != nil && u.met(ev.Item) {
			w.reaches(ev.Item, u)
			return nil, nil
		}
	}
	if row := readinessOf(ev.Item); row.failed != nil && w.hopes(row) && row.current(ev.Item) {
		o.failed = row.failed(ev.Item)
	}
	if len(w.until) > 0 {
		return nil, nil
	}
	return ev.Item, nil
}

// absent is what it means that the one object isn't there.
func (w *Waiter) absent() error {
	for _, u := range w.until {
		if u.gone {
			w.reached, w.ended = u, true
			return nil
		}
	}
	if w.only == "" {
		return nil
	}
	return &Error{Kind: LookupError, Reason: "NotFound", Message: fmt.Sprintf("wait for %s%s: it was deleted", w.what, w.aim())}
}

// hopes tells whether something is waited for that only a healthy object gets.
func (w *Waiter) hopes(row *readiness) bool {
	return slices.ContainsFunc(w.until, func(u Until) bool { return u.hope != nil && u.hope(row) })
}

// rest is called when there is nothing to take. It ends the wait, or returns
// when there may be something.
func (w *Waiter) rest(ctx context.Context) error {
	if w.synced {
		if w.ended = w.complete(); w.ended {
			return nil
		}
		if w.view.cluster.client.plan.waitsFulfilled() {
			return w.fulfil()
		}
		if err := w.hopeless(ctx); err != nil {
			return err
		}
	}
	var late <-chan time.Time
	if w.options.Timeout > 0 {
		limit := w.options.Timeout
		if !w.synced {
			limit = max(limit, firstLook)
		}
		left := time.Until(w.began.Add(limit))
		if left <= 0 {
			return w.timedOut()
		}
		timer := time.NewTimer(left)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case <-w.wake:
	case <-late:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	return nil
}

// fulfil ends the wait where a plan takes it as fulfilled: nothing that is
// planned comes true while it is made. An object that isn't there can't be
// handed out all the same.
func (w *Waiter) fulfil() error {
	if w.single && w.last == nil {
		err := Errorf(KubeError, "wait for %s%s: this can't be planned: it does not exist, and what is planned doesn't make it", w.what, w.aim())
		err.Reason = ReasonUnplannable
		return err
	}
	for _, o := range w.objects {
		o.reached = true
	}
	if w.ended = true; w.single && len(w.until) > 0 {
		w.reached = w.until[0]
	}
	return nil
}

// complete tells whether so many objects got there as have to.
func (w *Waiter) complete() bool {
	if w.single {
		return false // that is noticed at once
	}
	if len(w.until) == 1 && w.until[0].gone {
		return len(w.objects) == 0
	}
	reached := 0
	for _, o := range w.objects {
		if o.reached {
			reached++
		}
	}
	if w.options.Count > 0 {
		return reached >= w.options.Count
	}
	return reached > 0 && reached == len(w.objects)
}

// hopeless is the error where an object won't get there. With a Count others
// may do.
func (w *Waiter) hopeless(ctx context.Context) error {
	failed, worst := 0, &Error{}
	for _, o := range w.objects {
		row := readinessOf(o.item)
		if o.reached || !w.hopes(row) {
			continue
		}
		why := o.failed
		if row.newest != nil && why.text == "" {
			why = w.podsFail(ctx, row, o.item)
		}
		if why.text == "" {
			continue
		}
		failed++
		err := Errorf(StatusError, "wait for %s%s: %s (the option patient waits on all the same)", o.item, w.aim(), why.text)
		err.Reason = why.reason
		if worst.Message == "" || err.Message < worst.Message {
			worst = err
		}
	}
	if failed == 0 || w.options.Patient || w.options.Count > 0 && len(w.objects)-failed >= w.options.Count {
		return nil
	}
	return worst
}

// podsFail is why the pods of a workload's newest spec won't get ready.
func (w *Waiter) podsFail(ctx context.Context, row *readiness, item *Item) obstacle {
	if w.pods == nil {
		scope := &View{cluster: w.view.cluster, resource: builtin("pods"), namespace: item.Meta().Namespace()}
		if w.single {
			scope.selectors.Labels, _ = item.selector()
		} else {
			scope.namespace = w.view.namespace
		}
		w.pods = newPodWatch(ctx, scope, row.told, w.wake)
	}
	w.pods.update()
	if !row.current(item) {
		return obstacle{}
	}
	return w.pods.fails(ctx, row, item)
}

// aim says what is waited for: " to be ready".
func (w *Waiter) aim() string {
	var names []string
	for _, u := range w.until {
		switch {
		case u.text == "ready" || u.gone:
			names = append(names, "to be "+u.text)
		case u.text == "exists":
			names = append(names, "to exist")
		default:
			names = append(names, "to get "+u.text)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " " + strings.Join(names, " or ")
}

// timedOut is the error of a wait whose time is over: how things are.
func (w *Waiter) timedOut() error {
	limit := w.options.Timeout.String()
	if w.options.Timeout < time.Millisecond {
		limit = "0s" // who only looks
	}
	return Errorf(TimeoutError, "wait for %s%s: not within %s: %s", w.what, w.aim(), limit, w.how())
}

// how says how the objects are that haven't got there.
func (w *Waiter) how() string {
	switch {
	case !w.synced:
		return "the server has not told what there is"
	case len(w.objects) == 0 && w.single:
		return "it does not exist"
	case len(w.objects) == 0:
		return "there is none"
	case w.single:
		return w.howIs(w.last)
	}
	var lines []string
	reached := 0
	for _, o := range w.objects {
		if o.reached {
			reached++
			continue
		}
		lines = append(lines, o.item.Meta().Name()+": "+w.howIs(o.item))
	}
	slices.Sort(lines)
	if n := len(lines); n > maxListed {
		lines = append(lines[:maxListed], fmt.Sprintf("and %d more", n-maxListed))
	}
	if len(lines) == 0 {
		return fmt.Sprintf("%d of %d did", reached, w.options.Count)
	}
	return fmt.Sprintf("%d of %d did; %s", reached, max(len(w.objects), w.options.Count), strings.Join(lines, "; "))
}

// howIs says how far an object is.
func (w *Waiter) howIs(item *Item) string {
	var parts []string
	for _, u := range w.until {
		if u.state != nil {
			parts = append(parts, u.state(item))
		}
	}
	if len(parts) == 0 {
		parts = append(parts, "what was asked about it is not true")
	}
	if row := readinessOf(item); row.newest != nil && w.pods != nil {
		if t := w.pods.worst(item); t != "" {
			parts = append(parts, t)
		}
	}
	return strings.Join(parts, "; ")
}
