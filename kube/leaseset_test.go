package kube

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// shards are processes that hold a set of leases between them.
type shards struct {
	server *leaseServer
	names  []string

	mu     sync.Mutex
	holder []string       // by lease, "" for nobody
	taken  map[string]int // how many leases each process took, from the beginning on
}

func newShards(n int) *shards {
	s := &shards{server: &leaseServer{}, holder: make([]string, n), taken: map[string]int{}}
	for i := range n {
		s.names = append(s.names, fmt.Sprint("shard-", i))
	}
	return s
}

// start starts a process. It ends with ctx, and has ended when done is closed.
func (s *shards) start(ctx context.Context, t *testing.T, name string) (way *way, done chan struct{}) {
	c, way := remote(t, s.server)
	set := c.LeaseSet("jobs", s.names, LeaseOptions{Holder: name})
	done = make(chan struct{})
	go func() {
		defer close(done)
		err := set.Hold(ctx, func(ctx context.Context, i int, wanted <-chan struct{}) error {
			s.mu.Lock()
			assert.Equal(t, "", s.holder[i], "of %s", s.names[i])
			s.holder[i] = name
			s.taken[name]++
			s.mu.Unlock()
			select {
			case <-wanted:
				time.Sleep(3 * time.Second) // in good order
			case <-ctx.Done():
			}
			s.mu.Lock()
			s.holder[i] = ""
			s.mu.Unlock()
			return context.Cause(ctx)
		})
		assert.ErrorIs(t, err, context.Canceled)
	}()
	return way, done
}

// await waits until each lease has a holder and all holders have about as many.
func (s *shards) await(t *testing.T, holders ...string) {
	t.Helper()
	var counts map[string]int
	for range 300 {
		time.Sleep(time.Second)
		counts = s.counts()
		most, least := 0, len(s.names)
		for _, name := range holders {
			most, least = max(most, counts[name]), min(least, counts[name])
		}
		if counts[""] == 0 && most-least <= 1 {
			return
		}
	}
	t.Errorf("got %v, want shares for %v", counts, holders)
}

// counts are how many leases each process has.
func (s *shards) counts() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	counts := map[string]int{}
	for _, holder := range s.holder {
		counts[holder]++
	}
	return counts
}

func TestLeaseSetIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newShards(8)
		ctx, stop := context.WithCancel(t.Context())
		_, a := s.start(ctx, t, "a")
		s.await(t, "a")
		first, leave := context.WithCancel(ctx)
		_, b := s.start(first, t, "b")
		s.await(t, "a", "b")
		_, c := s.start(ctx, t, "c")
		s.await(t, "a", "b", "c")
		time.Sleep(time.Minute)
		counts := s.counts()
		time.Sleep(3 * time.Minute)
		assert.Equal(t, counts, s.counts(), "what is fair stays")
		assert.Equal(t, map[string]int{"a": 8, "b": 4, "c": counts["c"]}, s.taken, "who gives a lease doesn't take it again")
		leave()
		<-b
		s.await(t, "a", "c")
		stop()
		<-a
		<-c
	})
}

func TestLeaseSetEndsWithAnError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := remote(t, &leaseServer{})
		wrong := errors.New("wrong")
		err := c.LeaseSet("jobs", []string{"x", "y"}, LeaseOptions{}).Hold(t.Context(), func(_ context.Context, i int, wanted <-chan struct{}) error {
			if i == 1 {
				time.Sleep(time.Minute)
				return wrong
			}
			<-wanted
			return nil
		})
		assert.ErrorIs(t, err, wrong)
	})
}

// However the ways to the server are cut, each lease has one holder at a time, and
// when they are open again all have their share.
func TestLeaseSetAtRandom(t *testing.T) {
	for seed := range uint64(4) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				random := rand.New(rand.NewPCG(seed, 3))
				s := newShards(5)
				ctx, stop := context.WithCancel(t.Context())
				var ways []*way
				var ends []chan struct{}
				for i := range 3 {
					way, end := s.start(ctx, t, fmt.Sprint("holder-", i))
					ways, ends = append(ways, way), append(ends, end)
				}
				for range 60 {
					ways[random.IntN(3)].set(anyWay(random))
					time.Sleep(time.Duration(random.Int64N(int64(30 * time.Second))))
				}
				for _, way := range ways {
					way.set(nil)
				}
				s.await(t, "holder-0", "holder-1", "holder-2")
				stop()
				for _, end := range ends {
					<-end
				}
			})
		})
	}
}

func TestLeaseSetOnAServer(t *testing.T) {
	t.Parallel()
	namespace := localtest.Namespace(t)
	got := make(chan string)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	start := func(name string) {
		set := connect(t).LeaseSet(namespace, []string{"shard-0", "shard-1"}, LeaseOptions{Holder: name, Duration: 10 * time.Second})
		wg.Go(func() {
			assert.ErrorIs(t, set.Hold(ctx, func(_ context.Context, _ int, wanted <-chan struct{}) error {
				select {
				case got <- name:
				case <-ctx.Done():
				}
				<-wanted
				return nil
			}), context.Canceled)
		})
	}
	start("a")
	assert.Equal(t, []string{"a", "a"}, []string{<-got, <-got})
	start("b")
	for <-got != "b" { // a takes again what it gave up where b doesn't for as long as a lease lasts
	}
	stop()
	wg.Wait()
	left := localtest.Kubectl(t, "get", "leases", "--namespace="+namespace, "--output=jsonpath={.items[*].spec.holderIdentity}{.items[*].metadata.annotations}")
	assert.Equal(t, "", strings.TrimSpace(left), "all are given back, and nobody is asked")
}
