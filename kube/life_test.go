package kube

import (
	"context"
	"io"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"weak"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// When a cluster is closed nothing of it is left.
func TestCloseEndsWhatGoesOn(t *testing.T) {
	t.Parallel()
	var count atomic.Int64
	c := connect(t, pages(10, &count))
	v := configMaps(t, c)
	createMany(t, v, 45)
	w, err := v.Watch(context.Background(), WatchOptions{})
	require.NoError(t, err)
	raw, err := c.Proxy().Watch(context.Background(), []string{"api/v1/namespaces"}, "", nil)
	require.NoError(t, err)
	it := v.Iterate(context.Background())
	_, err = it.Next(t.Context())
	require.NoError(t, err)
	waits := make(chan error, 1)
	go func() {
		_, err := w.Next(context.Background(), -1)
		waits <- err
	}()
	c.Close()
	assert.Zero(t, c.client.life.open())
	assert.ErrorContains(t, <-waits, "the cluster is closed")
	for err = nil; err == nil; {
		_, err = raw.Next(t.Context(), patience)
	}
	assert.ErrorContains(t, err, "the cluster is closed")
	for err = nil; err == nil; {
		_, err = it.Next(t.Context())
	}
	assert.ErrorContains(t, err, "the cluster is closed")
	_, err = v.Watch(t.Context(), WatchOptions{})
	assert.ErrorContains(t, err, "the cluster is closed")
	c.Close()
	w.Close()
}

// A process that connects anew again and again keeps nothing of what was closed.
func TestCloseIsForgotten(t *testing.T) {
	t.Parallel()
	closed := func() weak.Pointer[life] {
		c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t)})
		require.NoError(t, err)
		defer c.Close()
		return weak.Make(c.client.life)
	}()
	assert.Eventually(t, func() bool { runtime.GC(); return closed.Value() == nil }, patience, 10*time.Millisecond)
}

// A call that is under way when its cluster is closed ends as it would, and its
// connection with it.
func TestCloseLetsCallsEnd(t *testing.T) {
	t.Parallel()
	c := connect(t)
	v := configMaps(t, c)
	create(t, v, "a")
	resp, err := c.client.send(t.Context(), v.list("").request(10, ""))
	require.NoError(t, err)
	c.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	assert.Contains(t, string(text), `"name":"a"`)
	require.NoError(t, resp.Body.Close())
	assert.Zero(t, c.client.life.open())
}
