package engine

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// bound is the context of a task or of a time limit. It ends when it is
// cancelled or its parent ends, and unlike the contexts of the standard library
// it can be released without being cancelled: what was started under it and is
// still open, such as a watch or another task, goes on, and holds on to the
// bound for as long as it is.
type bound struct {
	context.Context // the parent
	done            chan struct{}

	mu       sync.Mutex
	cause    error // why it ended, nil while it hasn't
	released bool
	leave    func() bool        // unregisters from the parent
	after    map[*func()]*bound // called when it ends; with the bound under it that is ended so, if any
}

// newBound makes a bound under parent. The caller releases it.
func newBound(parent context.Context) *bound {
	b := &bound{Context: parent, done: make(chan struct{})}
	end := func() { b.cancel(context.Cause(parent)) }
	b.mu.Lock()
	defer b.mu.Unlock()
	if p, ok := parent.(*bound); ok {
		b.leave = p.register(end, b)
	} else {
		b.leave = context.AfterFunc(parent, end)
	}
	return b
}

// Done is closed when the bound has ended.
func (b *bound) Done() <-chan struct{} { return b.done }

// Deadline is unknown: a limit may be lifted.
func (b *bound) Deadline() (time.Time, bool) { return time.Time{}, false }

// Err is why the bound has ended, which is also what context.Cause finds.
func (b *bound) Err() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cause
}

// AfterFunc has f called once when the bound ends. Contexts of the standard
// library that are made under the bound register by it. f must not block.
func (b *bound) AfterFunc(f func()) (stop func() bool) { return b.register(f, nil) }

// register is AfterFunc, where f ends the bound child, nil for none.
func (b *bound) register(f func(), child *bound) (stop func() bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cause != nil {
		go f()
		return func() bool { return false }
	}
	if b.after == nil {
		b.after = make(map[*func()]*bound)
	}
	b.after[&f] = child
	return func() bool {
		b.mu.Lock()
		_, there := b.after[&f]
		delete(b.after, &f)
		leave := b.unused()
		b.mu.Unlock()
		if leave != nil {
			leave()
		}
		return there
	}
}

// cancel ends the bound for a reason, and all that are under it. What runs under
// one of them sees the end of that before the end of anything else, such as of a
// watch.
func (b *bound) cancel(cause error) {
	if cause == nil {
		cause = context.Canceled
	}
	ended := b.end(cause)
	for _, e := range ended {
		close(e.done)
	}
	for _, e := range ended {
		e.tell()
	}
}

// end notes why the bound has ended, and all under it that haven't. They are
// returned.
func (b *bound) end(cause error) (ended []*bound) {
	b.mu.Lock()
	if b.cause != nil {
		b.mu.Unlock()
		return nil
	}
	b.cause = cause
	ended = append(ended, b)
	children := slices.Collect(maps.Values(b.after))
	b.mu.Unlock()
	for _, child := range children {
		if child != nil {
			ended = append(ended, child.end(cause)...)
		}
	}
	return ended
}

// tell calls what is to be called at the end of the bound.
func (b *bound) tell() {
	b.mu.Lock()
	after, leave := b.after, b.leave
	b.after, b.leave = nil, nil
	b.mu.Unlock()
	for f, child := range after {
		if child == nil {
			(*f)()
		}
	}
	if leave != nil {
		leave()
	}
}

// release says that nothing more will be started under the bound.
func (b *bound) release() {
	b.mu.Lock()
	b.released = true
	leave := b.unused()
	b.mu.Unlock()
	if leave != nil {
		leave()
	}
}

// unused is the function that unregisters the bound from its parent, nil while
// something needs it. The mutex is held.
func (b *bound) unused() (leave func() bool) {
	if b.released && len(b.after) == 0 {
		leave, b.leave = b.leave, nil
	}
	return leave
}
