package kube

import (
	"context"
	"io"
	"runtime"
)

// Iterator reads the objects of a view one after another. While the caller
// works on one page, the next is on its way, never more. A page that a passing
// problem of the server or the network has spoiled is asked for again, a few
// times. It is for one goroutine at a time. Close releases it; one that is
// dropped without Close releases itself when it is collected.
type Iterator struct {
	view  *View
	pages pager
	stop  runtime.Cleanup

	// Of a cached view: what is still to come, or why it doesn't answer.
	items []*Item
	err   error
}

// Iterate begins an iteration over the view's objects and sends the first
// request. The context bounds the whole iteration. That of a cached view goes
// over what there is at its beginning.
func (v *View) Iterate(ctx context.Context) *Iterator {
	if v.cache != nil {
		items, err := v.cache.store.list(v)
		return &Iterator{view: v, items: items, err: err}
	}
	return v.iterate(ctx, "")
}

// iterate is Iterate that asks for the objects in the given form.
func (v *View) iterate(ctx context.Context, accept string) *Iterator {
	return v.iterateOver(ctx, v.list(accept))
}

// iterateOver is Iterate that says how the view is listed.
func (v *View) iterateOver(ctx context.Context, l collection) *Iterator {
	it := &Iterator{view: v, pages: newPager(ctx, l)}
	it.stop = runtime.AddCleanup(it, func(cancel context.CancelFunc) { cancel() }, it.pages.cancel)
	it.pages.begin()
	return it
}

// list says how the view is listed.
func (v *View) list(accept string) collection {
	return collection{
		client: v.cluster.client,
		path:   v.resource.path(v.namespace, ""),
		query:  v.query(),
		accept: accept,
		what:   "list " + v.String(),
	}
}

// Close ends the iteration and what it has under way. Closing twice is
// harmless.
func (it *Iterator) Close() {
	if it.view.cache != nil {
		it.items, it.err = nil, io.EOF
		return
	}
	it.stop.Stop()
	it.pages.cancel()
}

// Ready tells whether Next will return without waiting.
func (it *Iterator) Ready() bool { return it.view.cache != nil || it.pages.ready() }

// Next returns the next object, and io.EOF after the last one. An error that it
// has returned it returns again, but for the end of the context given to it.
func (it *Iterator) Next(ctx context.Context) (*Item, error) {
	if it.view.cache != nil {
		return it.remembered()
	}
	object, err := it.bytes(ctx)
	if err != nil {
		return nil, err
	}
	return newItem(it.view.cluster, it.view.resource, object), nil
}

// bytes is the text of the next object, which is valid until the next call.
func (it *Iterator) bytes(ctx context.Context) ([]byte, error) {
	defer runtime.KeepAlive(it)
	object, err := it.pages.next(ctx)
	if err != nil && len(it.pages.spans) == 0 {
		if now := it.view.renewed(ctx, err); now != nil {
			it.view = now
			it.pages.restart(now.list(it.pages.from.accept))
			return it.pages.next(ctx)
		}
	}
	return object, err
}

// remembered is Next of a cached view.
func (it *Iterator) remembered() (*Item, error) {
	if it.err != nil {
		return nil, it.err
	}
	if len(it.items) == 0 {
		return nil, io.EOF
	}
	item := it.items[0]
	it.items = it.items[1:]
	return item, nil
}
