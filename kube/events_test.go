package kube

import (
	"context"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A watcher that nobody refers to any more ends when it is collected.
func TestWatcherThatIsDroppedEnds(t *testing.T) {
	t.Parallel()
	c := connect(t)
	v := configMaps(t, c)
	for range 3 {
		_, err := v.Watch(context.Background(), WatchOptions{})
		require.NoError(t, err)
		_, err = c.Proxy().Watch(context.Background(), []string{"api/v1/namespaces/" + v.Namespace() + "/configmaps"}, "", nil)
		require.NoError(t, err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		c.client.life.background.Wait()
	}()
	require.Eventually(t, func() bool {
		runtime.GC()
		select {
		case <-ended:
			return true
		default:
			return false
		}
	}, patience, 10*time.Millisecond)
}

// A reader that waits hasn't dropped its watcher.
func TestWatcherLivesWhileItIsRead(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	w, err := v.Watch(context.Background(), WatchOptions{})
	require.NoError(t, err)
	got := make(chan error, 1)
	go func() {
		_, err := w.Next(context.Background(), patience)
		got <- err
	}()
	for range 5 {
		runtime.GC()
	}
	create(t, v, "a")
	assert.NoError(t, <-got)
}

// The end of its context closes a watcher; what it has read ahead is still there.
func TestWatcherEndsWithItsContext(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	ctx, cancel := context.WithCancel(context.Background())
	w, err := v.Watch(ctx, WatchOptions{})
	require.NoError(t, err)
	create(t, v, "a")
	require.Eventually(t, func() bool { return w.Pending() == 1 }, patience, 10*time.Millisecond)
	cancel()
	assert.Equal(t, "ADDED a", next(t, w))
	_, err = w.Next(t.Context(), patience)
	assert.Equal(t, io.EOF, err)
	w.Close()
}
