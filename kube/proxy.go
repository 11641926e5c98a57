package kube

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"

	selector "k8s.io/apimachinery/pkg/fields"
)

// Proxy gives low-level access to the API server: paths, JSON in and out. Its
// requests pass through the same links as all others. It is safe for
// concurrent use.
//
// A path is given in parts, which are joined by slashes; only the first may
// have slashes itself ("api/v1", "namespaces", "default"). One part alone is a
// whole path, absolute or not, and may have a query ("/api/v1/pods?limit=1"),
// as in an object's link.
type Proxy struct{ client *client }

// NewProxy connects a proxy of its own, see [Connect].
func NewProxy(options Options) (*Proxy, error) {
	c, err := Connect(options)
	if err != nil {
		return nil, err
	}
	return c.Proxy(), nil
}

// Close closes the proxy and the cluster that it is of, see [Cluster.Close].
func (p *Proxy) Close() { p.client.life.close() }

// URLJoin forms the absolute URL of a path.
func (p *Proxy) URLJoin(path ...string) (string, error) {
	joined, err := joinPath(path)
	if err != nil {
		return "", err
	}
	u, err := p.client.url(joined)
	if err != nil {
		return "", err
	}
	return u.Redacted(), nil
}

// joinPath joins and escapes the parts of a path.
func joinPath(path []string) (string, error) {
	if len(path) == 0 {
		return "", Errorf(ValueError, `a path is missing (like "api/v1", "namespaces", "default")`)
	}
	// A name that was lost must not leave the path of the whole collection.
	if len(path[0]) > 1 && strings.HasSuffix(path[0], "/") || strings.Contains(path[0], "#") {
		return "", Errorf(ValueError, "%q is not a path (no slash at its end, no #)", path[0])
	}
	joined := strings.Trim(path[0], "/")
	for _, part := range path[1:] {
		if part == "" || strings.Contains(part, "/") {
			return "", Errorf(ValueError, "%q can't be a part of a path (only the first part may have slashes)", part)
		}
		joined += "/" + url.PathEscape(part)
	}
	bare, _, _ := strings.Cut(joined, "?")
	for _, part := range strings.Split(bare, "/") {
		if plain, err := url.PathUnescape(part); err != nil || plain == "." || plain == ".." || strings.Contains(plain, "/") {
			return "", Errorf(ValueError, "%q can't be a part of a path", part)
		}
	}
	if len(path) > 1 && bare != joined {
		return "", Errorf(ValueError, "a path in parts takes no query (give it as parameters)")
	}
	return joined, nil
}

// Call describes one call of a Proxy.
type Call struct {
	Method    string     // GET, POST, PUT, PATCH or DELETE
	Path      []string   // see Proxy
	Params    url.Values // query parameters
	Body      []byte     // JSON; nil for none
	PatchType string     // for PATCH: strategic (the default), merge, json or apply
}

// Do makes the call. Any 2xx is success. The answer is a JSON value, or where
// it isn't JSON (logs, health checks) a Value of type String that holds its
// text; an empty answer is an absent Value. A path that watches is a ValueError, see
// [Proxy.Watch]: what comes is no answer, and not known for what it is, such as
// Secrets.
func (p *Proxy) Do(ctx context.Context, call Call) (Value, error) {
	path, err := joinPath(call.Path)
	if err != nil {
		return Value{}, err
	}
	r := request{
		method: call.Method,
		path:   path,
		query:  call.Params,
		body:   call.Body,
		accept: jsonType + ",*/*;q=0.5",
		what:   strings.ToLower(call.Method) + " /" + path,
	}
	if u, err := p.client.url(path); err == nil {
		u.RawQuery += "&" + call.Params.Encode()
		if a := ParseRequest(call.Method, u, p.client.base.Path); a.Verb == "watch" {
			return Value{}, Errorf(ValueError, "%s: this is a watch, which has no answer (use watch)", r.what)
		}
	}
	if call.Body != nil {
		r.contentType = jsonType
	}
	if call.Method == http.MethodPatch {
		kind := call.PatchType
		if kind == "" {
			kind = "strategic"
		}
		if r.contentType = patchTypes[kind]; r.contentType == "" {
			return Value{}, unknown("patch type", kind, keys(patchTypes))
		}
	}
	body, err := p.client.call(ctx, r)
	if err != nil {
		return Value{}, err
	}
	if v, err := NewValue(body); err == nil || len(body) == 0 {
		return v, nil
	}
	return textValue(string(body)), nil
}

