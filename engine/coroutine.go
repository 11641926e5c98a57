package engine

import (
	"fmt"
	"iter"
	"runtime"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// coroutine is a Lua coroutine: a goroutine that runs while another one waits
// for it, so it can yield wherever Lua code runs, also below pcall, iterators,
// metamethods and Go functions that call Lua. The VM's lock guards it.
//
// Scripts have its [Thread], which the coroutine doesn't refer to while it is
// suspended: one that no script can resume any more is found by the collector
// and ended.
type coroutine struct {
	vm      *VM
	state   *lua.LState // the first of its states
	scope   *scope      // of all its states; resume makes it that of the resumer
	resume  func() (struct{}, bool)
	stop    func()
	suspend func(struct{}) bool // yields; false once it is to end

	status  coroutineStatus
	closing bool // it is to end: nothing runs in it any more but closers

	values  []lua.LValue // what resume or yield hands over
	failure *failure     // what it ended with
	resumer *lua.LState  // state that resumed it, while it runs
	inner   *lua.LState  // state that yielded, while it is suspended
	thread  *Thread      // as scripts have it, while it runs
	depth   int          // how many coroutines have resumed one another to get here
}

// coroutineStatus is what coroutine.status says.
type coroutineStatus string

const (
	suspended coroutineStatus = "suspended"
	running   coroutineStatus = "running"
	normal    coroutineStatus = "normal" // it has resumed another one
	dead      coroutineStatus = "dead"
)

// Thread is a coroutine as scripts have it.
type Thread struct{ co *coroutine }

// String is "thread: 0x...".
func (t *Thread) String() string { return fmt.Sprintf("thread: %p", t) }

// Type says that it is a thread.
func (t *Thread) Type() lua.LValueType { return lua.LTThread }

// abandoned are the coroutines that the collector has found. The collector
// adds, the VM takes.
type abandoned struct {
	mu   sync.Mutex
	list []*coroutine
}

func (a *abandoned) add(co *coroutine) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, co)
}

func (a *abandoned) take() []*coroutine {
	a.mu.Lock()
	defer a.mu.Unlock()
	list := a.list
	a.list = nil
	return list
}

// openCoroutine opens Lua's coroutine library, with isyieldable and close of
// Lua 5.4.
func (vm *VM) openCoroutine(L *lua.LState, _ host.Host) lua.LValue {
	return L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"close":       vm.coroutineClose,
		"create":      vm.coroutineCreate,
		"isyieldable": vm.coroutineIsYieldable,
		"resume":      vm.coroutineResume,
		"running":     vm.coroutineRunning,
		"status":      vm.coroutineStatus,
		"wrap":        vm.coroutineWrap,
		"yield":       vm.coroutineYield,
	})
}

// newCoroutine makes a coroutine of the function that is argument 1.
func (vm *VM) newCoroutine(L *lua.LState) *Thread {
	fn := L.CheckFunction(1)
	vm.reap(L)
	co := &coroutine{vm: vm, status: suspended}
	co.state = vm.newThread(taskClass)
	co.scope = newScope(noScope.Context, nil, co)
	co.state.SetContext(co.scope)
	co.state.Env = L.Env
	co.inner = co.state
	co.resume, co.stop = iter.Pull(func(yield func(struct{}) bool) { co.body(fn, yield) })
	vm.coroutines[co] = struct{}{}
	vm.threads[co.state] = thread{class: taskClass, co: co}
	t := &Thread{co}
	runtime.AddCleanup(t, vm.abandoned.add, co)
	return t
}

// body is what the goroutine of the coroutine runs.
func (co *coroutine) body(fn *lua.LFunction, yield func(struct{}) bool) {
	co.suspend = yield
	co.state.Push(fn)
	for _, v := range co.values {
		co.state.Push(v)
	}
	nargs := len(co.values)
	co.values = co.values[:0]
	co.failure = co.vm.protect(co.state, nargs, func(f *failure) {
		if f.trace == nil && co.resumer != nil {
			f.trace = co.vm.traceback(co.state, 0)
		}
	})
	if co.failure != nil {
		co.vm.drop(co.state)
		return
	}
	for i := 1; i <= co.state.GetTop(); i++ {
		co.values = append(co.values, co.state.Get(i))
	}
	co.vm.leave(co.state)
}

// run resumes the coroutine with the values of L from n on. It tells whether
// that went well; then co.values are what was yielded or returned.
func (t *Thread) run(L *lua.LState, n int) bool {
	co := t.co
	by := scopeOf(L)
	co.depth = 1
	if by.co != nil {
		if co.depth = by.co.depth + 1; co.depth > maxNesting {
			L.RaiseError("stack overflow (more than %d nested coroutines)", maxNesting)
		}
		by.co.status = normal
	}
	co.values = co.values[:0]
	for ; n <= L.GetTop(); n++ {
		co.values = append(co.values, L.Get(n))
	}
	co.scope.follow(by)
	co.status, co.thread, co.resumer, co.inner = running, t, L, nil
	_, more := co.resume()
	co.thread, co.resumer = nil, nil
	if by.co != nil {
		by.co.status = running
	}
	if more {
		co.status = suspended
		return true
	}
	co.end()
	return co.failure == nil
}

// end notes that the coroutine will not run again.
func (co *coroutine) end() {
	co.status = dead
	co.state, co.inner = nil, nil // the state may be somebody else's next
	delete(co.vm.coroutines, co)
}

// close ends a suspended coroutine: what waits in it for its end, such as a
// kube.with, gets its turn, under the context of s.
func (co *coroutine) close(s *scope) {
	co.closing, co.status = true, normal
	co.scope.follow(s)
	co.stop()
	co.vm.drop(co.state)
	co.failure = nil
	co.end()
}

