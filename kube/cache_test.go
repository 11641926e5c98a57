package kube

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cachedOf is the cached form of a view, closed at the end of the test.
func cachedOf(t *testing.T, v *View) *View {
	t.Helper()
	cached, err := v.Cached(t.Context())
	require.NoError(t, err)
	t.Cleanup(cached.Close)
	return cached
}

// listing is what a view lists: names and versions.
func listed(v *View) (items []string, err error) {
	for item, err := range v.All(context.Background()) {
		if err != nil {
			return nil, err
		}
		items = append(items, item.String()+" "+item.Meta().Version())
	}
	return items, nil
}

func TestCachedViewFollowsTheServer(t *testing.T) {
	t.Parallel()
	c := connect(t)
	view := configMaps(t, c)
	createMany(t, view, 30)
	cached := cachedOf(t, view)
	narrow := func(v *View, labels, fields string) *View {
		n, err := v.Filter(Selectors{labels, fields})
		require.NoError(t, err)
		return n
	}
	all, err := view.Namespaced("")
	require.NoError(t, err)
	everywhere := cachedOf(t, all)
	bound, err := everywhere.Namespaced(view.Namespace())
	require.NoError(t, err)
	pairs := [][2]*View{{view, cached}, {view, bound}, {all, everywhere}}
	for _, labels := range []string{"app=a", "app=b,tier", "app!=a", "app in (a, b),!tier", "tier=", "app=nobody"} {
		pairs = append(pairs, [2]*View{narrow(view, labels, ""), narrow(cached, labels, "")}, [2]*View{narrow(view, labels, ""), narrow(bound, labels, "")})
	}
	pairs = append(pairs, [2]*View{narrow(view, "app=a", "metadata.name!=c0007"), narrow(cached, "app=a", "metadata.name!=c0007")})

	random := rand.New(rand.NewPCG(1, 2))
	for round := range 8 {
		for range 10 {
			n := random.IntN(40)
			name := fmt.Sprintf("c%04d", n)
			item, err := view.Find(t.Context(), name, "")
			require.NoError(t, err)
			switch {
			case item == nil:
				create(t, view, name)
			case n%4 == 0:
				require.NoError(t, item.Delete(t.Context(), DeleteOptions{}))
			case n%4 == 1:
				_, err = item.Meta().Labels().Set(t.Context(), "tier", "")
			default:
				_, err = item.Meta().Labels().Set(t.Context(), "app", string(rune('a'+random.IntN(3))))
			}
			require.NoError(t, err)
		}
		for i, pair := range pairs {
			require.EventuallyWithT(t, func(t *assert.CollectT) {
				want, err := listed(pair[0])
				require.NoError(t, err)
				got, err := listed(pair[1])
				require.NoError(t, err)
				assert.Equal(t, want, got, "round %d, view %d: %s", round, i, pair[1])
			}, 20*time.Second, 10*time.Millisecond)
		}
	}
}

func TestCachedViewAsksNothing(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	c := connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !r.URL.Query().Has("watch") {
				requests.Add(1)
			}
			return next.RoundTrip(r)
		})
	})
	view := configMaps(t, c)
	made := create(t, view, "a")
	cached := cachedOf(t, view)
	before := requests.Load()
	for range 1000 {
		item, err := cached.Fetch(t.Context(), "a", "")
		require.NoError(t, err)
		require.True(t, item.Equal(made))
	}
	_, err := cached.Fetch(t.Context(), "b", "")
	require.True(t, IsKind(err, LookupError), err)
	require.ErrorContains(t, err, "fetch configmaps "+view.Namespace()+"/b: not found in "+view.String()+" (cached)")
	item, err := cached.Find(t.Context(), "b", "")
	require.NoError(t, err)
	require.Nil(t, item)
	other, err := cached.Filter(Selectors{Labels: "app=x"})
	require.NoError(t, err)
	item, err = other.Find(t.Context(), "a", "")
	require.NoError(t, err)
	require.Nil(t, item)
	age, err := cached.Age()
	require.NoError(t, err)
	require.True(t, cached.IsCached())
	require.Less(t, age, time.Minute)
	again, err := cached.Cached(t.Context())
	require.NoError(t, err)
	require.Same(t, cached, again)
	require.Equal(t, before, requests.Load())
}

