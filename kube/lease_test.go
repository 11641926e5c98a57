package kube

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// until is a function that holds a lease until its context ends, and tells when it
// began and when it ended.
func until(began, ended *time.Time) func(context.Context) error {
	return func(ctx context.Context) error {
		*began = time.Now()
		<-ctx.Done()
		*ended = time.Now()
		return context.Cause(ctx)
	}
}

func TestLeaseIsRenewedAndGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &leaseServer{}
		a, _ := holder(t, server, "a")
		b, _ := holder(t, server, "b")
		var order []string
		hold := func(l *Lease) {
			assert.NoError(t, l.Hold(t.Context(), func(ctx context.Context) error {
				order = append(order, l.Holder()+" began")
				time.Sleep(time.Hour)
				assert.NoError(t, ctx.Err())
				assert.True(t, l.Held())
				order = append(order, l.Holder()+" ended")
				return nil
			}))
			assert.False(t, l.Held())
		}
		var wg sync.WaitGroup
		wg.Go(func() { hold(a) })
		synctest.Wait()
		wg.Go(func() { hold(b) })
		began := time.Now()
		wg.Wait()
		assert.Equal(t, []string{"a began", "a ended", "b began", "b ended"}, order)
		assert.Less(t, time.Since(began), 2*time.Hour+10*time.Second, "what is given back is taken soon")
		spec := server.spec()
		assert.Equal(t, "", spec["holderIdentity"])
		assert.Equal(t, 1.0, spec["leaseTransitions"])
	})
}

func TestLeaseIsLost(t *testing.T) {
	for _, tt := range []struct {
		name string
		lose func(*leaseServer, *way)
		why  string
	}{
		{"nothing comes through", func(_ *leaseServer, w *way) { w.set(silent) }, "in time"},
		{"answers get lost", func(_ *leaseServer, w *way) { w.set(unheard) }, "in time"},
		{"the connection is refused", func(_ *leaseServer, w *way) {
			w.set(func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, errors.New("refused") })
		}, "lost"},
		{"the lease is deleted", func(s *leaseServer, _ *way) { s.remove() }, "NotFound"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &leaseServer{}
				a, way := holder(t, server, "a")
				b, _ := holder(t, server, "b")
				var began, ended, next time.Time
				done := make(chan error)
				go func() { done <- a.Hold(t.Context(), until(&began, &ended)) }()
				time.Sleep(time.Minute)
				taken := make(chan error)
				go func() {
					taken <- b.Hold(t.Context(), func(context.Context) error { next = time.Now(); return nil })
				}()
				time.Sleep(time.Minute)
				require.True(t, a.Held())
				cutAt := time.Now()
				tt.lose(server, way)
				err := <-done
				assert.True(t, IsReason(err, ReasonLeaseLost), "%v", err)
				assert.ErrorContains(t, err, tt.why)
				assert.False(t, a.Held())
				assert.LessOrEqual(t, ended.Sub(cutAt), 10*time.Second+1)
				assert.NoError(t, <-taken)
				assert.Less(t, ended, next)
				assert.Less(t, next.Sub(ended), 20*time.Second)
			})
		})
	}
}

func TestLeaseBearsWhatPasses(t *testing.T) {
	for _, tt := range []struct {
		name string
		next func(*http.Request, http.RoundTripper) (*http.Response, error)
	}{
		{"nothing comes through", silent},
		{"answers get lost", unheard},
		{"500", func(*http.Request, http.RoundTripper) (*http.Response, error) {
			return (*leaseServer)(nil).refuse(http.StatusInternalServerError, "InternalError"), nil
		}},
		{"forbidden", func(*http.Request, http.RoundTripper) (*http.Response, error) {
			return (*leaseServer)(nil).refuse(http.StatusForbidden, "Forbidden"), nil
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := &leaseServer{}
				a, way := holder(t, server, "a")
				require.NoError(t, a.Hold(t.Context(), func(ctx context.Context) error {
					for range 100 {
						way.set(tt.next)
						time.Sleep(4 * time.Second)
						way.set(nil)
						time.Sleep(8 * time.Second)
					}
					return context.Cause(ctx)
				}))
			})
		})
	}
}

func TestLeaseIsHeldWhileWorkEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &leaseServer{}
		a, _ := holder(t, server, "a")
		ctx, cancel := context.WithCancel(t.Context())
		require.NoError(t, a.Hold(ctx, func(ctx context.Context) error {
			cancel()
			<-ctx.Done()
			time.Sleep(time.Minute)
			assert.True(t, a.Held())
			assert.Equal(t, "a", server.spec()["holderIdentity"])
			return nil
		}))
		assert.Equal(t, "", server.spec()["holderIdentity"])
	})
}

func TestLeaseFence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &leaseServer{}
		a, way := holder(t, server, "a")
		var fences []Link
		send := func(fence Link) error {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost/leases/nightly", nil)
			require.NoError(t, err)
			resp, err := fence(server).RoundTrip(r)
			if err == nil {
				resp.Body.Close()
			}
			return err
		}
		for range 2 {
			err := a.Hold(t.Context(), func(ctx context.Context) error {
				fences = append(fences, a.Fence(ctx))
				assert.NoError(t, send(fences[len(fences)-1]))
				way.set(silent)
				time.Sleep(11 * time.Second)
				assert.True(t, IsReason(send(fences[len(fences)-1]), ReasonLeaseLost))
				way.set(nil)
				return context.Cause(ctx)
			})
			assert.True(t, IsReason(err, ReasonLeaseLost), "%v", err)
			assert.Error(t, send(fences[0]), "another time of holding it doesn't count")
		}
	})
}

func TestLeaseTrustsNobodysClock(t *testing.T) {
	for _, renewed := range []string{"1999-01-01T00:00:00.000000Z", "2999-01-01T00:00:00.000000Z"} {
		synctest.Test(t, func(t *testing.T) {
			server := &leaseServer{version: 7, objects: map[string]map[string]any{"nightly": {
				"metadata": map[string]any{"name": "nightly", "namespace": "jobs", "resourceVersion": "7", "uid": "1"},
				"spec":     map[string]any{"holderIdentity": "gone", "leaseDurationSeconds": 30, "renewTime": renewed, "leaseTransitions": 4},
			}}}
			a, _ := holder(t, server, "a")
			began := time.Now()
			require.NoError(t, a.Hold(t.Context(), func(context.Context) error {
				assert.Greater(t, time.Since(began), 30*time.Second, "the other one's own time counts")
				assert.Less(t, time.Since(began), 35*time.Second)
				assert.Equal(t, 5.0, server.spec()["leaseTransitions"])
				return nil
			}))
		})
	}
}

func TestLeaseTellsWhatItSees(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := &leaseServer{}
		a, _ := holder(t, server, "a")
		b, way := holder(t, server, "b")
		var told []string
		b.options.Seen = func(_ *Lease, holder string, err error) { told = append(told, fmt.Sprint(holder, " ", err)) }
		var wg sync.WaitGroup
		wg.Go(func() {
			assert.NoError(t, a.Hold(t.Context(), func(context.Context) error { time.Sleep(time.Hour); return nil }))
		})
		synctest.Wait()
		wg.Go(func() { assert.NoError(t, b.Hold(t.Context(), func(context.Context) error { return nil })) })
		time.Sleep(time.Minute)
		way.set(func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, errors.New("refused") })
		time.Sleep(time.Minute)
		way.set(nil)
		wg.Wait()
		require.Len(t, told, 4)
		assert.Equal(t, "a <nil>", told[0])
		assert.Contains(t, told[1], "refused")
		assert.Equal(t, []string{"a <nil>", "b <nil>"}, told[2:])
	})
}

