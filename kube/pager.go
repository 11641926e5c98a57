package kube

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

const (
	// pageLimit is the number of objects asked for at a time, as in client-go's
	// pager.
	pageLimit = 500
	// pageBytes is the size of a page above which the next is asked for with
	// fewer objects, so that memory stays flat where objects are big.
	pageBytes = 8 << 20
	// A page that fails is asked for again so often, and so long after it has
	// failed first.
	pageTries = 5
	pageTime  = 30 * time.Second
)

// collection says how a collection is listed.
type collection struct {
	client *client
	path   string
	query  url.Values // selectors
	accept string     // "" for whole objects
	limit  int        // of a page, if less than pageLimit is wanted; else 0
	what   string
}

// request asks for the page at token, or for the first one. Without a resource
// version it is a read of what the quorum of the server's store has (API
// concepts, "Semantics for get and list").
func (l collection) request(limit int, token string) request {
	q := maps.Clone(l.query)
	if q == nil {
		q = url.Values{}
	}
	q.Set("limit", strconv.Itoa(limit))
	if token != "" {
		q.Set("continue", token)
	}
	return request{method: http.MethodGet, path: l.path, query: q, accept: l.accept, what: l.what}
}

// pager reads the objects of a collection, page by page. It is for one
// goroutine at a time.
type pager struct {
	ctx    context.Context // bounds the requests made ahead
	cancel context.CancelFunc
	from   collection
	page   *page // what is being yielded
	ahead  *fetch
	beyond *fetch        // the page after ahead; only while the caller waits for ahead
	free   *bytes.Buffer // of the last page, to be used again
	last   string        // key of the last object yielded, kept at each page's end
	skip   bool          // the list was restarted: leave out what stands up to last
	limit  int
	spans  []span // which version what was read is from
	failed retry  // the page ahead, so far
	stays  bool   // a page is asked for again until it comes, as a watch does
	err    error  // what ended it
}

// span is a part of a list that is from one version. A list has one span, and
// another each time its continue token has expired.
type span struct {
	after   string // it begins after this key
	version string
}

// newPager makes a pager that has asked for nothing yet.
func newPager(ctx context.Context, l collection) pager {
	ctx, cancel := context.WithCancel(ctx)
	return pager{ctx: ctx, cancel: cancel, from: l, limit: min(cmp.Or(l.limit, pageLimit), pageLimit)}
}

// begin asks for the first page.
func (p *pager) begin() { p.ahead = p.fetch("", 0) }

// restart begins anew with another collection, where nothing was read yet.
func (p *pager) restart(from collection) {
	p.from, p.failed, p.err = from, retry{}, nil
	p.begin()
}

// ready tells whether next will return without waiting.
func (p *pager) ready() bool { return p.page != nil && p.page.more() && !p.skip }

// next returns the next object, which is valid until the next call, and io.EOF
// after the last one.
func (p *pager) next(ctx context.Context) ([]byte, error) {
	for {
		if p.err != nil {
			return nil, p.err
		}
		if p.page == nil {
			if err := p.turn(ctx); err != nil {
				return nil, err
			}
		}
		object, err := p.page.next()
		if err != nil {
			return nil, Errorf(APIError, "%s: %w", p.from.what, err)
		}
		if object == nil {
			if p.page.token == "" {
				return nil, io.EOF
			}
			p.leave()
			continue
		}
		if p.skip {
			if key(object) <= p.last {
				continue
			}
			p.skip = false
		}
		return object, nil
	}
}

// leave drops the page that was yielded to its end.
func (p *pager) leave() {
	if p.page.final != nil && !p.skip {
		p.last = key(p.page.final)
	}
	p.free, p.page = p.page.body, nil
}

