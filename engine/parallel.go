package engine

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
)

// parallelOptions are the options of task.parallel.
type parallelOptions struct {
	Limit    lua.LValue // how many calls run at once
	OnError  string     // "stop" or "collect"
	Progress lua.LValue // true or a word for what is being done
}

// Without a limit as many calls run at once; no limit can be higher than
// maxParallel.
const (
	defaultParallel = 16
	maxParallel     = 10000
)

// errStopped is the cause of a call whose results nobody will ask for.
var errStopped = errors.New("another call has failed")

// parallel is one task.parallel that is going on.
type parallel struct {
	vm       *VM
	running  int
	ended    bell
	results  *lua.LTable
	errors   *lua.LTable
	failed   *task // the first that failed
	failures int
	done     int
}

// parallel implements task.parallel(iterable, fn [, options]): calls fn with
// what a loop over the iterable gets, several at once. It returns the table of
// the results, in the order of the loop, and one of the errors. fn gets the
// element and its index where the iterable is a table.
func (vm *VM) parallel(L *lua.LState) int {
	iterable := L.Get(1)
	fn := vm.function(L, 2, "task.parallel")
	o, limit := vm.parallelOptions(L)
	step, total := vm.stepper(L, iterable)

	// The calls run under a bound of their own, which ends when one of them
	// fails or the loop is left by an error.
	outer := scopeOf(L)
	b := newBound(outer.Context)
	defer b.release()
	finished := false
	defer func() {
		if !finished {
			b.cancel(errStopped)
		}
	}()
	p := &parallel{vm: vm, results: L.NewTable(), errors: L.NewTable()}
	L.Push(p.results) // it stays in sight of the VM
	bar := vm.startProgress(o.Progress, total)
	defer bar.end()

	under, where := newScope(b, outer.task, nil), vm.Where(L)
	stop := func() bool { return p.failed != nil && o.OnError == "stop" }
	for n := 1; ; n++ {
		for p.running >= limit && !stop() {
			p.await(L)
		}
		if stop() {
			break
		}
		args := step(L)
		if args == nil {
			break
		}
		p.start(L, under, where, fn, n, args, bar)
	}
	if stop() {
		b.cancel(errStopped)
	}
	for p.running > 0 {
		if p.await(L); stop() {
			b.cancel(errStopped)
		}
	}
	finished = true
	if stop() {
		vm.raiseOf(L, p.failed)
	}
	L.Push(p.results)
	L.Push(p.errors)
	return 2
}

// parallelOptions reads and checks the options of task.parallel.
func (vm *VM) parallelOptions(L *lua.LState) (o parallelOptions, limit int) {
	o = bindings.Options[parallelOptions](vm.kube, L, 3)
	limit = defaultParallel
	if o.Limit != nil && o.Limit != lua.LNil {
		n, ok := o.Limit.(lua.LNumber)
		if limit = int(n); !ok || limit < 1 || limit > maxParallel || lua.LNumber(limit) != n {
			vm.invalid(L, "task.parallel: limit must be a whole number from 1 to %d, not %s", maxParallel, o.Limit.String())
		}
	}
	switch o.Progress.(type) {
	case nil, *lua.LNilType, lua.LBool, lua.LString:
	default:
		vm.invalid(L, "task.parallel: progress must be true or a word for what is being done, not a %s", o.Progress.Type())
	}
	switch o.OnError {
	case "":
		o.OnError = "stop"
	case "stop", "collect":
	default:
		vm.invalid(L, `task.parallel: on_error must be "stop" or "collect", not %q`, o.OnError)
	}
	return o, limit
}

// start starts the call number n.
func (p *parallel) start(L *lua.LState, under *scope, where string, fn lua.LValue, n int, args []lua.LValue, bar *progress) {
	p.running++
	var t *task
	t = p.vm.start(L, under, where, fn, args, func() {
		p.running--
		p.done++
		switch {
		case t.state == taskDone && len(t.results) > 0:
			p.results.RawSetInt(n, t.results[0])
		case t.state == taskFailed:
			if p.failed == nil {
				p.failed = t
			}
			p.failures++
			object := t.failure.object
			if object == lua.LNil {
				object = p.vm.kube.ErrorValue(L, kube.Errorf(kube.KubeError, "an error without a value"))
			}
			p.errors.RawSetInt(n, object)
		case t.state == taskCancelled:
			p.errors.RawSetInt(n, p.vm.kube.ErrorValue(L, errCancelled))
		}
		bar.set(p.done, p.failures)
		p.ended.ring()
	})
}

// await waits until a call has ended.
func (p *parallel) await(L *lua.LState) {
	if err := p.vm.await(L, "task.parallel()", -1, &p.ended); err != nil {
		p.vm.raise(L, err)
	}
}

// stepper makes a function that takes one step of a loop over the iterable:
// what the loop's variables would get, nil at the end. total is the number of
// steps, negative where it isn't known.
func (vm *VM) stepper(L *lua.LState, iterable lua.LValue) (step func(*lua.LState) []lua.LValue, total int) {
	if t, ok := iterable.(*lua.LTable); ok && L.GetMetaField(t, "__iter") == lua.LNil && L.GetMetaField(t, "__call") == lua.LNil {
		if key, _ := t.Next(lua.LNil); key != lua.LNil && t.RawGetInt(1) == lua.LNil {
			vm.invalid(L, "task.parallel: the table is no list: it has no [1]")
		}
		i := 0
		return func(*lua.LState) []lua.LValue {
			i++
			value := t.RawGetInt(i)
			if value == lua.LNil {
				return nil
			}
			return []lua.LValue{value, lua.LNumber(i)}
		}, t.Len()
	}
	L.Push(L.NewFunction(iterate))
	L.Push(iterable)
	L.Call(1, 3)
	next, state, control := L.Get(-3), L.Get(-2), L.Get(-1)
	L.Pop(3)
	return func(L *lua.LState) []lua.LValue {
		top := L.GetTop()
		L.Push(next)
		L.Push(state)
		L.Push(control)
		L.Call(2, lua.MultRet)
		args := arguments(L, top+1)
		L.SetTop(top)
		if len(args) == 0 || args[0] == lua.LNil {
			return nil
		}
		control = args[0]
		return args
	}, -1
}
