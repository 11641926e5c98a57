package kube

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// LeaseSet is a number of leases that several processes hold between them, each
// about as many as every other: what one of them leads with a [Lease], all lead
// together with a set. Who has fewer takes first what is free, and asks who has at
// least two more for one of them.
type LeaseSet struct {
	leases   []*Lease
	pause    time.Duration // between two looks
	duration time.Duration // of a lease

	mu     sync.Mutex
	taking int                // how many are about to be taken
	held   map[*Lease]*tenure // those under which something is done
	asked  time.Time          // when somebody was asked last
}

// tenure is the time in which a lease is held.
type tenure struct {
	wanted chan struct{} // closed when the lease should be given up
	giving bool          // whether it is closed
}

// LeaseSet returns the set of the leases with some names. It sends nothing. Seen of
// the options may be called by several goroutines at a time.
func (c *Cluster) LeaseSet(namespace string, names []string, o LeaseOptions) *LeaseSet {
	s := &LeaseSet{held: map[*Lease]*tenure{}}
	for _, name := range names {
		l := c.Lease(namespace, name, o)
		o.Holder = l.options.Holder
		l.admit = func(since time.Time) (func(), bool) { return s.admit(l, since) }
		s.leases = append(s.leases, l)
		s.pause, s.duration = l.pause(), l.options.Duration
	}
	return s
}

// Lease is the lease with an index.
func (s *LeaseSet) Lease(index int) *Lease { return s.leases[index] }

// Hold holds a share of the leases until ctx ends. For each that it gets it calls
// fn with the lease's index, for several at a time. fn's context ends when the
// lease is lost, see [Lease.Hold], and then only. wanted is closed when ctx ends,
// or another process should have the lease: fn then returns as soon as it can in
// good order. After that the lease is given back, and unless ctx has ended, waited
// for again.
//
// Hold returns when every fn has: with the cause of ctx's end, or the first error
// of fn that isn't the loss of a lease, or one that waiting doesn't cure. Such an
// error counts as the end of ctx.
func (s *LeaseSet) Hold(ctx context.Context, fn func(ctx context.Context, index int, wanted <-chan struct{}) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var wg sync.WaitGroup
	for i, l := range s.leases {
		wg.Go(func() {
			for ctx.Err() == nil {
				err := l.hold(ctx, func(held context.Context) error {
					defer s.end(l)
					wanted := s.begin(l)
					defer context.AfterFunc(ctx, func() { s.give(l) })()
					return fn(held, i, wanted)
				})
				if err != nil && !IsReason(err, ReasonLeaseLost) {
					stop(err)
				}
			}
		})
	}
	wg.Go(func() {
		for Sleep(ctx, jitter(s.pause)) == nil {
			s.answer()
			s.ask(ctx)
		}
	})
	wg.Wait()
	return context.Cause(ctx)
}

// begin notes that something is done under a lease, and returns the channel that is
// closed when it is wanted.
func (s *LeaseSet) begin(l *Lease) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.held[l] = &tenure{wanted: make(chan struct{})}
	return s.held[l].wanted
}

func (s *LeaseSet) end(l *Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, l)
}

// give has a lease given up.
func (s *LeaseSet) give(l *Lease) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.held[l]; t != nil && !t.giving {
		t.giving = true
		close(t.wanted)
	}
}

// admit lets a lease be taken that is free: the more this process has, the longer
// that must be, so that others get it who have fewer. What was given back for who
// asked is theirs for as long as a lease is good for.
func (s *LeaseSet) admit(l *Lease, since time.Time) (done func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	wait := time.Duration(s.mine()) * s.pause / 2
	if by := l.askedBy(); by != "" && l.seenHolder() == "" {
		wait = max(wait, s.duration)
		if by == l.options.Holder {
			wait = 0
		}
	}
	if time.Since(since) < wait {
		return nil, false
	}
	s.taking++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.taking--
	}, true
}

// mine is how many leases this process has, and doesn't give up. The caller has
// locked the set.
func (s *LeaseSet) mine() int {
	n := s.taking
	for _, l := range s.leases {
		if t := s.held[l]; l.Held() && (t == nil || !t.giving) {
			n++
		}
	}
	return n
}

// others are the leases that other processes have, by these; free tells whether
// one is nobody's.
func (s *LeaseSet) others() (byHolder map[string][]*Lease, free bool) {
	byHolder = map[string][]*Lease{}
	for _, l := range s.leases {
		if l.Held() {
			continue
		}
		holder := l.seenHolder()
		if _, is := l.free(); is || holder == "" {
			free = true
			continue
		}
		byHolder[holder] = append(byHolder[holder], l)
	}
	return byHolder, free
}

// answer gives up leases that others ask for who have fewer.
func (s *LeaseSet) answer() {
	byHolder, _ := s.others()
	for _, l := range s.leases {
		by := l.askedBy()
		s.mu.Lock()
		fair := s.mine() >= len(byHolder[by])+2
		s.mu.Unlock()
		if by != "" && l.Held() && fair {
			s.give(l)
		}
	}
}

// ask asks who has most leases for one of them, if that is fair and there is none
// to be taken. It leaves time for an answer before it asks again.
func (s *LeaseSet) ask(ctx context.Context) {
	byHolder, free := s.others()
	s.mu.Lock()
	mine, recently := s.mine(), time.Since(s.asked) < s.duration
	s.mu.Unlock()
	if free || recently {
		return
	}
	var most []*Lease
	for _, list := range byHolder {
		if len(list) > len(most) {
			most = list
		}
	}
	if len(most) < mine+2 {
		return
	}
	s.mu.Lock()
	s.asked = time.Now()
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(ctx, s.pause)
	defer cancel()
	// Where that fails, there will be another time.
	_ = most[rand.IntN(len(most))].ask(ctx)
}
