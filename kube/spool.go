package kube

import (
	"context"
	"sync"
)

// execAhead is how many bytes of a command's output are read before somebody
// takes them, see [Process].
const execAhead = DefaultExecLimit

// spool holds pieces of output between the connection that they come from and
// who takes them. One goroutine puts, another takes.
type spool struct {
	limit      int
	came, took chan struct{}

	mu     sync.Mutex
	pieces []Output
	size   int
	ended  bool
}

func newSpool(limit int) *spool {
	return &spool{limit: limit, came: make(chan struct{}, 1), took: make(chan struct{}, 1)}
}

// pieceSize is what a piece counts for.
func pieceSize(o Output) int { return len(o.Data) + 64 }

// put adds a piece. It waits while the spool is full.
func (s *spool) put(ctx context.Context, o Output) error {
	for {
		s.mu.Lock()
		room := s.size < s.limit
		if room {
			s.pieces = append(s.pieces, o)
			s.size += pieceSize(o)
		}
		s.mu.Unlock()
		if room {
			wake(s.came)
			return nil
		}
		select {
		case <-s.took:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// end says that nothing more is put.
func (s *spool) end() {
	s.mu.Lock()
	s.ended = true
	s.mu.Unlock()
	wake(s.came)
}

// drain hands on all pieces, in the order in which they came, until the end.
func (s *spool) drain(ctx context.Context, send func(Output) error) error {
	for {
		s.mu.Lock()
		pieces, ended := s.pieces, s.ended
		s.pieces = nil
		s.mu.Unlock()
		for n, o := range pieces {
			if err := send(o); err != nil {
				return err
			}
			pieces[n] = Output{}
			s.mu.Lock()
			s.size -= pieceSize(o)
			s.mu.Unlock()
			wake(s.took)
		}
		if len(pieces) > 0 {
			continue
		}
		if ended {
			return nil
		}
		select {
		case <-s.came:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// wake tells a channel, unless it is told already.
func wake(ch chan<- struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