// RawEvent is an event of a Proxy's watch.
type RawEvent struct {
	Type   string
	Object Value
}

// RawWatcher delivers the events of one path as the server sends them. It
// resumes a connection that the server ends, or that breaks, from the last
// version seen. A version that is no longer kept (410) ends it with that error:
// what was missed can be known only from what was delivered, which it doesn't
// remember (a view's [Watcher] does).
type RawWatcher = Events[RawEvent]

// Watch watches a collection, or one object by its path, from a resource
// version on. With version "" what exists comes first, as ADDED. Only objects
// whose fields, given as dotted paths, have the given values are delivered;
// that is decided here, not by the server. Watch sends nothing by itself: what
// the server refuses, the watcher returns. The context bounds the watcher's
// life; the caller closes it.
func (p *Proxy) Watch(ctx context.Context, path []string, version string, fields map[string]string) (*RawWatcher, error) {
	joined, err := joinPath(path)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(version); err != nil {
		return nil, err
	}
	f := &feed{client: p.client, path: joined, version: version, what: "watch /" + joined}
	// Servers watch collections only. One object is what its name selects.
	if u, err := p.client.url(joined); err == nil && u.RawQuery == "" {
		if a := ParseRequest(http.MethodGet, u, p.client.base.Path); a.Name != "" && a.Subresource == "" {
			f.path = joined[:strings.LastIndexByte(joined, '/')]
			f.query = url.Values{"fieldSelector": {"metadata.name=" + selector.EscapeValue(a.Name)}}
		}
	}
	return startEvents(ctx, p.client, func(ctx context.Context, send func(RawEvent) error) error {
		emit := func(evtype string, object []byte) error {
			if v := trusted(object); matches(v, fields) {
				return send(RawEvent{evtype, trusted(bytes.Clone(object))})
			}
			return nil
		}
		if f.version == "" {
			if err := p.watchFirst(ctx, f, emit); err != nil {
				return err
			}
		}
		return f.run(ctx, emit)
	}), nil
}

// watchFirst delivers what exists and fixes the version to go on from. The
// server could do both ("Get State and Start at Most Recent"), but a connection
// that breaks before it has sent everything has no version to go on from.
func (p *Proxy) watchFirst(ctx context.Context, f *feed, emit func(string, []byte) error) error {
	pages := newPager(ctx, collection{client: p.client, path: f.path, query: f.query, what: f.what})
	pages.stays = true
	defer pages.cancel()
	pages.begin()
	for {
		object, err := pages.next(ctx)
		if err == io.EOF {
			f.version = pages.spans[0].version
			return nil
		}
		if err == nil {
			err = emit(Added, pages.page.whole(object))
		}
		if err != nil {
			return err
		}
	}
}

// run hands on every event until the context ends, emit returns an error, or
// one comes that retrying can't cure.
func (f *feed) run(ctx context.Context, emit func(string, []byte) error) error {
	var pauses backoff
	refused := 0
	for {
		lines := f.lines
		err := f.connection(ctx, emit)
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		switch {
		case f.accepted && refuses(err) && refused < refusedTries:
			refused++
		case err != nil && (!passing(err) || !f.client.reached.Load()):
			return err
		}
		lasted := f.lasted(pauses.pause)
		if f.lines > lines || lasted {
			pauses.reset()
			refused = 0
		}
		if lasted && err == nil {
			continue
		}
		if err := Sleep(ctx, pauses.next(err)); err != nil {
			return err
		}
	}
}

func matches(v Value, fields map[string]string) bool {
	for path, want := range fields {
		if v.At(strings.Split(path, ".")...).String() != want {
			return false
		}
	}
	return true
}