// However the ways to the server are cut, nobody's work overlaps another's, and
// the lease doesn't stay without a holder.
func TestLeaseIsHeldByOne(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { holdAtRandom(t, rand.New(rand.NewPCG(seed, 7))) })
		})
	}
}

func holdAtRandom(t *testing.T, random *rand.Rand) {
	const holders, length = 4, time.Hour
	server := &leaseServer{}
	ctx, stop := context.WithTimeout(t.Context(), length)
	defer stop()
	var mu sync.Mutex
	working, took, held := "", 0, time.Duration(0)
	var ways []*way
	var wg sync.WaitGroup
	for i := range holders {
		lease, way := holder(t, server, fmt.Sprint("holder-", i))
		ways = append(ways, way)
		patience := rand.New(rand.NewPCG(random.Uint64(), 1))
		wg.Go(func() {
			for ctx.Err() == nil {
				_ = lease.Hold(ctx, func(ctx context.Context) error {
					mu.Lock()
					assert.Equal(t, "", working, "%s began", lease.Holder())
					working = lease.Holder()
					took++
					mu.Unlock()
					began := time.Now()
					enough := time.NewTimer(time.Duration(patience.Int64N(int64(5 * time.Minute))))
					defer enough.Stop()
					select {
					case <-ctx.Done():
					case <-enough.C:
					}
					mu.Lock()
					working = ""
					held += time.Since(began)
					mu.Unlock()
					return nil
				})
			}
		})
	}
	for ctx.Err() == nil {
		ways[random.IntN(holders)].set(anyWay(random))
		time.Sleep(time.Duration(random.Int64N(int64(20 * time.Second))))
	}
	wg.Wait()
	assert.Greater(t, took, 10)
	assert.Greater(t, held, length/3)
}

// The server's own rules are those that the others test against.
func TestLeaseOnAServer(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	connect := func() *Cluster {
		c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), HTTP1: true})
		require.NoError(t, err)
		t.Cleanup(c.Close)
		return c
	}
	a := connect().Lease(namespace, "nightly", LeaseOptions{Holder: "a", Duration: time.Second})
	b := connect().Lease(namespace, "nightly", LeaseOptions{Holder: "b", Duration: 30 * time.Second})
	first, release := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		assert.NoError(t, a.Hold(t.Context(), func(context.Context) error { close(first); <-release; return nil }))
	})
	<-first
	err := a.Hold(t.Context(), nil)
	assert.ErrorContains(t, err, "is waited for or held already")
	b.options.Seen = func(_ *Lease, holder string, err error) {
		if holder == "a" && err == nil {
			close(release)
		}
	}
	require.NoError(t, b.Hold(t.Context(), func(context.Context) error {
		v, err := connect().View(t.Context(), "leases")
		require.NoError(t, err)
		item, err := v.Fetch(t.Context(), "nightly", namespace)
		require.NoError(t, err)
		spec := item.Spec()
		assert.Equal(t, "b", spec.Get("holderIdentity").String())
		assert.Equal(t, "30", string(spec.Get("leaseDurationSeconds").Raw()))
		assert.Equal(t, "1", string(spec.Get("leaseTransitions").Raw()))
		for _, key := range []string{"acquireTime", "renewTime"} {
			_, err := time.Parse(time.RFC3339Nano, spec.Get(key).String())
			assert.NoError(t, err, key)
		}
		return nil
	}))
	wg.Wait()
}

func TestLeaseThatCantBeHeld(t *testing.T) {
	t.Parallel()
	c := connect(t)
	for _, tt := range []struct{ name, namespace, lease, want string }{
		{"no such namespace", "no-such-namespace", "nightly", `namespaces "no-such-namespace" not found`},
		{"no name", "default", "", "can't be the name of an object"},
		{"no namespace", "", "nightly", "a lease lives in a namespace"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			err := c.Lease(tt.namespace, tt.lease, LeaseOptions{}).Hold(t.Context(), nil)
			assert.ErrorContains(t, err, tt.want)
		})
	}
}
