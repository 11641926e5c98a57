package kube

import (
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What exists comes once, whenever the connection breaks.
func TestProxyWatchOverBrokenConnections(t *testing.T) {
	t.Parallel()
	var cuts, count atomic.Int64
	c := connect(t, cut(30, &cuts), pages(10, &count))
	v := configMaps(t, c)
	createMany(t, v, 25)
	w, err := c.Proxy().Watch(t.Context(), []string{"api/v1", "namespaces", v.Namespace(), "configmaps"}, "", map[string]string{"metadata.labels.test": "yes"})
	require.NoError(t, err)
	defer w.Close()
	for i := range 25 {
		ev, err := w.Next(t.Context(), patience)
		require.NoError(t, err)
		assert.Equal(t, Added, ev.Type)
		assert.Equal(t, fmt.Sprintf("cm-%04d", i), ev.Object.At("metadata", "name").String())
		assert.Equal(t, "ConfigMap", ev.Object.Get("kind").String())
		assert.Equal(t, "v1", ev.Object.Get("apiVersion").String())
	}
	for i := range 10 {
		create(t, v, fmt.Sprint("new-", i))
	}
	for i := range 10 {
		ev, err := w.Next(t.Context(), patience)
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint("new-", i), ev.Object.At("metadata", "name").String())
	}
	assert.NotZero(t, cuts.Load())

	one, err := c.Proxy().Watch(t.Context(), []string{"api/v1", "namespaces", v.Namespace(), "configmaps", "new-1"}, "", nil)
	require.NoError(t, err)
	defer one.Close()
	for _, want := range []string{Added, Deleted} {
		ev, err := one.Next(t.Context(), patience)
		require.NoError(t, err)
		assert.Equal(t, want+" new-1", ev.Type+" "+ev.Object.At("metadata", "name").String())
		if want == Added {
			item, err := v.Fetch(t.Context(), "new-1", "")
			require.NoError(t, err)
			require.NoError(t, item.Delete(t.Context(), DeleteOptions{}))
		}
	}
}

// Whatever the parts of a path: the call goes to the server, below its base, and
// not up from there.
func FuzzJoinPath(f *testing.F) {
	for _, seed := range [][2]string{{"/api/v1/pods", ""}, {"api/v1", "namespaces"}, {"//host/x", ".."}, {"http://host/x", "a?b"}, {"/api/..%2f", "%2e"}, {"a?x=1#y", "#"}, {`\\host`, "\r\n"}, {"@h", ":80"}, {"a;b", "%zz"}} {
		f.Add(seed[0], seed[1])
	}
	c := &client{base: &url.URL{Scheme: "https", Host: "server:6443", Path: "/base/"}}
	f.Fuzz(func(t *testing.T, first, second string) {
		for _, parts := range [][]string{{first}, {first, second}} {
			joined, err := joinPath(parts)
			if err != nil {
				require.True(t, IsKind(err, ValueError))
				continue
			}
			u, err := c.url(joined)
			if err != nil {
				require.True(t, IsKind(err, ValueError))
				continue
			}
			again, err := url.Parse(u.String())
			require.NoError(t, err)
			require.Equal(t, "https://server:6443", again.Scheme+"://"+again.Host)
			require.True(t, strings.HasPrefix(again.EscapedPath(), "/base/"), again.EscapedPath())
			require.NotContains(t, strings.Split(again.Path, "/"), "..")
			require.Empty(t, again.User)
		}
	})
}
