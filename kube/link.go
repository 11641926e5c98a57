package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"
)

// Link is one decorator around the transport. Every request of a cluster, the
// low-level proxy's included, passes through all links of the chain, so that a
// rule which is a link can't be got round. A link must obey the contract of
// [http.RoundTripper].
type Link func(next http.RoundTripper) http.RoundTripper

// roundTrip makes a RoundTripper of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// chain puts the links around rt, the first one outermost.
func chain(rt http.RoundTripper, links ...Link) http.RoundTripper {
	for i := len(links) - 1; i >= 0; i-- {
		rt = links[i](rt)
	}
	return rt
}

// userAgent names the program to the server, whose field manager defaults to
// the part before the slash.
func userAgent(name string) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.Header.Set("User-Agent", name)
			return next.RoundTrip(r)
		})
	}
}

// again makes the request once more from its start; nil where its body can't
// be sent twice.
func again(r *http.Request) *http.Request {
	clone := r.Clone(r.Context())
	if r.Body == nil || r.Body == http.NoBody {
		return clone
	}
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	clone.Body = body
	return clone
}

// discard reads a body to its end, within reason, so that the connection can
// serve another request.
func discard(body io.ReadCloser) {
	_, _ = io.CopyN(io.Discard, body, 64<<10)
	body.Close()
}

// relogin repeats a request that was answered 401 once. Credential plugins and
// token files renew what they give when they see a 401, so that the second try
// carries a fresh login; the server has done nothing for the first.
func relogin(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		resp, err := next.RoundTrip(r)
		if err != nil || resp.StatusCode != http.StatusUnauthorized {
			return resp, err
		}
		if retry := again(r); retry != nil {
			discard(resp.Body)
			return next.RoundTrip(retry)
		}
		return resp, nil
	})
}

// The limits of obeyRetryAfter: how often a request is repeated, and the
// longest pause that is waited out.
const (
	maxRetries    = 10
	maxRetryAfter = time.Minute
)

// obeyRetryAfter waits and repeats a request that the server turned away with
// 429, or a read with a 5xx, where it says when to come back (RFC 9110,
// section 10.2.3). A server that answers 429 has not acted on the request (API
// Priority and Fairness), so every verb may be repeated.
func obeyRetryAfter(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		for try := 0; ; try++ {
			resp, err := next.RoundTrip(r)
			if err != nil || try == maxRetries {
				return resp, err
			}
			pause, ok := retryAfter(r, resp)
			if !ok {
				return resp, nil
			}
			retry := again(r)
			if retry == nil {
				return resp, nil
			}
			discard(resp.Body)
			if err := sleep(r.Context(), pause); err != nil {
				return nil, err
			}
			r = retry
		}
	})
}

func retryAfter(r *http.Request, resp *http.Response) (time.Duration, bool) {
	turnedAway := resp.StatusCode == http.StatusTooManyRequests
	failedRead := resp.StatusCode >= 500 && r.Method == http.MethodGet
	seconds, err := strconv.Atoi(resp.Header.Get("Retry-After"))
	if !turnedAway && !failedRead || err != nil || seconds < 0 {
		return 0, false
	}
	return min(time.Duration(seconds)*time.Second, maxRetryAfter), true
}

// sleep waits for d or until the context ends, whose cause it returns.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// errNoAnswer is the cause of a request that got no answer in time.
var errNoAnswer = errors.New("the server accepted the request but did not answer")

// answerWithin gives up on a server that doesn't begin to answer in time. It
// does not limit how long the body takes: watches and logs run for hours.
func answerWithin(limit time.Duration) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancelCause(r.Context())
			timer := time.AfterFunc(limit, func() { cancel(errNoAnswer) })
			resp, err := next.RoundTrip(r.WithContext(ctx))
			if !timer.Stop() && context.Cause(ctx) == errNoAnswer {
				if err == nil {
					resp.Body.Close()
				}
				return nil, errNoAnswer
			}
			if err != nil {
				cancel(nil)
				return nil, err
			}
			resp.Body = &cancelOnClose{resp.Body, cancel}
			return resp, nil
		})
	}
}

// cancelOnClose releases a request's context with its body.
type cancelOnClose struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (c *cancelOnClose) Close() error {
	err := c.ReadCloser.Close()
	c.cancel(nil)
	return err
}
