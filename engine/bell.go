package engine

import (
	"container/list"
	"context"
	"errors"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// bell wakes tasks that wait for something in the VM: the end of a task, room
// in a queue. The VM's lock guards it.
type bell struct{ waiting list.List } // of *waiter, the longest-waiting first

// waiter is a task that waits for one of several bells, or for something from
// outside of the VM that has ch told.
type waiter struct {
	ch    chan struct{} // told at most once before it is emptied
	rests *task         // the task, while only another one can wake it
}

func newWaiter() *waiter { return &waiter{ch: make(chan struct{}, 1)} }

// add has the bell wake w. The caller removes it by the place that it gets.
func (b *bell) add(w *waiter) *list.Element { return b.waiting.PushBack(w) }

func (b *bell) remove(place *list.Element) { b.waiting.Remove(place) }

// ring wakes who waits longest.
func (b *bell) ring() {
	if first := b.waiting.Front(); first != nil {
		first.Value.(*waiter).wake()
	}
}

// ringAll wakes all.
func (b *bell) ringAll() {
	for e := b.waiting.Front(); e != nil; e = e.Next() {
		e.Value.(*waiter).wake()
	}
}

func (w *waiter) wake() {
	w.rouse()
	select {
	case w.ch <- struct{}{}:
	default:
	}
}

// rouse ends that the waiter counts as resting.
func (w *waiter) rouse() {
	if w.rests != nil {
		w.rests.rouse()
		w.rests = nil
	}
}

// errNotYet is what a wait ends with whose time is up.
var errNotYet = errors.New("timeout")

// await waits until the bell rings. what says for what, in the words of a
// script; a negative timeout is none.
func (vm *VM) await(L *lua.LState, what string, timeout time.Duration, b *bell) error {
	w := newWaiter()
	place := b.add(w)
	defer b.remove(place)
	return vm.rest(L, what, timeout, true, w)
}

// rest waits until w is woken. inside tells that only the VM's own tasks can
// wake it: a run in which all tasks rest like that would never end.
func (vm *VM) rest(L *lua.LState, what string, timeout time.Duration, inside bool, w *waiter) error {
	if t := scopeOf(L).task; inside && timeout < 0 && t != nil {
		w.rests = t
		t.rest(L, what)
	}
	defer w.rouse()
	return vm.Block(L, func(ctx context.Context) error {
		var late <-chan time.Time
		if timeout >= 0 {
			timer := time.NewTimer(timeout)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case <-w.ch:
			return nil
		case <-late:
			return errNotYet
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
}
