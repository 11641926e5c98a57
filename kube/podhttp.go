package kube

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// HTTPCall describes a request to what listens in a pod, or behind a service.
type HTTPCall struct {
	Method string
	Path   string // "/healthz"; may have a query
	Params url.Values
	Header http.Header // goes through the API server, see HTTP
	Body   []byte      // nil for none
	Port   string      // a number, or the name of a service's port; empty for the first that is declared
	HTTPS  bool        // whether it speaks TLS; the server doesn't check its certificate
}

// HTTP makes a request to a port of the pod or service through the API server,
// whose proxy it goes by. The answer is returned whatever its status; only the
// first 64 KiB of one that isn't 2xx. What the API server itself refuses, or
// can't reach, is an APIError. Redirects aren't followed, and Retry-After is the
// caller's to obey.
//
// Headers that the API server itself acts on, instead of what listens, are a
// ValueError: Authorization, Impersonate-User and its like, Connection, Upgrade,
// Host.
func (i *Item) HTTP(ctx context.Context, call HTTPCall) (*Response, error) {
	if i.resource.Group != "" || i.resource.Kind != "Pod" && i.resource.Kind != "Service" {
		return nil, Errorf(ValueError, "http: %s is neither a pod nor a service", i)
	}
	if err := i.addressable(); err != nil {
		return nil, err
	}
	what := fmt.Sprintf("%s %s of %s", strings.ToUpper(call.Method), call.Path, i)
	ref, err := url.Parse(call.Path)
	if err != nil || ref.Host != "" || ref.Scheme != "" || !strings.HasPrefix(call.Path, "/") {
		return nil, Errorf(ValueError, `%s: the path begins with a slash ("/healthz")`, what)
	}
	for part := range strings.SplitSeq(ref.Path, "/") {
		if part == "." || part == ".." {
			return nil, Errorf(ValueError, "%s: %q can't be a part of a path", what, part)
		}
	}
	for header := range call.Header {
		if forServer(header) {
			return nil, Errorf(ValueError, "%s: the header %s is the API server's, it can't be sent through it", what, header)
		}
	}
	port := call.Port
	if port == "" {
		if port = i.firstPort(); port == "" {
			return nil, Errorf(ValueError, "%s: it declares no port, name one (port=)", what)
		}
	}
	if strings.ContainsAny(port, "/:?#") {
		return nil, Errorf(ValueError, "%s: %q is not a port", what, port)
	}
	name := i.Meta().Name() + ":" + port
	if call.HTTPS {
		name = "https:" + name
	}
	query := ref.Query()
	for key, values := range call.Params {
		query[key] = append(query[key], values...)
	}
	c := i.cluster.client
	resp, err := c.send(withOwnRetries(ctx), request{
		method: strings.ToUpper(call.Method),
		path:   i.resource.path(i.Meta().Namespace(), name) + "/proxy" + ref.EscapedPath(),
		query:  query,
		accept: "*/*",
		header: call.Header,
		body:   call.Body,
		what:   what,
	})
	var e *Error
	if errors.As(err, &e) && e.Response != nil && e.Response.status().Type() != Object {
		return e.Response, nil
	}
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	text, err := c.body(ctx, resp, request{what: what})
	if err != nil {
		return nil, err
	}
	return &Response{resp.StatusCode, resp.Header, string(text)}, nil
}

// forServer tells whether a request's header is one that the API server acts on.
func forServer(header string) bool {
	header = http.CanonicalHeaderKey(header)
	return strings.HasPrefix(header, "Impersonate-") || slices.Contains([]string{"Authorization", "Connection", "Upgrade", "Host"}, header)
}

// status is the Status object that the API server refuses with, absent where the
// answer is somebody else's.
func (r *Response) status() Value {
	v, err := NewValue([]byte(r.Text))
	if err != nil || v.Get("kind").String() != "Status" || v.Get("apiVersion").String() != "v1" {
		return Value{}
	}
	return v
}

// firstPort is the first port that a pod or service declares, "" for none.
func (i *Item) firstPort() string {
	for p := range i.Spec().Get("ports").Elements() {
		if n, ok := p.Get("port").Int(); ok {
			return strconv.FormatInt(n, 10)
		}
	}
	for c := range i.Spec().Get("containers").Elements() {
		for p := range c.Get("ports").Elements() {
			if n, ok := p.Get("containerPort").Int(); ok {
				return strconv.FormatInt(n, 10)
			}
		}
	}
	return ""
}
