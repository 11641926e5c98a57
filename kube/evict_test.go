package kube

import (
	"context"
	"io"
	"math"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func makePod(t *testing.T, c *Cluster, namespace string) *Item {
	t.Helper()
	item, err := c.Create(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","labels":{"app":"a"}},"spec":{"containers":[{"name":"main","image":"x"}]}}`),
		CreateOptions{Namespace: namespace})
	require.NoError(t, err)
	return item
}

// A server that is busy is asked again after Retry-After; a disruption budget
// that holds a pod is told of at once, whatever the header says.
func TestEvict429(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, body string
		want       string
		asked      int32
	}{
		{"busy", `{"kind":"Status","reason":"TooManyRequests","message":"too many"}`, "", 2},
		{"budget", `{"kind":"Status","reason":"TooManyRequests","message":"Cannot evict","details":{"causes":[
			{"reason":"DisruptionBudget","message":"The disruption budget web is still being processed by the server."}]}}`,
			"a: The disruption budget web is still being processed by the server.", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			c := connect(t, func(next http.RoundTripper) http.RoundTripper { return next })
			c.client.http.Transport = roundTripOver(c.client.http.Transport, func(r *http.Request) *http.Response {
				if !strings.HasSuffix(r.URL.Path, "/eviction") || asked.Add(1) > 1 {
					return nil
				}
				return &http.Response{StatusCode: 429, Header: http.Header{"Retry-After": {"1"}}, Body: io.NopCloser(strings.NewReader(tt.body)), Request: r}
			})
			err := makePod(t, c, localtest.Namespace(t)).Evict(t.Context(), nil)
			if tt.want == "" {
				assert.NoError(t, err)
			} else {
				assert.ErrorContains(t, err, tt.want)
			}
			assert.Equal(t, tt.asked, asked.Load())
		})
	}
}

// An eviction whose answer is lost is sent again, and counts once.
func TestEvictCountsOnce(t *testing.T) {
	t.Parallel()
	var lost atomic.Int32
	c, err := Connect(Options{
		Kubeconfig: localtest.Kubeconfig(t),
		Guard:      NewGuard(nil, &Policy{MaxDeletes: bound(1)}),
		Links: []Link{func(next http.RoundTripper) http.RoundTripper {
			return roundTrip(func(r *http.Request) (*http.Response, error) {
				resp, err := next.RoundTrip(r)
				if err == nil && strings.HasSuffix(r.URL.Path, "/eviction") && lost.Add(1) == 1 {
					resp.Body.Close()
					return nil, io.ErrUnexpectedEOF
				}
				return resp, err
			})
		}},
	})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	pod, err := c.Create(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a","finalizers":["example.com/stays"]},"spec":{"containers":[{"name":"main","image":"x"}]}}`),
		CreateOptions{Namespace: localtest.Namespace(t)})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, _ = pod.Patch(context.Background(), parse(t, `{"metadata":{"finalizers":null}}`), PatchOptions{})
	})
	require.NoError(t, pod.Evict(t.Context(), nil))
	assert.EqualValues(t, 2, lost.Load())
	assert.True(t, IsKind(pod.Evict(t.Context(), nil), DeniedError))
}

// roundTripOver answers a request itself where it likes to.
func roundTripOver(next http.RoundTripper, answer func(*http.Request) *http.Response) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if resp := answer(r); resp != nil {
			return resp, nil
		}
		return next.RoundTrip(r)
	})
}

// Who sends a request with ownRetries gets the first answer.
func TestOwnRetries(t *testing.T) {
	t.Parallel()
	server := &answers{statuses: []int{429, 200}, header: http.Header{"Retry-After": {"1"}}}
	r, err := http.NewRequestWithContext(withOwnRetries(t.Context()), "POST", "http://host/", nil)
	require.NoError(t, err)
	resp, err := obeyRetryAfter(server).RoundTrip(r)
	require.NoError(t, err)
	assert.Equal(t, 429, resp.StatusCode)
	assert.Len(t, server.bodies, 1)
}

// namespaceEnding is what a server says that refuses something because the
// namespace is being deleted.
const namespaceEnding = `{"kind":"Status","apiVersion":"v1","reason":"Forbidden","message":"unable to create new content","details":{"causes":[
	{"reason":"NamespaceTerminating","message":"namespace n is being terminated","field":"metadata.namespace"}]}}`

// In a namespace that is being deleted pods end anyway; there is no rule missing.
func TestEvictWhileNamespaceEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, now, want string }{
		{"not yet", `{"metadata":{"uid":"u"}}`, "evict pods n/p: unable to create new content"},
		{"ending", `{"metadata":{"uid":"u","deletionTimestamp":"2026-01-02T03:04:05Z"}}`, ""},
		{"a namesake", `{"metadata":{"uid":"v","deletionTimestamp":"2026-01-02T03:04:05Z"}}`, "evict pods n/p: its name has been taken over by another"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := answered(t, func(r *http.Request) *http.Response {
				if r.Method == "POST" {
					return answer{status: 403, body: namespaceEnding, ends: true}.response(r)
				}
				return answer{body: tt.now, ends: true}.response(r)
			})
			pod, err := c.Item(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p","namespace":"n","uid":"u"}}`))
			require.NoError(t, err)
			err = pod.Evict(t.Context(), nil)
			if tt.want == "" {
				assert.NoError(t, err)
			} else {
				assert.EqualError(t, err, tt.want)
			}
		})
	}
}

// A grace of a part of a second is none of 0, which would kill at once.
func TestGraceRoundsUp(t *testing.T) {
	t.Parallel()
	var said []string
	c := answered(t, func(r *http.Request) *http.Response {
		body, _ := io.ReadAll(r.Body)
		said = append(said, trusted(body).Get("gracePeriodSeconds").String()+trusted(body).At("deleteOptions", "gracePeriodSeconds").String())
		return answer{body: "{}", ends: true}.response(r)
	})
	pod := podOf(t, c, "{}")
	for _, grace := range []time.Duration{0, 1, time.Second, 1500 * time.Millisecond} {
		require.NoError(t, pod.Evict(t.Context(), &grace))
		require.NoError(t, pod.Delete(t.Context(), DeleteOptions{GracePeriod: &grace}))
	}
	assert.Equal(t, []string{"0", "0", "1", "1", "1", "1", "2", "2"}, said)
	node, err := c.Item(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Node","metadata":{"name":"n"}}`))
	require.NoError(t, err)
	for _, grace := range []time.Duration{-1, math.MaxInt64} {
		assert.True(t, IsKind(pod.Evict(t.Context(), &grace), ValueError))
		assert.True(t, IsKind(pod.Delete(t.Context(), DeleteOptions{GracePeriod: &grace}), ValueError))
		_, err := node.Drain(t.Context(), DrainOptions{GracePeriod: &grace})
		assert.True(t, IsKind(err, ValueError), "%v", err)
	}
	assert.Len(t, said, 8)
}
