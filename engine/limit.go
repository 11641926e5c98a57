package engine

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// limit implements task.timeout(seconds, fn, ...): what fn(...) returns, or
// TimeoutError where it takes longer. fn and what it started are cancelled
// then: no pcall in them holds that up. What it leaves open in time goes on.
func (vm *VM) limit(L *lua.LState) int {
	within := vm.kube.Seconds(L, L.Get(1), "task.timeout: the time")
	fn := vm.function(L, 2, "task.timeout")
	args := arguments(L, 3)

	outer := scopeOf(L)
	b := newBound(outer.Context)
	defer b.release()
	late := TimedOut(within)
	alarm := time.AfterFunc(within, func() { b.cancel(late) })
	defer alarm.Stop()

	th := vm.enter(L)
	inner := newScope(b, outer.task, outer.co)
	inner.limited = true
	th.SetContext(inner)
	th.Push(fn)
	for _, a := range args {
		th.Push(a)
	}
	f := vm.protect(th, len(args), func(f *failure) {
		if f.trace == nil {
			f.trace = vm.traceback(th, 0)
		}
	})
	L.Env = th.Env
	if f == nil {
		results := arguments(th, 1)
		vm.leave(th)
		for _, v := range results {
			L.Push(v)
		}
		return len(results)
	}
	vm.drop(th)
	if outer.Err() == nil {
		switch err := b.Err(); err {
		case nil:
		case late:
			vm.raise(L, kube.Errorf(kube.TimeoutError, "task.timeout: the call took longer than %v", within))
		default:
			vm.raise(L, err) // of the task that began the call, in a coroutine
		}
	}
	rethrow(f)
	return 0
}
