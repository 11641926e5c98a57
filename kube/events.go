package kube

import (
	"context"
	"errors"
	"io"
	"runtime"
	"sync"
	"time"
)

// ErrTimeout is what Events.Next returns where no event came in time.
var ErrTimeout = errors.New("timeout")

// EventBuffer is how many events a watch reads ahead of their reader.
const EventBuffer = 64

// Events hands events from the watch that makes them to whoever reads them. It
// holds at most EventBuffer of them: a slow reader makes the server wait, and at
// worst drop the connection, which is then resumed after the last event that
// the buffer took, so that none is lost and none comes twice.
//
// It is safe for concurrent use; each event is delivered once. Close releases
// it; one that is dropped without Close ends when it is collected.
type Events[E any] struct {
	queue *queue[E]
	stop  runtime.Cleanup
}

// queue is what the goroutine of a watch shares with its Events.
type queue[E any] struct {
	events     chan E
	err        error         // why the watch ended; written before events is closed
	done       chan struct{} // closed by Close, so that readers wake
	once       sync.Once
	background *background

	mu    sync.Mutex
	tells map[chan<- struct{}]int // channels of Notify, and how often each was given
}

// startEvents runs watch in a goroutine that Close ends and waits for, and the
// end of the client too. watch hands events to send and returns why it ended;
// nil is a good end. It must not hold the Events.
func startEvents[E any](ctx context.Context, c *client, watch func(ctx context.Context, send func(E) error) error) *Events[E] {
	q := &queue[E]{
		events: make(chan E, EventBuffer),
		done:   make(chan struct{}),
	}
	of := ctx
	q.background = c.goOn(ctx, func(ctx context.Context) {
		defer q.tell()
		defer close(q.events)
		err := watch(ctx, func(e E) error {
			select {
			case q.events <- e:
				q.tell()
				return nil
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		})
		if of.Err() == nil {
			q.err = err
		}
	})
	s := &Events[E]{queue: q}
	s.stop = runtime.AddCleanup(s, (*background).cancel, q.background)
	return s
}

// Close ends the watch and waits until its connection is released. Closing
// twice is harmless.
func (s *Events[E]) Close() {
	s.stop.Stop()
	s.queue.once.Do(func() {
		close(s.queue.done)
		s.queue.tell()
	})
	s.queue.background.close()
}

// Next returns the next event. It waits for one at most the given time; 0 only
// looks, a negative time waits without end. It returns ErrTimeout where none
// came, io.EOF where the watch has ended by Close, with its context or because
// what it watched is gone, else the error that ended it.
func (s *Events[E]) Next(ctx context.Context, timeout time.Duration) (E, error) {
	// Who waits for an event hasn't dropped the watch.
	defer runtime.KeepAlive(s)
	return s.queue.next(ctx, timeout)
}

// Pending is how many events are there to be taken without waiting. At
// EventBuffer the reader is behind by that or more: what else there is waits
// at the server.
func (s *Events[E]) Pending() int {
	select {
	case <-s.queue.done:
		return 0
	default:
		return len(s.queue.events)
	}
}

// Notify has ch told, without waiting for it, whenever an event has come or the
// watch has ended, until stop is called.
func (s *Events[E]) Notify(ch chan<- struct{}) (stop func()) {
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.tells == nil {
		q.tells = make(map[chan<- struct{}]int)
	}
	q.tells[ch]++
	return func() {
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.tells[ch]--; q.tells[ch] == 0 {
			delete(q.tells, ch)
		}
	}
}

// tell tells the channels of Notify.
func (q *queue[E]) tell() {
	q.mu.Lock()
	defer q.mu.Unlock()
	for ch := range q.tells {
		select {
		case ch <- struct{}{}:
		default:
		}
	}
}

func (q *queue[E]) next(ctx context.Context, timeout time.Duration) (E, error) {
	var none E
	select {
	case <-q.done:
		return none, io.EOF
	default:
	}
	select {
	case e, ok := <-q.events:
		return q.received(e, ok)
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
	case e, ok := <-q.events:
		return q.received(e, ok)
	case <-q.done:
		return none, io.EOF
	case <-late:
		return none, ErrTimeout
	case <-ctx.Done():
		return none, context.Cause(ctx)
	}
}

// received is the result of next for what came out of the queue.
func (q *queue[E]) received(e E, ok bool) (E, error) {
	if ok {
		return e, nil
	}
	select {
	case <-q.done:
		return e, io.EOF
	default:
	}
	if q.err == nil {
		return e, io.EOF
	}
	return e, q.err
}
