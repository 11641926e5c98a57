package engine

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// inner is a source of the engine's own: tasks of the VM bring something to it,
// or time does.
type inner interface {
	host.Source
	bell() *bell
	pass() // called when somebody has looked and leaves
}

// timed is a source that has something at a certain time.
type timed interface{ due() time.Time }

// choice is one thing that task.select waits for.
type choice struct {
	key    lua.LValue
	source host.Source
}

// selectAny implements task.select{key = source, ..., timeout = s}: the key of the
// first source that has something, and what it has, as its own next, get or
// wait returns it; nil and "timeout" where none has in time.
func (vm *VM) selectAny(L *lua.LState) int {
	choices, timeout := vm.choices(L)
	w := newWaiter()
	inside := true
	for _, c := range choices {
		if in, ok := c.source.(inner); ok {
			place := in.bell().add(w)
			defer in.pass()
			defer in.bell().remove(place)
		} else {
			inside = false
			defer c.source.Subscribe(w.ch)()
		}
	}
	late := time.Now().Add(timeout)
	for {
		vm.Turn(L)
		// Each time another one comes first, so that a busy source leaves
		// the others their turn.
		vm.selects++
		for i := range choices {
			c := choices[(vm.selects+i)%len(choices)]
			L.SetTop(1)
			L.Push(c.key)
			if n, ok := c.source.Take(L); ok {
				return n + 1
			}
		}
		wait := time.Duration(-1)
		if timeout >= 0 {
			if wait = time.Until(late); wait <= 0 {
				return pushNothing(L, "timeout")
			}
		}
		for _, c := range choices {
			if t, ok := c.source.(timed); ok {
				due := max(time.Until(t.due()), 0)
				if wait < 0 || due < wait {
					wait = due
				}
			}
		}
		if err := vm.rest(L, "task.select()", wait, inside, w); err != nil && err != errNotYet {
			vm.raise(L, err)
		}
	}
}

// choices reads the argument of task.select.
func (vm *VM) choices(L *lua.LState) ([]choice, time.Duration) {
	t, ok := L.Get(1).(*lua.LTable)
	if !ok {
		vm.invalid(L, "task.select: the argument must be a table of what to wait for, not %s", L.Get(1).Type())
	}
	timeout := time.Duration(-1)
	var choices []choice
	t.ForEach(func(key, value lua.LValue) {
		if key == lua.LString("timeout") && (value.Type() == lua.LTNumber || value.Type() == lua.LTString) {
			timeout = vm.kube.Seconds(L, value, "task.select: timeout")
			return
		}
		source := sourceOf(value)
		if source == nil {
			vm.invalid(L, "task.select: %s is a %s, which can't be waited for (a watcher, queue, timer or task can)", key.String(), value.Type())
		}
		choices = append(choices, choice{key, source})
	})
	if len(choices) == 0 {
		vm.invalid(L, "task.select: nothing to wait for")
	}
	return choices, timeout
}

// sourceOf is what a value brings, nil if it brings nothing.
func sourceOf(value lua.LValue) host.Source {
	ud, ok := value.(*lua.LUserData)
	if !ok {
		return nil
	}
	mt, ok := ud.Metatable.(*lua.LTable)
	if !ok {
		return nil
	}
	of, ok := mt.RawGetString(host.SourceKey).(host.SourceOf)
	if !ok {
		return nil
	}
	return of(ud.Value)
}

// A task is a source: its results are there when it has ended.

func (h *handle) Take(L *lua.LState) (int, bool) {
	if h.task.state == taskRunning {
		return 0, false
	}
	return h.task.push(L), true
}

func (h *handle) Subscribe(chan<- struct{}) func() { return func() {} }
func (h *handle) bell() *bell                      { return &h.task.ended }
func (h *handle) pass()                            { h.task.leave() }

// A queue is one: its next value.

func (q *queue) Subscribe(chan<- struct{}) func() { return func() {} }
func (q *queue) bell() *bell                      { return &q.filled }

// A timer is one: the number of its tick.

func (t *timer) Subscribe(chan<- struct{}) func() { return func() {} }
func (t *timer) bell() *bell                      { return &t.shut }
func (t *timer) pass()                            {}
func (t *timer) due() time.Time                   { return t.next }
