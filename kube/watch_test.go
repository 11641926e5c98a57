package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// patience is how long a test waits for an event that must come.
const patience = 30 * time.Second

// next returns the next event as "ADDED name".
func next(t *testing.T, w *Watcher) string {
	t.Helper()
	ev, err := w.Next(t.Context(), patience)
	require.NoError(t, err)
	s := ev.Type + " " + ev.Item.Meta().Name()
	if ev.Synthetic {
		s += " synthetic"
	}
	return s
}

func watchView(t *testing.T, v *View, o WatchOptions) *Watcher {
	t.Helper()
	w, err := v.Watch(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(w.Close)
	return w
}

func TestWatchStartsNow(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	create(t, v, "before")
	w := watchView(t, v, WatchOptions{})
	_, err := w.Next(t.Context(), 0)
	assert.Equal(t, ErrTimeout, err)
	a := create(t, v, "a")
	_, err = a.Meta().Labels().Set(t.Context(), "x", "1")
	require.NoError(t, err)
	require.NoError(t, a.Delete(t.Context(), DeleteOptions{}))
	assert.Equal(t, "ADDED a", next(t, w))
	assert.Equal(t, "MODIFIED a", next(t, w))
	assert.Equal(t, "DELETED a", next(t, w))
	w.Close()
	_, err = w.Next(t.Context(), -1)
	assert.Equal(t, io.EOF, err)
}

func TestWatchInitialAndSelector(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	a := create(t, v, "a")
	w := watchView(t, v, WatchOptions{Initial: true})
	assert.Equal(t, "ADDED a", next(t, w))
	_, err := a.Meta().Labels().Delete(t.Context(), "test")
	require.NoError(t, err)
	assert.Equal(t, "DELETED a", next(t, w), "it no longer matches the selector")
}

func TestWatchOfAnItemEndsWithIt(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	a := create(t, v, "a")
	create(t, v, "b")
	changed, err := a.Meta().Labels().Set(t.Context(), "x", "1")
	require.NoError(t, err)
	w, err := a.Watch(context.Background(), WatchOptions{})
	require.NoError(t, err)
	t.Cleanup(w.Close)
	assert.Equal(t, "MODIFIED a", next(t, w), "from the item's own version on")
	require.NoError(t, changed.Delete(t.Context(), DeleteOptions{}))
	assert.Equal(t, "DELETED a", next(t, w))
	_, err = w.Next(t.Context(), patience)
	assert.Equal(t, io.EOF, err)
}

func TestWatchIsRefused(t *testing.T) {
	t.Parallel()
	var o Options
	c := connect(t)
	o.URL = c.URL()
	o.Overrides.ClusterInfo.InsecureSkipTLSVerify = true
	stranger, err := Connect(o)
	require.NoError(t, err)
	defer stranger.Close()
	_, err = stranger.Builtin("pods").Watch(t.Context(), WatchOptions{})
	assert.True(t, IsKind(err, APIError), "%v", err)
}

// cut breaks each watch connection after a number of reads.
func cut(after int64, cuts *atomic.Int64) Link {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && r.URL.Query().Has("watch") {
				resp.Body = &breaking{ReadCloser: resp.Body, left: after, cuts: cuts}
			}
			return resp, err
		})
	}
}

type breaking struct {
	io.ReadCloser
	left int64
	cuts *atomic.Int64
}

func (b *breaking) Read(p []byte) (int, error) {
	if b.left == 0 {
		b.cuts.Add(1)
		return 0, errors.New("cut")
	}
	b.left--
	return b.ReadCloser.Read(p[:min(len(p), 100)])
}

func TestWatchOutlivesItsConnections(t *testing.T) {
	t.Parallel()
	var cuts atomic.Int64
	v := configMaps(t, connect(t, cut(12, &cuts)))
	w := watchView(t, v, WatchOptions{})
	for i := range 5 {
		create(t, v, fmt.Sprint("cm-", i))
	}
	for i := range 5 {
		assert.Equal(t, fmt.Sprint("ADDED cm-", i), next(t, w))
	}
	assert.NotZero(t, cuts.Load())
}

