package engine

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// classes are the metatables of the engine's own values.
type classes struct{ job, jobContext, jobLog, queue, task, timer *lua.LTable }

var taskHandleClass = class[*handle]{
	name: "task",
	methods: map[string]func(*lua.LState, *handle) int{
		"cancel": func(_ *lua.LState, h *handle) int {
			h.task.bound.cancel(errCancelled)
			return 0
		},
		"status": func(L *lua.LState, h *handle) int {
			L.Push(lua.LString(h.task.state))
			return 1
		},
		"wait": func(L *lua.LState, h *handle) int { return h.wait(L) },
	},
	source: func(h *handle) host.Source { return h },
	text:   func(h *handle) string { return fmt.Sprintf("task (%s, started at %s)", h.task.state, h.task.where) },
}

// openTask opens the module task.
func (vm *VM) openTask(L *lua.LState, _ host.Host) lua.LValue {
	vm.classes.queue = queueClass.metatable(vm, L)
	vm.classes.task = taskHandleClass.metatable(vm, L)
	vm.classes.timer = timerClass.metatable(vm, L)
	return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"parallel": vm.parallel,
		"queue":    vm.newQueue,
		"select":   vm.selectAny,
		"sleep":    vm.sleep,
		"spawn": func(L *lua.LState) int {
			fn := vm.function(L, 1, "task.spawn")
			L.Push(vm.Spawn(L, fn, arguments(L, 2)...))
			return 1
		},
		"ticker":  vm.newTimer("task.ticker: the time between ticks", true),
		"timeout": vm.limit,
		"timer":   vm.newTimer("task.timer: the time", false),
	})
}

// wait implements t:wait([timeout]): the results of the task's function. It
// raises what the function raised, and TimeoutError where the task hasn't
// ended in time.
func (h *handle) wait(L *lua.LState) int {
	t := h.task
	if scopeOf(L).task == t {
		t.vm.invalid(L, "t:wait: a task can't wait for itself")
	}
	timeout := t.vm.kube.Wait(L, 2)
	if t.state == taskRunning {
		err := t.vm.await(L, "t:wait()", timeout, &t.ended)
		if err != nil {
			t.leave()
		}
		switch err {
		case nil:
		case errNotYet:
			t.vm.raise(L, kube.Errorf(kube.TimeoutError, "t:wait: the task has not ended within %v", timeout))
		default:
			t.vm.raise(L, err)
		}
	}
	return t.push(L)
}