// How many coroutines there may be before the collector is asked which of them
// nobody refers to any more.
const coroutinesBeforeCollecting = 4096

// How many coroutines a VM may have unless it is told otherwise.
const defaultCoroutines = 100_000

// reap ends the coroutines that nobody refers to any more, and keeps the number
// of live ones below the VM's limit.
func (vm *VM) reap(L *lua.LState) {
	vm.closeAbandoned(L)
	if len(vm.coroutines) < vm.collectAt {
		return
	}
	// The collector runs by the growth of the heap, but finds the stack of
	// an abandoned coroutine in use until it was reaped: left to itself it
	// would let ever more pile up. Of coroutines that run inside of one
	// another it finds the outermost, so it is asked until it finds none.
	for vain := 0; vain < 2; vain++ {
		collect()
		for vm.closeAbandoned(L) > 0 {
			vain = 0
		}
	}
	if len(vm.coroutines) >= vm.maxCoroutines {
		L.RaiseError("too many coroutines: %d are suspended, the limit is %d", len(vm.coroutines), vm.maxCoroutines)
	}
	vm.collectAt = min(max(2*len(vm.coroutines), coroutinesBeforeCollecting), vm.maxCoroutines)
}

// collect runs the collector and returns when it has told what it has found, as
// far as one can know: it tells later than it returns.
func collect() {
	told := make(chan struct{})
	runtime.AddCleanup(&struct{ told chan struct{} }{told}, func(struct{}) { close(told) }, struct{}{})
	runtime.GC()
	select {
	case <-told:
	case <-time.After(100 * time.Millisecond):
	}
}

// closeAbandoned ends what the collector has found and returns how many.
func (vm *VM) closeAbandoned(L *lua.LState) int {
	found := vm.abandoned.take()
	for _, co := range found {
		if co.status == suspended {
			co.close(scopeOf(L))
		}
	}
	return len(found)
}

func checkThread(L *lua.LState) *Thread {
	t, ok := L.Get(1).(*Thread)
	if !ok {
		L.TypeError(1, lua.LTThread)
	}
	return t
}

// cannotResume says why a coroutine can't be resumed; "" if it can.
func (co *coroutine) cannotResume() string {
	switch co.status {
	case suspended:
		return ""
	case dead:
		return "can not resume a dead thread"
	default:
		return "can not resume a running thread"
	}
}

func (vm *VM) coroutineCreate(L *lua.LState) int {
	L.Push(vm.newCoroutine(L))
	return 1
}

// coroutineResume is coroutine.resume(co, ...): true and what was yielded or
// returned, or false and what was raised.
func (vm *VM) coroutineResume(L *lua.LState) int {
	t := checkThread(L)
	if why := t.co.cannotResume(); why != "" {
		L.Push(lua.LFalse)
		L.Push(lua.LString(why))
		return 2
	}
	if t.run(L, 2) {
		L.Push(lua.LTrue)
		return 1 + t.co.handOver(L)
	}
	if scopeOf(L).Err() != nil {
		rethrow(t.co.failure)
	}
	L.Push(lua.LFalse)
	L.Push(t.co.failure.object)
	return 2
}

// coroutineWrap is coroutine.wrap(f): a function that resumes the coroutine,
// and raises what it raises.
func (vm *VM) coroutineWrap(L *lua.LState) int {
	t := vm.newCoroutine(L)
	L.Push(L.NewFunction(func(L *lua.LState) int {
		if why := t.co.cannotResume(); why != "" {
			L.RaiseError("%s", why)
		}
		if !t.run(L, 1) {
			rethrow(t.co.failure)
		}
		return t.co.handOver(L)
	}))
	return 1
}

// handOver pushes the values that were handed over.
func (co *coroutine) handOver(L *lua.LState) int {
	n := len(co.values)
	for i, v := range co.values {
		L.Push(v)
		co.values[i] = nil
	}
	co.values = co.values[:0]
	return n
}

// coroutineYield is coroutine.yield(...): suspends the coroutine, and returns
// what it is resumed with.
func (vm *VM) coroutineYield(L *lua.LState) int {
	co := scopeOf(L).co
	if co == nil {
		L.RaiseError("attempt to yield from outside a coroutine")
	}
	co.values = co.values[:0]
	for n := 1; n <= L.GetTop(); n++ {
		co.values = append(co.values, L.Get(n))
	}
	co.inner = L
	if !co.suspend(struct{}{}) {
		rethrow(&failure{object: lua.LString(errAbandoned.Error())})
	}
	return co.handOver(L)
}

// coroutineClose is coroutine.close(co) of Lua 5.4: ends a coroutine that is
// suspended or dead. False and what was raised if it has ended by an error.
func (vm *VM) coroutineClose(L *lua.LState) int {
	t := checkThread(L)
	switch t.co.status {
	case suspended:
		t.co.close(scopeOf(L))
	case dead:
		if f := t.co.failure; f != nil {
			t.co.failure = nil // it is told once
			L.Push(lua.LFalse)
			L.Push(f.object)
			return 2
		}
	default:
		L.RaiseError("cannot close a %s coroutine", t.co.status)
	}
	L.Push(lua.LTrue)
	return 1
}

// coroutineRunning is coroutine.running(): the coroutine that runs, nil in a
// main chunk or task.
func (vm *VM) coroutineRunning(L *lua.LState) int {
	if co := scopeOf(L).co; co != nil {
		L.Push(co.thread)
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func (vm *VM) coroutineIsYieldable(L *lua.LState) int {
	L.Push(lua.LBool(scopeOf(L).co != nil))
	return 1
}

func (vm *VM) coroutineStatus(L *lua.LState) int {
	L.Push(lua.LString(checkThread(L).co.status))
	return 1
}
