package engine

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// timer fires once, or again and again. Who comes late to several ticks gets
// one.
type timer struct {
	vm     *VM
	next   time.Time
	period time.Duration // 0 for one that fires once
	ticks  int           // how often it has fired
	closed bool
	shut   bell // rings when it is closed
}

var timerClass = class[*timer]{
	name: "timer",
	methods: map[string]func(*lua.LState, *timer) int{
		"close": func(_ *lua.LState, t *timer) int {
			t.closed = true
			t.shut.ringAll()
			return 0
		},
		"next": func(L *lua.LState, t *timer) int { return t.tick(L, t.vm.kube.Wait(L, 2)) },
	},
	iter:   func(L *lua.LState, t *timer) int { return t.tick(L, -1) },
	source: func(t *timer) host.Source { return t },
}

// newTimer implements task.timer(after) and task.ticker(period).
func (vm *VM) newTimer(name string, repeats bool) lua.LGFunction {
	return func(L *lua.LState) int {
		after := vm.kube.Seconds(L, L.Get(1), name)
		t := &timer{vm: vm, next: time.Now().Add(after)}
		if repeats {
			if after < time.Millisecond {
				vm.invalid(L, "%s: the time between ticks must be a millisecond or more", name)
			}
			t.period = after
		}
		L.Push(vm.object(t, vm.classes.timer))
		return 1
	}
}

// tick waits until the timer fires: the number of the tick, or nil and "closed"
// or "timeout".
func (t *timer) tick(L *lua.LState, timeout time.Duration) int {
	late := time.Now().Add(timeout)
	for {
		t.vm.Turn(L)
		if n, ok := t.Take(L); ok {
			return n
		}
		wait := time.Until(t.next)
		if timeout >= 0 {
			left := time.Until(late)
			if left <= 0 {
				return pushNothing(L, "timeout")
			}
			wait = min(wait, left)
		}
		if err := t.vm.await(L, "", max(wait, 0), &t.shut); err != nil && err != errNotYet {
			t.vm.raise(L, err)
		}
	}
}

// Take pushes the number of the tick if the timer has fired, nil and "closed"
// if it never will again.
func (t *timer) Take(L *lua.LState) (int, bool) {
	now := time.Now()
	switch {
	case t.closed, t.period == 0 && t.ticks == 1:
		return pushNothing(L, "closed"), true
	case now.Before(t.next):
		return 0, false
	}
	t.ticks++
	if t.period > 0 {
		t.next = t.next.Add(now.Sub(t.next).Truncate(t.period) + t.period)
	}
	L.Push(lua.LNumber(t.ticks))
	return 1, true
}

// sleep implements task.sleep(seconds): 0 lets the other tasks have a turn.
func (vm *VM) sleep(L *lua.LState) int {
	d := vm.kube.Seconds(L, L.Get(1), "task.sleep: the time")
	if d == 0 {
		vm.pass(L)
		return 0
	}
	err := vm.Block(L, func(ctx context.Context) error {
		alarm := time.NewTimer(d)
		defer alarm.Stop()
		select {
		case <-alarm.C:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	if err != nil {
		vm.raise(L, err)
	}
	return 0
}
