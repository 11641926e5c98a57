package engine

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// queue hands values from tasks to tasks, in order, a bounded number ahead.
type queue struct {
	vm     *VM
	items  []lua.LValue
	size   int
	closed bool
	filled bell // rings when there is something to get, or will never be
	freed  bell // rings when there is room
}

// maxQueue bounds how many values a queue holds.
const maxQueue = 1 << 20

var queueClass = class[*queue]{
	name: "queue",
	methods: map[string]func(*lua.LState, *queue) int{
		"close": func(_ *lua.LState, q *queue) int {
			q.closed = true
			q.filled.ringAll()
			q.freed.ringAll()
			return 0
		},
		"get": func(L *lua.LState, q *queue) int { return q.get(L) },
		"put": func(L *lua.LState, q *queue) int { return q.put(L) },
	},
	iter: func(L *lua.LState, q *queue) int {
		L.SetTop(0)
		return q.get(L)
	},
	length: func(q *queue) int { return len(q.items) },
	source: func(q *queue) host.Source { return q },
	text:   func(q *queue) string { return fmt.Sprintf("queue (%d of %d)", len(q.items), q.size) },
}

// Held are the values that wait. See [host.Holder].
func (q *queue) Held() []lua.LValue { return q.items }

// newQueue implements task.queue([size]).
func (vm *VM) newQueue(L *lua.LState) int {
	size := lua.LNumber(1)
	if v := L.Get(1); v != lua.LNil {
		n, ok := v.(lua.LNumber)
		if !ok || n < 1 || n > maxQueue || n != lua.LNumber(int(n)) {
			vm.invalid(L, "task.queue: the size must be a whole number from 1 to %d, not %s", maxQueue, v.String())
		}
		size = n
	}
	L.Push(vm.object(&queue{vm: vm, size: int(size)}, vm.classes.queue))
	return 1
}

// put implements q:put(value [, timeout]): true once there was room, nil and
// "timeout" where there was none in time.
func (q *queue) put(L *lua.LState) int {
	value := L.Get(2)
	if value == lua.LNil {
		q.vm.invalid(L, "q:put: nil can't be put into a queue: q:get() returns it at the end")
	}
	timeout := q.vm.kube.Wait(L, 3)
	late := time.Now().Add(timeout)
	q.vm.Turn(L)
	for !q.closed && len(q.items) >= q.size {
		if err := q.vm.await(L, "q:put()", left(timeout, late), &q.freed); err != nil {
			return q.giveUp(L, err)
		}
	}
	if q.closed {
		q.vm.raise(L, kube.Errorf(kube.KubeError, "q:put: the queue is closed"))
	}
	q.items = append(q.items, value)
	q.pass()
	L.Push(lua.LTrue)
	return 1
}

// get implements q:get([timeout]): the next value, or nil and "timeout" or
// "closed".
func (q *queue) get(L *lua.LState) int {
	timeout := q.vm.kube.Wait(L, 2)
	late := time.Now().Add(timeout)
	q.vm.Turn(L)
	for {
		if n, ok := q.Take(L); ok {
			return n
		}
		if timeout == 0 {
			return pushNothing(L, "timeout")
		}
		if err := q.vm.await(L, "q:get()", left(timeout, late), &q.filled); err != nil {
			return q.giveUp(L, err)
		}
	}
}

// left is what of a timeout is left until late; a negative one has no end.
func left(timeout time.Duration, late time.Time) time.Duration {
	if timeout < 0 {
		return timeout
	}
	return max(time.Until(late), 0)
}

// giveUp ends a wait that was in vain.
func (q *queue) giveUp(L *lua.LState, err error) int {
	q.pass()
	if err != errNotYet {
		q.vm.raise(L, err)
	}
	return pushNothing(L, "timeout")
}

// Take pushes the next value, or nil and "closed"; false if there is neither.
func (q *queue) Take(L *lua.LState) (int, bool) {
	switch {
	case len(q.items) > 0:
		L.Push(q.items[0])
		q.items[0] = nil
		q.items = q.items[1:]
		q.pass()
		return 1, true
	case q.closed:
		return pushNothing(L, "closed"), true
	}
	return 0, false
}

// pass wakes who can go on now. Whoever was woken passes it on, also when it
// no longer wants to.
func (q *queue) pass() {
	if len(q.items) > 0 || q.closed {
		q.filled.ring()
	}
	if len(q.items) < q.size || q.closed {
		q.freed.ring()
	}
}