// compact answers the n-th watch request 410, as a server does that no longer
// keeps the version asked for.
func compact(n int64, before func()) Link {
	var count atomic.Int64
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !r.URL.Query().Has("watch") || count.Add(1) != n {
				return next.RoundTrip(r)
			}
			before()
			body := `{"type":"ERROR","object":{"kind":"Status","status":"Failure","reason":"Expired","code":410,"message":"too old"}}` + "\n"
			return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
		})
	}
}

func TestWatchFindsOutWhatItMissed(t *testing.T) {
	t.Parallel()
	var v *View
	var gone, changed, replaced *Item
	c := connect(t, compact(1, func() {
		ctx := context.Background()
		assert.NoError(t, gone.Delete(ctx, DeleteOptions{}))
		assert.NoError(t, replaced.Delete(ctx, DeleteOptions{}))
		_, err := changed.Meta().Labels().Set(ctx, "x", "1")
		assert.NoError(t, err)
		create(t, v, "new")
		create(t, v, "replaced")
	}))
	v = configMaps(t, c)
	gone, changed, replaced = create(t, v, "gone"), create(t, v, "changed"), create(t, v, "replaced")
	create(t, v, "same")
	w := watchView(t, v, WatchOptions{Initial: true})
	for range 4 {
		next(t, w)
	}
	got := map[string]int{}
	for range 5 {
		got[next(t, w)]++
	}
	assert.Equal(t, map[string]int{
		"DELETED gone synthetic": 1, "MODIFIED changed": 1, "ADDED new": 1,
		"DELETED replaced synthetic": 1, "ADDED replaced": 1,
	}, got)
	create(t, v, "after")
	assert.Equal(t, "ADDED after", next(t, w))
}

// An initial list that breaks off is taken up again, not given up.
func TestWatchInitialListBreaksOff(t *testing.T) {
	t.Parallel()
	var lists, count atomic.Int64
	breakOff := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && r.URL.Query().Has("limit") && lists.Add(1) == 2 {
				resp.Body = &breaking{ReadCloser: resp.Body, left: 1, cuts: new(atomic.Int64)}
			}
			return resp, err
		})
	}
	v := configMaps(t, connect(t, breakOff, pages(10, &count)))
	createMany(t, v, 25)
	w := watchView(t, v, WatchOptions{Initial: true})
	seen := map[string]int{}
	for range 25 {
		seen[next(t, w)]++
	}
	assert.Len(t, seen, 25)
}

// seen reads n events, whose order lists don't fix, and counts them.
func seen(t *testing.T, w *Watcher, n int) map[string]int {
	t.Helper()
	got := map[string]int{}
	for range n {
		got[next(t, w)]++
	}
	return got
}

// A watch that doesn't deliver what exists knows it nevertheless.
func TestWatchWithoutInitialFindsOutWhatItMissed(t *testing.T) {
	t.Parallel()
	for name, keep := range map[string]bool{"by names and versions": false, "by objects": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var v *View
			var gone, changed, left, replaced *Item
			v = configMaps(t, connect(t, compact(1, func() {
				ctx := context.Background()
				assert.NoError(t, gone.Delete(ctx, DeleteOptions{}))
				assert.NoError(t, replaced.Delete(ctx, DeleteOptions{}))
				_, err := changed.Meta().Labels().Set(ctx, "x", "1")
				assert.NoError(t, err)
				_, err = left.Meta().Labels().Delete(ctx, "test")
				assert.NoError(t, err)
				create(t, v, "new")
				create(t, v, "replaced")
			})))
			gone, changed, left, replaced = create(t, v, "gone"), create(t, v, "changed"), create(t, v, "left"), create(t, v, "replaced")
			create(t, v, "same")
			w := watchView(t, v, WatchOptions{Keep: keep, Sync: true})
			got := map[string]int{}
			for {
				ev, err := w.Next(t.Context(), patience)
				require.NoError(t, err)
				if ev.Type == Sync {
					assert.Nil(t, ev.Item)
					break
				}
				got[fmt.Sprint(ev.Type, " ", ev.Item.Meta().Name(), " ", ev.Synthetic)]++
				if ev.Synthetic {
					assert.Equal(t, !keep, ev.Item.Partial())
				}
				if ev.Synthetic && ev.Item.Meta().Name() == "gone" {
					assert.True(t, ev.Item.Equal(gone), "uid and version are those of the object")
					if keep {
						assert.JSONEq(t, string(gone.Raw().Raw()), string(ev.Item.Raw().Raw()))
					}
				}
			}
			assert.Equal(t, map[string]int{
				"DELETED gone true": 1, "DELETED left true": 1, "DELETED replaced true": 1,
				"MODIFIED changed false": 1, "ADDED new false": 1, "ADDED replaced false": 1,
			}, got)
			create(t, v, "after")
			assert.Equal(t, "ADDED after", next(t, w))
		})
	}
}