func TestCachedViewHoldsNoMore(t *testing.T) {
	t.Parallel()
	c := connect(t)
	view := configMaps(t, c)
	create(t, view, "a")
	cached := cachedOf(t, view)
	_, err := cached.Namespaced("")
	require.True(t, IsKind(err, NamespaceError), err)
	require.ErrorContains(t, err, "the cached view holds only "+view.String())
	_, err = cached.Namespaced("default")
	require.ErrorContains(t, err, "the cached view holds only")
	_, err = cached.Find(t.Context(), "kube-root-ca.crt", "default")
	require.ErrorContains(t, err, "the cached view holds only")
	same, err := cached.Namespaced(view.Namespace())
	require.NoError(t, err)
	_, err = same.Fetch(t.Context(), "a", view.Namespace())
	require.NoError(t, err)
}

func TestCachedViewKeepsFewIndexes(t *testing.T) {
	t.Parallel()
	c := connect(t)
	cached := cachedOf(t, configMaps(t, c))
	for n := range 50 {
		narrow, err := cached.Filter(Selectors{Labels: fmt.Sprintf("l%d=x", n)})
		require.NoError(t, err)
		n, err := narrow.Len()
		require.NoError(t, err)
		require.Zero(t, n)
	}
	s := cached.cache.store
	s.mu.Lock()
	defer s.mu.Unlock()
	require.LessOrEqual(t, len(s.indexes), maxIndexes)
}

func TestCachedViewEnds(t *testing.T) {
	t.Parallel()
	c := connect(t)
	view := configMaps(t, c)
	create(t, view, "a")
	cached, err := view.Cached(t.Context())
	require.NoError(t, err)
	it := cached.Iterate(t.Context())
	cached.Close()
	cached.Close()
	_, err = cached.Fetch(t.Context(), "a", "")
	require.ErrorContains(t, err, "the cached view is closed")
	_, err = cached.Len()
	require.ErrorContains(t, err, "the cached view is closed")
	_, err = cached.Age()
	require.ErrorContains(t, err, "the cached view is closed")
	// What an iteration has begun with it keeps.
	for {
		_, err := it.Next(t.Context())
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
	}
	it.Close()
	_, err = it.Next(t.Context())
	require.Equal(t, io.EOF, err)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = view.Cached(ctx)
	require.ErrorIs(t, err, context.Canceled)

	view.Close() // a plain view has nothing to close
	_, err = listed(view)
	require.NoError(t, err)

	cached, err = view.Cached(t.Context())
	require.NoError(t, err)
	c.Close()
	_, err = listed(cached)
	require.ErrorContains(t, err, "the cluster is closed")
}

// A dropped cached view ends its watch: goleak would find it.
func TestDroppedCachedViewEnds(t *testing.T) {
	t.Parallel()
	c := connect(t)
	view := configMaps(t, c)
	cached, err := view.Cached(t.Context())
	require.NoError(t, err)
	ended := cached.cache.background.ended
	runtime.KeepAlive(cached)
	cached = nil
	require.Eventually(t, func() bool {
		runtime.GC()
		select {
		case <-ended:
			return true
		default:
			return false
		}
	}, 20*time.Second, 10*time.Millisecond)
}

func BenchmarkCachedLookups(b *testing.B) {
	s := &store{items: map[string]*Item{}, indexes: map[index]map[string]map[string]*Item{}, synced: make(chan struct{})}
	c := &Cluster{}
	pods := Resource{Name: "pods", Kind: "Pod", Versions: []string{"v1"}, Namespaced: true}
	view := &View{cluster: c, resource: &pods, cache: &cache{store: s}}
	for n := range 5000 {
		name := strconv.Itoa(n)
		text := fmt.Sprintf(`{"metadata":{"name":"p%s","namespace":"n","labels":{"app":"a%d"}},"spec":{"nodeName":"node-%d"}}`, name, n%500, n%3)
		_ = s.apply(Event{Type: Added, Item: newItem(c, &pods, []byte(text))})
	}
	b.Run("fetch", func(b *testing.B) {
		for b.Loop() {
			if _, err := view.Fetch(b.Context(), "p77", "n"); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("filter", func(b *testing.B) {
		narrow, err := view.Filter(Selectors{Labels: "app=a77"})
		require.NoError(b, err)
		for b.Loop() {
			if n, err := narrow.Len(); n != 10 || err != nil {
				b.Fatal(n, err)
			}
		}
	})
}
