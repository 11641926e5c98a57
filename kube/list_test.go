package kube

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

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
