package kube

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"
)

// Link is one decorator around the transport. Every request of a cluster, the
// low-level proxy's included, passes through all links of the chain, so that a
// rule which is a link can't be got round. A link must obey the contract of
// [http.RoundTripper].
//
// What becomes a stream (exec, port-forward) is first a request like any other,
// which a link may refuse: see [ParseRequest] for what it counts as. Its answer
// has status 101 and a body that is the connection, an [io.ReadWriteCloser]: a
// link that puts something around the body leaves it one.
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
// Priority and Fairness), so every verb may be repeated. Who sends a request
// under withOwnRetries gets the first answer.
func obeyRetryAfter(next http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.Context().Value(ownRetries{}) != nil {
			return next.RoundTrip(r)
		}
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
			if err := Sleep(r.Context(), pause); err != nil {
				return nil, err
			}
			r = retry
		}
	})
}

// ownRetries is the key of a mark in a request's context, see withOwnRetries.
type ownRetries struct{}

// withOwnRetries marks the requests of a sender who obeys Retry-After himself:
// an answer that says more than that the server is busy has to reach him.
func withOwnRetries(ctx context.Context) context.Context {
	return context.WithValue(ctx, ownRetries{}, true)
}

func retryAfter(r *http.Request, resp *http.Response) (time.Duration, bool) {
	turnedAway := resp.StatusCode == http.StatusTooManyRequests
	failedRead := resp.StatusCode >= 500 && r.Method == http.MethodGet
	if !turnedAway && !failedRead {
		return 0, false
	}
	return afterSeconds(resp.Header)
}

// Sleep waits for d, or until the context ends, whose cause it returns.
func Sleep(ctx context.Context, d time.Duration) error {
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

// answerKey is the key of a limit in a request's context, see answerWithin.
type answerKey struct{}

// noAnswerLimit is such a limit for an answer that may take as long as it likes.
const noAnswerLimit time.Duration = -1

// answerWithin gives up on a server that doesn't begin to answer in time. It
// does not limit how long the body takes: watches and logs run for hours. The
// context of a request may have a shorter limit, under answerKey.
func answerWithin(limit time.Duration) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			limit := limit
			if other, ok := r.Context().Value(answerKey{}).(time.Duration); ok {
				if other == noAnswerLimit {
					return next.RoundTrip(r)
				}
				limit = min(limit, other)
			}
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
			resp.Body = whenClosed(resp.Body, func() { cancel(nil) })
			return resp, nil
		})
	}
}
