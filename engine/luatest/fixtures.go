package luatest

import (
	"context"
	"sync"
)

// fixtures are the objects that the tests of a suite apply, by a key. Those outside
// of namespaces are everyone's: one is deleted after the last test that applied it.
type fixtures struct {
	mu    sync.Mutex
	known map[string]*fixture
}

// of is the fixture of a key.
func (s *fixtures) of(key string) *fixture {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known = map[string]*fixture{}
	}
	if s.known[key] == nil {
		s.known[key] = &fixture{taken: make(chan struct{}, 1)}
	}
	return s.known[key]
}

// fixture is an object that tests hold. It is one caller's between take and give,
// so that no test applies it while another finds out about it, or deletes it.
type fixture struct {
	taken   chan struct{}
	holders int
	there   bool // before a test applied it
}

// take waits until the fixture is the caller's. The error is why ctx has ended.
func (f *fixture) take(ctx context.Context) error {
	select {
	case f.taken <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// give is the end of what take began.
func (f *fixture) give() { <-f.taken }

// hold notes one more test that applies the object. found says whether it exists
// already, and is asked for the first of them.
func (f *fixture) hold(found func() bool) {
	if f.holders == 0 {
		f.there = found()
	}
	f.holders++
}

// leave notes that a test has ended. After the last one what the tests have made is
// removed.
func (f *fixture) leave(remove func()) {
	f.holders--
	if f.holders == 0 && !f.there {
		remove()
	}
}