// What exists is learnt page by page, and without what isn't needed.
func TestWatchLearnsMetadataInPages(t *testing.T) {
	t.Parallel()
	var count, metadata atomic.Int64
	accepts := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			resp, err := next.RoundTrip(r)
			if err == nil && strings.Contains(r.Header.Get("Accept"), "PartialObjectMetadataList") {
				metadata.Add(1)
			}
			return resp, err
		})
	}
	c := connect(t, accepts, pages(10, &count))
	v := configMaps(t, c)
	createMany(t, v, 25)
	w := watchView(t, v, WatchOptions{})
	create(t, v, "new")
	assert.Equal(t, "ADDED new", next(t, w))
	assert.EqualValues(t, 3, metadata.Load())
	w.Close()

	// An item's own version is enough.
	item, err := v.Fetch(t.Context(), "new", "")
	require.NoError(t, err)
	count.Store(0)
	of, err := item.Watch(t.Context(), WatchOptions{})
	require.NoError(t, err)
	defer of.Close()
	_, err = item.Meta().Labels().Set(t.Context(), "x", "1")
	require.NoError(t, err)
	assert.Equal(t, "MODIFIED new", next(t, of))
	assert.Zero(t, count.Load())
}

func TestWatchSyncAndResync(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	a := create(t, v, "a")
	create(t, v, "b")
	w := watchView(t, v, WatchOptions{Initial: true, Sync: true, Resync: time.Second})
	sync := func() string {
		t.Helper()
		ev, err := w.Next(t.Context(), patience)
		require.NoError(t, err)
		return ev.Type
	}
	assert.Equal(t, "ADDED a", next(t, w))
	assert.Equal(t, "ADDED b", next(t, w))
	assert.Equal(t, Sync, sync())
	for range 2 {
		assert.Equal(t, "MODIFIED a", next(t, w))
		assert.Equal(t, "MODIFIED b", next(t, w))
		assert.Equal(t, Sync, sync())
	}
	require.NoError(t, a.Delete(t.Context(), DeleteOptions{}))
	for ev, err := w.Next(t.Context(), patience); ev.Type != Deleted; ev, err = w.Next(t.Context(), patience) {
		require.NoError(t, err)
	}
	// As after every round from then on.
	assert.Equal(t, "MODIFIED b", next(t, w))
	assert.Equal(t, Sync, sync())
}

func TestWatchOfAnItemSyncsAndKeeps(t *testing.T) {
	t.Parallel()
	var a *Item
	v := configMaps(t, connect(t, compact(1, func() { assert.NoError(t, a.Delete(context.Background(), DeleteOptions{})) })))
	a = create(t, v, "a")
	w, err := a.Watch(t.Context(), WatchOptions{Initial: true, Sync: true, Keep: true})
	require.NoError(t, err)
	defer w.Close()
	assert.Equal(t, "ADDED a", next(t, w))
	ev, err := w.Next(t.Context(), patience)
	require.NoError(t, err)
	assert.Equal(t, Event{Type: Sync, Version: a.Meta().Version()}, ev)
	ev, err = w.Next(t.Context(), patience)
	require.NoError(t, err)
	assert.Equal(t, Event{Type: Deleted, Item: a, Synthetic: true}, ev)
	_, err = w.Next(t.Context(), patience)
	assert.Equal(t, io.EOF, err)
}

