package kube

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strconv"
)

const (
	// pageLimit is the number of objects asked for at a time, as in client-go's
	// pager.
	pageLimit = 500
	// pageBytes is the size of a page above which the next is asked for with
	// fewer objects, so that memory stays flat where objects are big.
	pageBytes = 8 << 20
)

// Iterator reads the objects of a view one after another. While the caller
// works on one page, the next is on its way, never more. It is for one
// goroutine at a time. Close releases it; one that is dropped without Close
// releases itself when it is collected.
type Iterator struct {
	ctx    context.Context // bounds the requests made ahead
	cancel context.CancelFunc
	view   *View
	page   *page // what is being yielded
	ahead  *fetch
	beyond *fetch        // the page after ahead; only while the caller waits for ahead
	free   *bytes.Buffer // of the last page, to be used again
	last   string        // key of the last object yielded, kept at each page's end
	skip   bool          // the list was restarted: leave out what stands up to last
	limit  int
	err    error // what ended the iteration
	stop   runtime.Cleanup
}

// Iterate begins an iteration over the view's objects and sends the first
// request. The context bounds the whole iteration.
func (v *View) Iterate(ctx context.Context) *Iterator {
	ctx, cancel := context.WithCancel(ctx)
	it := &Iterator{ctx: ctx, cancel: cancel, view: v, limit: pageLimit}
	it.stop = runtime.AddCleanup(it, func(cancel context.CancelFunc) { cancel() }, cancel)
	it.ahead = it.fetch("")
	return it
}

// Close ends the iteration and what it has under way.
func (it *Iterator) Close() {
	it.stop.Stop()
	it.cancel()
}

// Ready tells whether Next will return without waiting.
func (it *Iterator) Ready() bool { return it.page != nil && it.page.more() && !it.skip }

// Next returns the next object, and io.EOF after the last one. An error that it
// has returned it returns again, but for the end of the context given to it.
func (it *Iterator) Next(ctx context.Context) (*Item, error) {
	for {
		if it.err != nil {
			return nil, it.err
		}
		if it.page == nil {
			if err := it.turn(ctx); err != nil {
				return nil, err
			}
		}
		object, err := it.page.next()
		if err != nil {
			return nil, Errorf(APIError, "list %s: %w", it.view, err)
		}
		if object == nil {
			if it.page.token == "" {
				return nil, io.EOF
			}
			it.leave()
			continue
		}
		if it.skip {
			if key(object) <= it.last {
				continue
			}
			it.skip = false
		}
		return newItem(it.view.cluster, it.view.resource, object), nil
	}
}

// leave drops the page that was yielded to its end.
func (it *Iterator) leave() {
	if it.page.final != nil && !it.skip {
		it.last = key(it.page.final)
	}
	it.free, it.page = it.page.body, nil
}

// turn waits for the page ahead and makes it the current one. As soon as a
// page has told its continue token, which stands before its objects, the page
// after it is asked for, so that the server works while the rest is read.
func (it *Iterator) turn(ctx context.Context) error {
	for {
		select {
		case token := <-it.ahead.token:
			it.beyond = it.fetch(token)
		case got := <-it.ahead.done:
			if got.err != nil {
				if !it.expired(got.err) {
					it.err = got.err
					return it.err
				}
				continue
			}
			return it.turned(got.page)
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (it *Iterator) turned(p *page) error {
	it.page = p
	if size, n := p.body.Len(), it.limit; size > pageBytes {
		it.limit = max(n*pageBytes/size, 10)
	}
	it.ahead, it.beyond = it.beyond, nil
	if it.ahead == nil && p.token != "" {
		it.ahead = it.fetch(p.token)
	}
	return nil
}

// expired goes on after a continue token that the server no longer honours
// (410; API concepts, "Retrieving large results sets in chunks"): with the
// token that the answer offers, which continues at a newer version, else from
// the start, leaving out what was yielded.
func (it *Iterator) expired(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.StatusCode != http.StatusGone {
		return false
	}
	token := trusted([]byte(e.Response.Text)).At("metadata", "continue").String()
	if token == "" {
		it.skip = it.last != ""
	}
	it.ahead = it.fetch(token)
	return true
}

// key is what the server orders objects by within a resource.
func key(object []byte) string {
	meta := trusted(object).Get("metadata")
	return meta.Get("namespace").String() + "/" + meta.Get("name").String()
}

// fetch is a page on its way.
type fetch struct {
	token chan string      // tells the continue token early, where there is one
	done  chan fetchedPage // then the page
}

type fetchedPage struct {
	page *page
	err  error
}

// fetch asks for the page at token.
func (it *Iterator) fetch(token string) *fetch {
	body := it.free
	if it.free = nil; body == nil {
		body = new(bytes.Buffer)
	}
	body.Reset()
	req := it.view.listRequest(it.limit, token)
	f := &fetch{make(chan string, 1), make(chan fetchedPage, 1)}
	// The goroutine ends with the request, which the iterator's context bounds,
	// and must not hold the iterator itself.
	go func(ctx context.Context, c *client) {
		p, err := readPage(ctx, c, req, body, f.token)
		f.done <- fetchedPage{p, err}
	}(it.ctx, it.view.cluster.client)
	return f
}

// listRequest asks for the page at token, or for the first one.
func (v *View) listRequest(limit int, token string) request {
	q := v.query()
	q.Set("limit", strconv.Itoa(limit))
	if token != "" {
		q.Set("continue", token)
	}
	return request{method: http.MethodGet, path: v.resource.path(v.namespace, ""), query: q, what: "list " + v.String()}
}