// turn waits for the page ahead and makes it the current one. As soon as a
// page has told its continue token, which stands before its objects, the page
// after it is asked for, so that the server works while the rest is read.
func (p *pager) turn(ctx context.Context) error {
	for {
		select {
		case token := <-p.ahead.token:
			p.beyond = p.fetch(token, 0)
		case got := <-p.ahead.done:
			if got.err == nil {
				p.turned(got.page)
				return nil
			}
			if !p.again(got.err) {
				p.err = got.err
				return p.err
			}
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

func (p *pager) turned(got *page) {
	p.page = got
	if size, n := got.body.Len(), p.limit; size > pageBytes {
		p.limit = max(n*pageBytes/size, 10)
	}
	if len(p.spans) == 0 || p.spans[len(p.spans)-1].version != got.version {
		p.spans = append(p.spans, span{p.last, got.version})
	}
	p.failed = retry{}
	p.ahead, p.beyond = p.beyond, nil
	if p.ahead == nil && got.token != "" {
		p.ahead = p.fetch(got.token, 0)
	}
}

// again asks for the page ahead once more where that may help: after a problem
// that passes, and after a continue token that the server no longer honours
// (410; API concepts, "Retrieving large results sets in chunks"): then with
// the token that the answer offers, which continues at a newer version, else
// from the start, leaving out what was yielded.
func (p *pager) again(err error) bool {
	token, pause := p.ahead.from, time.Duration(0)
	var e *Error
	switch {
	case gone(err) && errors.As(err, &e) && e.Response != nil && p.failed.count < pageTries:
		if p.failed.count > 0 {
			pause = p.failed.pause()
		} else {
			p.failed.count++
		}
		token = trusted([]byte(e.Response.Text)).At("metadata", "continue").String()
		if token == "" {
			p.skip = p.last != ""
		}
	case p.failed.worth(p.from.client, err, p.stays):
		pause = p.failed.pause()
	default:
		return false
	}
	// What was asked for beyond may not follow on the new answer.
	if p.beyond != nil {
		p.beyond.cancel()
		p.beyond = nil
	}
	p.free = p.ahead.body
	p.ahead = p.fetch(token, pause)
	return true
}

// retry counts how often one thing was tried.
type retry struct {
	count int
	first time.Time
}

// worth tells whether a call that failed is worth another try: the problem
// passes, it isn't just that nobody was ever there, and it wasn't tried often
// enough. Where the server said when to come back, that was obeyed already, see
// [obeyRetryAfter].
func (r *retry) worth(c *client, err error, stays bool) bool {
	if r.count == 0 {
		r.first = time.Now()
	}
	if !passing(err) || !c.reached.Load() {
		return false
	}
	return stays || askedBack(err) == 0 && r.count < pageTries && time.Since(r.first) < pageTime
}

// pause is how long to wait before the next try.
func (r *retry) pause() time.Duration {
	r.count++
	return jitter(min(200*time.Millisecond<<min(r.count-1, 10), lastPause))
}

// fetch is a page on its way.
type fetch struct {
	from   string // the continue token that asked for it
	body   *bytes.Buffer
	cancel context.CancelFunc
	token  chan string      // tells the next continue token early, where there is one
	done   chan fetchedPage // then the page
}

type fetchedPage struct {
	page *page
	err  error
}

// fetch asks for the page at token, after a pause.
func (p *pager) fetch(token string, pause time.Duration) *fetch {
	body := p.free
	if p.free = nil; body == nil {
		body = new(bytes.Buffer)
	}
	body.Reset()
	c, req := p.from.client, p.from.request(p.limit, token)
	ctx, cancel := context.WithCancel(p.ctx)
	ctx, done := c.life.begin(ctx)
	f := &fetch{token, body, cancel, make(chan string, 1), make(chan fetchedPage, 1)}
	// The goroutine ends with the request, which the pager's context bounds,
	// and must not hold what holds the pager.
	go func() {
		defer done()
		defer cancel()
		err := Sleep(ctx, pause)
		var got *page
		if err == nil {
			got, err = readPage(ctx, c, req, body, f.token)
		}
		f.done <- fetchedPage{got, err}
	}()
	return f
}
