package kube

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// ErrTimeout is what Events.Next returns where no event came in time.
var ErrTimeout = errors.New("timeout")

// eventBuffer is how many events are read ahead of their reader.
const eventBuffer = 64

// Events hands events from the watch that makes them to whoever reads them. It
// holds a bounded number: a slow reader makes the server wait, and at worst
// drop the connection, which is then resumed. It is safe for concurrent use;
// each event is delivered once.
type Events[E any] struct {
	queue  chan E
	err    error         // why the watch ended; written before queue is closed
	done   chan struct{} // closed by Close, so that readers wake
	once   sync.Once
	cancel context.CancelFunc
	ended  chan struct{} // closed when the watch has released everything
}

// startEvents runs watch in a goroutine that Close ends and waits for. watch
// hands events to send and returns why it ended; nil is a good end.
func startEvents[E any](ctx context.Context, watch func(ctx context.Context, send func(E) error) error) *Events[E] {
	ctx, cancel := context.WithCancel(ctx)
	s := &Events[E]{
		queue:  make(chan E, eventBuffer),
		done:   make(chan struct{}),
		cancel: cancel,
		ended:  make(chan struct{}),
	}
	go func() {
		defer close(s.ended)
		defer close(s.queue)
		defer cancel()
		s.err = watch(ctx, func(e E) error {
			select {
			case s.queue <- e:
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
	}()
	return s
}

// Close ends the watch and waits until its connection is released. Closing
// twice is harmless.
func (s *Events[E]) Close() {
	s.once.Do(func() {
		close(s.done)
		s.cancel()
	})
	<-s.ended
}

// Next returns the next event. It waits for one at most the given time; 0 only
// looks, a negative time waits without end. It returns ErrTimeout where none
// came, io.EOF where the watch has ended by Close or because what it watched
// is gone, else the error that ended it.
func (s *Events[E]) Next(ctx context.Context, timeout time.Duration) (E, error) {
	var none E
	select {
	case <-s.done:
		return none, io.EOF
	default:
	}
	select {
	case e, ok := <-s.queue:
		return s.received(e, ok)
	default:
	}
	if timeout == 0 {
		return none, ErrTimeout
	}
	var late <-chan time.Time
	if timeout > 0 {
		timer := time.NewTimer(timeout)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case e, ok := <-s.queue:
		return s.received(e, ok)
	case <-s.done:
		return none, io.EOF
	case <-late:
		return none, ErrTimeout
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// Ready tells whether an event is there to be taken without waiting.
func (s *Events[E]) Ready() bool { return len(s.queue) > 0 }

func (s *Events[E]) received(e E, ok bool) (E, error) {
	if ok || s.err == nil {
		if !ok {
			return e, io.EOF
		}
		return e, nil
	}
	return e, s.err
}