// Whoever notes the Version of what he has dealt with goes on behind it, also where a
// list comes in between.
func TestWatchTellsWhereToGoOn(t *testing.T) {
	t.Parallel()
	var a *Item
	v := configMaps(t, connect(t, compact(1, func() {
		_, err := a.Meta().Labels().Set(context.Background(), "x", "1")
		assert.NoError(t, err)
	})))
	create(t, v, "b")
	a = create(t, v, "a")
	w := watchView(t, v, WatchOptions{Initial: true, Sync: true})
	take := func() Event {
		t.Helper()
		ev, err := w.Next(t.Context(), patience)
		require.NoError(t, err)
		return ev
	}
	assert.Empty(t, take().Version, "lists are in the order of names")
	assert.Empty(t, take().Version)
	first := take()
	assert.Equal(t, Sync, first.Type)
	assert.False(t, newer(a.Meta().Version(), first.Version))
	assert.Empty(t, take().Version)
	second := take()
	assert.Equal(t, Sync, second.Type)
	assert.True(t, newer(second.Version, first.Version))
	c := create(t, v, "c")
	assert.Equal(t, c.Meta().Version(), take().Version)
	require.NoError(t, c.Delete(t.Context(), DeleteOptions{}))
	assert.True(t, newer(take().Version, c.Meta().Version()))

	w = watchView(t, v, WatchOptions{Since: first.Version})
	assert.Equal(t, "MODIFIED a", next(t, w))
	assert.Equal(t, "ADDED c", next(t, w))
	w = watchView(t, v, WatchOptions{Since: second.Version})
	assert.Equal(t, "ADDED c", next(t, w))
}

// A version that the server no longer keeps: what is newer is there all the same.
func TestWatchGoesOnBehindWhatIsKept(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t, compact(1, func() {})))
	create(t, v, "z")
	dealt := create(t, v, "a").Meta().Version()
	b := create(t, v, "b")
	w := watchView(t, v, WatchOptions{Since: dealt, Sync: true})
	ev, err := w.Next(t.Context(), patience)
	require.NoError(t, err)
	assert.Equal(t, "ADDED b", ev.Type+" "+ev.Item.Meta().Name())
	assert.Empty(t, ev.Version)
	ev, err = w.Next(t.Context(), patience)
	require.NoError(t, err)
	assert.Equal(t, Sync, ev.Type)
	assert.False(t, newer(b.Meta().Version(), ev.Version))
}

// An item that the server doesn't have: its watch ends at once.
func TestWatchOfAnItemThatIsNotThere(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	item, err := v.cluster.Item(t.Context(), parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a","namespace":%q}}`, v.Namespace())))
	require.NoError(t, err)
	w, err := item.Watch(t.Context(), WatchOptions{})
	require.NoError(t, err)
	defer w.Close()
	assert.Equal(t, "DELETED a synthetic", next(t, w))
	_, err = w.Next(t.Context(), patience)
	assert.Equal(t, io.EOF, err)
}

// A reader that takes its time, over connections that break: nothing is lost
// and nothing comes twice.
func TestWatchOfASlowReaderOverBrokenConnections(t *testing.T) {
	t.Parallel()
	var cuts atomic.Int64
	v := configMaps(t, connect(t, cut(400, &cuts)))
	w := watchView(t, v, WatchOptions{})
	createMany(t, v, 3*EventBuffer)
	require.Eventually(t, func() bool { return w.Pending() == EventBuffer }, patience, 10*time.Millisecond)
	assert.Len(t, seen(t, w, 3*EventBuffer), 3*EventBuffer)
	assert.NotZero(t, cuts.Load())
	create(t, v, "last")
	assert.Equal(t, "ADDED last", next(t, w))
}

// Nobody waits for a server that was never there.
func TestWatchOfAServerThatIsNotThere(t *testing.T) {
	t.Parallel()
	c, err := Connect(Options{URL: "http://127.0.0.1:1/"})
	require.NoError(t, err)
	defer c.Close()
	w, err := c.Builtin("pods").Watch(t.Context(), WatchOptions{Since: "5"})
	require.NoError(t, err)
	_, err = w.Next(t.Context(), patience)
	assert.True(t, IsReason(err, ReasonUnreachable), "%v", err)
	for _, version := range []string{"", "5"} {
		raw, err := c.Proxy().Watch(t.Context(), []string{"api/v1/pods"}, version, nil)
		require.NoError(t, err)
		_, err = raw.Next(t.Context(), patience)
		assert.True(t, IsReason(err, ReasonUnreachable), "%v", err)
	}
}
