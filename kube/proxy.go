package kube

import (
	"bytes"
	"context"
	"net/http"
	"net/url"
	"strings"
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

// Close releases the connections, also those of the cluster that the proxy is
// of.
func (p *Proxy) Close() { p.client.close() }

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
// text; an empty answer is an absent Value.
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

// RawWatcher delivers the events of one path. It resumes a connection that the
// server ends from the last version seen; a version that is no longer kept
// (410) ends it with that error, since a path can't be listed in general.
type RawWatcher = Events[RawEvent]

// Watch watches a collection from a resource version on, "" for what the
// server takes as now. Only objects whose fields, given as dotted paths, have
// the given values are delivered; that is decided here, not by the server.
func (p *Proxy) Watch(ctx context.Context, path []string, version string, fields map[string]string) (*RawWatcher, error) {
	joined, err := joinPath(path)
	if err != nil {
		return nil, err
	}
	if err := checkVersion(version); err != nil {
		return nil, err
	}
	f := feed{client: p.client, path: joined, version: version, what: "watch /" + joined}
	return startEvents(ctx, func(ctx context.Context, send func(RawEvent) error) error {
		return f.run(ctx, func(evtype string, object []byte) error {
			if v := trusted(object); matches(v, fields) {
				return send(RawEvent{evtype, trusted(bytes.Clone(object))})
			}
			return nil
		})
	}), nil
}

func matches(v Value, fields map[string]string) bool {
	for path, want := range fields {
		if v.At(strings.Split(path, ".")...).String() != want {
			return false
		}
	}
	return true
}
