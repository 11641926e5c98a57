package engine

import (
	"context"
	"sync"
	"time"
)

// turns is the lock of a VM: whoever runs Lua has it. It is handed on in the
// order in which it was asked for, so that no task starves and tasks take
// their first steps in the order in which they were started.
type turns struct {
	mu      sync.Mutex
	taken   bool
	since   time.Time // when it was handed on last; only kept while others wait
	first   *turn
	last    *turn
	spare   *turn // turns that were taken, to be used again
	waiting int
}

// turn is one place in the queue.
type turn struct {
	come chan struct{} // gets a value when the lock is handed to it
	next *turn
}

// Lock waits for the lock.
func (t *turns) Lock() {
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return
	}
	mine := t.queue()
	t.mu.Unlock()
	t.take(mine)
}

// LockContext waits for the lock, but not longer than the context lasts, whose
// cause it returns then.
func (t *turns) LockContext(ctx context.Context) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	t.mu.Lock()
	if !t.taken {
		t.taken = true
		t.mu.Unlock()
		return nil
	}
	mine := t.queue()
	t.mu.Unlock()
	select {
	case <-mine.come:
		t.keep(mine)
		return nil
	case <-ctx.Done():
		t.mu.Lock()
		defer t.mu.Unlock()
		if !t.leave(mine) { // it was handed on just now
			<-mine.come
			t.handOn()
		}
		return context.Cause(ctx)
	}
}

// leave takes a place out of the queue; false if it isn't there any more. The
// mutex is held.
func (t *turns) leave(mine *turn) bool {
	var before *turn
	for place := t.first; place != nil; before, place = place, place.next {
		if place != mine {
			continue
		}
		if before == nil {
			t.first = place.next
		} else {
			before.next = place.next
		}
		if t.last == place {
			t.last = before
		}
		t.waiting--
		return true
	}
	return false
}

// Reserve takes a place in the queue for somebody who will take it. The caller
// has the lock.
func (t *turns) Reserve() *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.queue()
}

// queue adds a place at the end of the queue. The mutex is held.
func (t *turns) queue() *turn {
	mine := t.spare
	if mine == nil {
		mine = &turn{come: make(chan struct{}, 1)}
	} else {
		t.spare = mine.next
		mine.next = nil
	}
	if t.last == nil {
		t.first, t.since = mine, time.Now()
	} else {
		t.last.next = mine
	}
	t.last = mine
	t.waiting++
	return mine
}

// take waits until the lock is handed to a place in the queue.
func (t *turns) take(mine *turn) {
	<-mine.come
	t.keep(mine)
}

// keep keeps a place that was taken, to be used again.
func (t *turns) keep(mine *turn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	mine.next = t.spare
	t.spare = mine
}

// Unlock hands the lock to who waits longest, if anybody does.
func (t *turns) Unlock() {
	t.mu.Lock()
	t.handOn()
	t.mu.Unlock()
}

// handOn is Unlock under the mutex.
func (t *turns) handOn() {
	next := t.first
	if next == nil {
		t.taken = false
		return
	}
	if t.first = next.next; t.first == nil {
		t.last = nil
	}
	t.waiting--
	t.since = time.Now()
	next.come <- struct{}{}
}

// Pass lets everybody who waits have a turn, and returns when it is the
// caller's again, who has the lock.
func (t *turns) Pass() {
	t.mu.Lock()
	if t.first == nil {
		t.mu.Unlock()
		return
	}
	mine := t.queue()
	t.handOn()
	t.mu.Unlock()
	t.take(mine)
}

// Overdue tells whether others have waited for longer than slice.
func (t *turns) Overdue(slice time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.first != nil && time.Since(t.since) > slice
}
