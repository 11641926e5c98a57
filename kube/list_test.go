package kube

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPageParse(t *testing.T) {
	for _, tt := range []struct {
		name, text     string
		token, version string
		items          []string
	}{
		{"built-in", `{"kind":"PodList","metadata":{"resourceVersion":"7","continue":"t"},"items":[{"a":1}, {"b":2}]}`, "t", "7", []string{`{"a":1}`, `{"b":2}`}},
		{"custom resource", `{"items":[{"a":1}],"metadata":{"resourceVersion":"7"}}` + "\n", "", "7", []string{`{"a":1}`}},
		{"empty", `{"metadata":{"resourceVersion":"7"},"items":[]}`, "", "7", nil},
		{"null", `{"metadata":{"resourceVersion":"7"},"items":null}`, "", "7", nil},
		{"spaces", "{ \"metadata\" : {} ,\n \"items\" : [ {} , {} ] }", "", "", []string{"{}", "{}"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := &page{body: bytes.NewBufferString(tt.text)}
			require.NoError(t, p.parse())
			assert.Equal(t, tt.token, p.token)
			assert.Equal(t, tt.version, p.version)
			var items []string
			for {
				object, err := p.next()
				require.NoError(t, err)
				if object == nil {
					break
				}
				items = append(items, string(object))
			}
			assert.Equal(t, tt.items, items)
			assert.False(t, p.more())
		})
	}
}

func TestPageRefusesWhatIsNoList(t *testing.T) {
	for _, text := range []string{"", "ok", `{"kind":"Pod"}`, `<html>`} {
		assert.Error(t, (&page{body: bytes.NewBufferString(text)}).parse(), text)
	}
	for _, text := range []string{`{"metadata":{},"items":[{"a":1}`, `{"metadata":{},"items":[{"a":1},{"b"`} {
		p := &page{body: bytes.NewBufferString(text)}
		require.NoError(t, p.parse())
		_, err := p.next()
		require.NoError(t, err)
		_, err = p.next()
		assert.ErrorContains(t, err, "cut short", text)
	}
}

// pages gives every list of the chain the given limit, and counts the pages.
func pages(limit int, count *atomic.Int64) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if q := r.URL.Query(); q.Has("limit") {
				count.Add(1)
				q.Set("limit", fmt.Sprint(limit))
				r.URL.RawQuery = q.Encode()
			}
			return next.RoundTrip(r)
		})
	}
}

func TestListPages(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	v := configMaps(t, connect(t, pages(10, &count)))
	createMany(t, v, 45)
	count.Store(0)
	got := names(t, v)
	assert.Len(t, got, 45)
	assert.True(t, slices.IsSorted(got))
	assert.EqualValues(t, 5, count.Load())
}

func TestListLeftEarlyFetchesOnePageAhead(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	v := configMaps(t, connect(t, pages(10, &count)))
	createMany(t, v, 45)
	count.Store(0)
	for _, err := range v.All(t.Context()) {
		require.NoError(t, err)
		break
	}
	assert.LessOrEqual(t, count.Load(), int64(2))
}

// expire answers 410 to the n-th page of a list, with the token that follow
// makes of the request's own.
func expire(n int64, follow func(token string) string) Link {
	var count atomic.Int64
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !r.URL.Query().Has("limit") || count.Add(1) != n {
				return next.RoundTrip(r)
			}
			body := fmt.Sprintf(`{"kind":"Status","apiVersion":"v1","metadata":{"continue":%q},"status":"Failure","reason":"Expired","code":410}`,
				follow(r.URL.Query().Get("continue")))
			return &http.Response{StatusCode: http.StatusGone, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
	}
}

func TestListGoesOnAfterAnExpiredToken(t *testing.T) {
	t.Parallel()
	for name, follow := range map[string]func(string) string{
		"by the token of the answer": func(token string) string { return token },
		"from the start":             func(string) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var count atomic.Int64
			v := configMaps(t, connect(t, expire(4, follow), pages(10, &count)))
			createMany(t, v, 45)
			got := names(t, v)
			want := names(t, v)
			assert.Len(t, want, 45)
			assert.Equal(t, want, got)
		})
	}
}

func TestItemOfListHasVersionAndKind(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	created := create(t, v, "a")
	for item, err := range v.All(t.Context()) {
		require.NoError(t, err)
		assert.Equal(t, "v1", item.Raw().Get("apiVersion").String())
		assert.Equal(t, "ConfigMap", item.Raw().Get("kind").String())
		assert.True(t, item.Equal(created))
		assert.JSONEq(t, string(created.Raw().Raw()), string(item.Raw().Raw()))
	}
}

func TestListErrorStays(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	refuse := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Has("limit") && requests.Add(1) == 2 {
				return &http.Response{StatusCode: http.StatusForbidden, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("no")), Request: r}, nil
			}
			return next.RoundTrip(r)
		})
	}
	var count atomic.Int64
	v := configMaps(t, connect(t, refuse, pages(10, &count)))
	createMany(t, v, 15)
	it := v.Iterate(t.Context())
	defer it.Close()
	for range 10 {
		_, err := it.Next(t.Context())
		require.NoError(t, err)
	}
	for range 3 {
		_, err := it.Next(t.Context())
		assert.True(t, IsReason(err, "Forbidden"), "%v", err)
	}
}

