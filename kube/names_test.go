package kube

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNames(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	var whole atomic.Bool
	c := connect(t, pages(10, &count), func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && r.URL.Query().Has("limit") {
				body, _ := io.ReadAll(resp.Body)
				whole.Store(whole.Load() || !strings.Contains(string(body), `"PartialObjectMetadataList"`))
				resp.Body = io.NopCloser(strings.NewReader(string(body)))
			}
			return resp, err
		})
	})
	v := configMaps(t, c)
	createMany(t, v, 25)
	labelled := parse(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"labelled","labels":{"test":"other","app.kubernetes.io/name":"shop"}}}`)
	_, err := c.Create(t.Context(), labelled, CreateOptions{Namespace: v.Namespace()})
	require.NoError(t, err)

	n, err := v.Names(t.Context())
	require.NoError(t, err)
	assert.GreaterOrEqual(t, count.Load(), int64(3))
	assert.False(t, whole.Load(), "only metadata is asked for")
	assert.False(t, n.More)
	assert.Equal(t, ObjectName{v.Namespace(), "cm-0000"}, n.Objects[0])
	assert.Equal(t, names(t, v), n.In(""))
	assert.Equal(t, n.In(""), n.In(v.Namespace()))
	assert.Empty(t, n.In("elsewhere"))
	assert.Equal(t, []string{"app.kubernetes.io/name", "test"}, n.LabelKeys())
	assert.Equal(t, []string{"other", "yes"}, n.LabelValues("test"))
	assert.Empty(t, n.LabelValues("no-such"))
	assert.Equal(t, []string{v.Namespace()}, n.Namespaces(""))
	assert.Equal(t, []string{v.Namespace()}, n.Namespaces("labelled"))
	assert.Empty(t, n.Namespaces("no-such"))

	cached, err := v.Cached(t.Context())
	require.NoError(t, err)
	again, err := cached.Names(t.Context())
	require.NoError(t, err)
	assert.Equal(t, n, again)

	_, err = connectTo(t).Builtin("pods").Names(t.Context())
	assert.True(t, IsReason(err, ReasonUnreachable), err)
}

func TestNamesAreBounded(t *testing.T) {
	t.Parallel()
	n, err := connectTo(t, lists(manyPods(maxNames+1))).Builtin("pods").Names(t.Context())
	require.NoError(t, err)
	assert.True(t, n.More)
	assert.Len(t, n.Objects, maxNames)
	assert.Len(t, n.LabelValues("app"), maxLabelValues)
	assert.Len(t, n.LabelKeys(), 1)
}

// manyPods is a list of pods of a thousand apps, 100 to a namespace.
func manyPods(n int) string {
	var b strings.Builder
	b.WriteString(`{"kind":"PartialObjectMetadataList","apiVersion":"meta.k8s.io/v1","metadata":{"resourceVersion":"1"},"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"metadata":{"name":"app-%[1]d-6d5f7c9b8-%05[2]d","namespace":"ns-%03[3]d","uid":"%032[2]d","resourceVersion":"%[2]d","creationTimestamp":"2026-01-01T00:00:00Z","labels":{"app":"app-%[1]d"},"managedFields":[{"manager":"kube-controller-manager","operation":"Update","apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:metadata":{"f:labels":{".":{},"f:app":{}}}}}]}}`, i%1000, i, i/100)
	}
	b.WriteString("]}")
	return b.String()
}

// BenchmarkNames reads 20,000 pods and tells what they take in memory.
func BenchmarkNames(b *testing.B) {
	c, err := Connect(Options{URL: "http://127.0.0.1:1", Links: []Link{lists(manyPods(20_000))}})
	require.NoError(b, err)
	defer c.Close()
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var n *Names
	before := heap()
	for b.Loop() {
		n, err = c.Builtin("pods").Names(b.Context())
		require.NoError(b, err)
	}
	b.ReportMetric(float64(heap()-before)/float64(len(n.Objects)), "B/object")
	b.ReportMetric(float64(len(n.Objects)), "objects")
}
