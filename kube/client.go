package kube

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"
)

// maxBody bounds one answer that is read into memory. The largest that an API
// server sends on purpose is a page of the biggest objects it stores.
const maxBody = 1 << 30

// refusalTime is how long the text of a refusal may take to arrive; it is cut
// short then.
const refusalTime = 10 * time.Second

// client sends requests to one API server.
type client struct {
	base    *url.URL // path ends in a slash
	http    *http.Client
	streams func() (*http.Client, error) // for connections that a stream takes over
	source  string                       // where the configuration comes from, for messages
	login   string                       // what logs in, for messages
	silence time.Duration
	reached atomic.Bool // whether the server ever answered
	life    *life
	plan    *Plan // nil for none
}

// request is one call to the API server.
type request struct {
	method      string
	path        string // escaped, below the base
	query       url.Values
	body        []byte
	contentType string // of the body
	accept      string // "" for JSON
	header      http.Header
	upgrade     string // the protocol to switch to, see upgrade; "" for none
	what        string // what is tried on what, for messages: "fetch pods web/a"
}

const (
	jsonType       = "application/json"
	mergeType      = "application/merge-patch+json"
	strategicType  = "application/strategic-merge-patch+json"
	jsonPatchType  = "application/json-patch+json"
	applyPatchType = "application/apply-patch+yaml"
)

// url resolves an escaped path below the base.
func (c *client) url(path string) (*url.URL, error) {
	ref, err := url.Parse(strings.TrimPrefix(path, "/"))
	if err != nil || ref.Host != "" || ref.Scheme != "" {
		return nil, Errorf(ValueError, "%q is not a path on the API server", path)
	}
	u := *c.base
	u.Path += ref.Path
	u.RawPath = c.base.EscapedPath() + ref.EscapedPath()
	u.RawQuery = ref.RawQuery
	return &u, nil
}

// send makes the call and returns its answer with a 2xx status, or 101 where the
// request asks for it; the caller closes the body. Everything else is an Error, or the cause of the context's
// end.
func (c *client) send(ctx context.Context, r request) (*http.Response, error) {
	end, err := c.life.call()
	if err != nil {
		return nil, Errorf(KubeError, "%s: %w", r.what, err)
	}
	resp, err := c.answer(ctx, r)
	if err != nil {
		end()
		return nil, err
	}
	resp.Body = whenClosed(resp.Body, end)
	return resp, nil
}

func (c *client) answer(ctx context.Context, r request) (*http.Response, error) {
	u, err := c.url(r.path)
	if err != nil {
		return nil, err
	}
	if len(r.query) > 0 {
		if u.RawQuery != "" {
			u.RawQuery += "&"
		}
		u.RawQuery += r.query.Encode()
	}
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	access := ParseRequest(r.method, u, c.base.Path)
	req, err := http.NewRequestWithContext(context.WithValue(ctx, accessKey{}, access), r.method, u.String(), body)
	if err != nil {
		return nil, Errorf(ValueError, "%s: %w", r.what, err)
	}
	req.Header.Set("Accept", jsonType)
	if r.accept != "" {
		req.Header.Set("Accept", r.accept)
	}
	if r.contentType != "" {
		req.Header.Set("Content-Type", r.contentType)
	}
	for name, values := range r.header {
		req.Header[http.CanonicalHeaderKey(name)] = values
	}
	sender := c.http
	if r.upgrade != "" {
		req.Header.Set("Connection", "Upgrade")
		req.Header.Set("Upgrade", r.upgrade)
		if sender, err = c.streams(); err != nil {
			return nil, Errorf(ValueError, "%s: %s can't be used: %s", r.what, c.source, oneLine(err))
		}
	}
	resp, err := sender.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, c.unreachable(r, err)
	}
	c.reached.Store(true)
	if r.upgrade != "" && resp.StatusCode == http.StatusSwitchingProtocols {
		return resp, nil
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		defer time.AfterFunc(refusalTime, func() { resp.Body.Close() }).Stop()
		return nil, c.refused(r, req, resp)
	}
	return resp, nil
}

// call is send that reads the whole answer.
func (c *client) call(ctx context.Context, r request) ([]byte, error) {
	resp, err := c.send(ctx, r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return c.body(ctx, resp, r)
}

// body reads the whole of an answer.
func (c *client) body(ctx context.Context, resp *http.Response, r request) ([]byte, error) {
	var b bytes.Buffer
	if resp.ContentLength > 0 && resp.ContentLength < maxBody {
		b.Grow(int(resp.ContentLength) + bytes.MinRead)
	}
	if err := readBody(&b, resp.Body); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, c.unreachable(r, err)
	}
	return b.Bytes(), nil
}

// readBody reads the rest of a body into b, as far as maxBody.
func readBody(b *bytes.Buffer, body io.Reader) error {
	n, err := b.ReadFrom(io.LimitReader(body, maxBody+1))
	if err == nil && n > maxBody {
		return Errorf(APIError, "the answer is larger than %d MiB", maxBody>>20)
	}
	return err
}

// object makes the call and returns the JSON value of its answer.
func (c *client) object(ctx context.Context, r request) (Value, error) {
	body, err := c.call(ctx, r)
	if err != nil {
		return Value{}, err
	}
	v, err := NewValue(body)
	if err != nil {
		return Value{}, Errorf(APIError, "%s: the answer of %s is not JSON (is it an API server?)", r.what, c.base.Host)
	}
	return v, nil
}