// spoil has the n-th list request answered by answer, or its body broken off
// where that is nil.
func spoil(n int64, count *atomic.Int64, answer func(*http.Request) (*http.Response, error)) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !r.URL.Query().Has("limit") || count.Add(1) != n {
				return next.RoundTrip(r)
			}
			if answer != nil {
				return answer(r)
			}
			resp, err := next.RoundTrip(r)
			if err == nil {
				resp.Body = &breaking{ReadCloser: resp.Body, left: 12, cuts: new(atomic.Int64)}
			}
			return resp, err
		})
	}
}

func status(code int) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Status: http.StatusText(code), Header: http.Header{}, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
	}
}

// A page that fails is asked for again, and nothing comes twice.
func TestListAsksAgain(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]func(*http.Request) (*http.Response, error){
		"after an internal error":         status(http.StatusInternalServerError),
		"after a bad gateway":             status(http.StatusBadGateway),
		"after too many requests":         status(http.StatusTooManyRequests),
		"after a refused connection":      func(*http.Request) (*http.Response, error) { return nil, syscall.ECONNREFUSED },
		"after an answer that breaks off": nil,
	} {
		for _, n := range []int64{1, 2, 5} {
			t.Run(fmt.Sprint(name, " for page ", n), func(t *testing.T) {
				t.Parallel()
				var spoilt, count atomic.Int64
				c := connect(t)
				v := configMaps(t, c)
				createMany(t, v, 45)
				want := names(t, v)
				c.client.http.Transport = chain(c.client.http.Transport, spoil(n, &spoilt, answer), pages(10, &count))
				assert.Equal(t, want, names(t, v))
				assert.GreaterOrEqual(t, count.Load(), int64(5))
			})
		}
	}
}

// Asking again has an end, and where it can't help no beginning.
func TestListGivesUp(t *testing.T) {
	for _, tt := range []struct {
		name    string
		lists   []answer
		reached bool
		want    string
		tries   int
	}{
		{"a server that always fails", []answer{{status: 500}}, true, "Internal Server Error", 1 + pageTries},
		{"forbidden", []answer{{status: 403}}, true, "missing rule", 1},
		{"not implemented", []answer{{status: 501}}, true, "Not Implemented", 1},
		{"a token that always expires", []answer{{status: 410}}, true, "Gone", 1 + pageTries},
		{"told when to come back", []answer{{status: 503, header: http.Header{"Retry-After": {"1"}}}}, true, "Service Unavailable", 1 + maxRetries},
		{"what is no list", []answer{{body: "[]"}}, true, "not a list", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := &script{lists: tt.lists}
			s.run(t, func(t *testing.T, v *View) {
				v.cluster.client.reached.Store(tt.reached)
				began := time.Now()
				it := v.Iterate(t.Context())
				defer it.Close()
				for range 2 {
					_, err := it.Next(t.Context())
					assert.ErrorContains(t, err, tt.want)
				}
				assert.Equal(t, tt.tries, s.listed)
				assert.Less(t, time.Since(began), pageTime)
			})
		})
	}
}

// Nobody waits for a server that was never there.
func TestListOfAServerThatIsNotThere(t *testing.T) {
	c, err := Connect(Options{URL: "http://127.0.0.1:1/"})
	require.NoError(t, err)
	defer c.Close()
	began := time.Now()
	it := c.Builtin("pods").Iterate(t.Context())
	defer it.Close()
	_, err = it.Next(t.Context())
	assert.True(t, IsReason(err, ReasonUnreachable), "%v", err)
	assert.Less(t, time.Since(began), 30*time.Second)
}

// A list that stalls is cut off and asked for again.
func TestListThatFallsSilent(t *testing.T) {
	whole := listOf(10, object("a", "u1", 5))
	s := &script{lists: []answer{{body: whole.body[:50], stalls: true}, whole}}
	s.run(t, func(t *testing.T, v *View) {
		began := time.Now()
		it := v.Iterate(t.Context())
		defer it.Close()
		item, err := it.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "a", item.Meta().Name())
		assert.GreaterOrEqual(t, time.Since(began), defaultSilence)
		_, err = it.Next(t.Context())
		assert.Equal(t, io.EOF, err)
	})
}

// The end of a context interrupts what asks again, and it goes on with another.
func TestListIsInterruptedBetweenTries(t *testing.T) {
	s := &script{lists: []answer{{status: 500}, {status: 500}, {status: 500}, listOf(10, object("a", "u1", 5))}}
	s.run(t, func(t *testing.T, v *View) {
		v.cluster.client.reached.Store(true)
		it := v.Iterate(t.Context())
		defer it.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err := it.Next(ctx)
		assert.ErrorIs(t, err, context.DeadlineExceeded)
		item, err := it.Next(t.Context())
		require.NoError(t, err)
		assert.Equal(t, "a", item.Meta().Name())
	})
}
