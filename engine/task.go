package engine

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// task is a call of a Lua function in a goroutine of its own. The VM's lock
// guards it, but for what is atomic.
type task struct {
	vm     *VM
	run    *run
	number int    // counted from 1 in its run, 0 for a main chunk
	bound  *bound // its context; under the one of the task that started it
	where  string // line that started it, "" for a main chunk
	state  taskState
	ended  bell

	results []lua.LValue
	failure *failure // why it has no results
	onEnd   func()   // called when it has ended, nil for nothing; it must not block

	// resting is what it waits for and in which state, while only another task
	// can wake it.
	resting   string
	restingIn *lua.LState

	unseen  atomic.Bool // it failed, and nobody was told
	dropped atomic.Bool // no script can wait for it any more
}

// taskState is what t:status() says.
type taskState string

const (
	taskRunning   taskState = "running"
	taskDone      taskState = "done"
	taskFailed    taskState = "failed"
	taskCancelled taskState = "cancelled"
)

// errCancelled is the cause of a task that t:cancel() ended.
var errCancelled = &kube.Error{Kind: kube.KubeError, Message: "the task was cancelled"}

// errStarterFailed is the cause of a task that ends because the one that
// started it has failed.
var errStarterFailed = &kube.Error{Kind: kube.KubeError, Message: "the task was cancelled: the task that started it has failed"}

// handle is a task as scripts have it. The task doesn't refer to it, so it is
// collected once no script can wait for the task any more.
type handle struct{ *task }

// Held are its results. See [host.Holder].
func (h handle) Held() []lua.LValue {
	if h.failure != nil {
		return []lua.LValue{h.failure.object}
	}
	return h.results
}

// newTask makes a task of r that runs under the scope of whoever starts it.
func (vm *VM) newTask(r *run, under *scope) *task {
	t := &task{vm: vm, run: r, bound: newBound(under.Context), state: taskRunning}
	r.live[t] = struct{}{}
	return t
}

// start starts a task that calls fn under the given scope. It takes its first
// step when the task that runs now waits. where is the line that starts it;
// onEnd may be nil.
func (vm *VM) start(L *lua.LState, under *scope, where string, fn lua.LValue, args []lua.LValue, onEnd func()) *task {
	if under.task == nil {
		L.RaiseError("no task can be started while no script runs")
	}
	r := under.task.run
	t := vm.newTask(r, under)
	r.started++
	t.number, t.where, t.onEnd = r.started, where, onEnd
	th := vm.newThread(taskClass)
	th.SetContext(newScope(t.bound, t, nil))
	th.Env = L.Env
	vm.threads[th] = thread{class: taskClass}
	th.Push(fn)
	for _, a := range args {
		th.Push(a)
	}
	turn := vm.lock.Reserve()
	t.run.tasks.Go(func() {
		vm.lock.take(turn)
		defer vm.lock.Unlock()
		if t.bound.Err() != nil {
			vm.drop(th)
			t.finish(&failure{object: lua.LNil})
			return
		}
		t.finish(t.call(th, len(args)))
	})
	return t
}

// call calls the function on th and keeps its results.
func (t *task) call(th *lua.LState, nargs int) *failure {
	f := t.vm.protect(th, nargs, func(f *failure) {
		if f.trace == nil {
			f.trace = t.vm.traceback(th, 0)
		}
	})
	if f != nil {
		t.vm.drop(th)
		if t.where != "" {
			f.trace = append(f.trace, Frame{Name: "(a task started at " + t.where + ")"})
		}
		return f
	}
	for i := 1; i <= th.GetTop(); i++ {
		t.results = append(t.results, th.Get(i))
	}
	t.vm.leave(th)
	return nil
}

// finish notes how the task has ended and tells those who wait for it.
func (t *task) finish(f *failure) {
	delete(t.run.live, t)
	t.failure = f
	switch {
	case f == nil:
		t.state = taskDone
	case t.bound.Err() != nil:
		t.state = taskCancelled
	default:
		t.state = taskFailed
		t.bound.cancel(errStarterFailed)
		if t.onEnd == nil {
			t.run.unseen(t)
		}
	}
	t.bound.release()
	t.ended.ringAll()
	if t.onEnd != nil {
		t.onEnd()
	}
	t.run.checkRest()
}

// unseen notes a task that failed and that nobody was told of. It fails the run
// as soon as nobody can be any more: when its handle is collected, or at the
// end.
func (r *run) unseen(t *task) {
	r.failed = append(r.failed, t)
	t.unseen.Store(true)
	if r.session != nil {
		r.tellFailed()
	} else if t.dropped.Load() {
		r.failBy(t)
	} else if t.ended.waiting.Len() == 0 {
		r.collect()
	}
}

// leave notes that somebody who waited for the task does so no longer.
func (t *task) leave() {
	switch {
	case !t.unseen.Load():
	case t.run.session != nil:
		t.run.tellFailed()
	default:
		t.run.collect()
	}
}

// collect finds out soon whether the handles of failed tasks were dropped: a
// quiet program collects rarely by itself. It takes a tenth of a processor at
// most.
func (r *run) collect() {
	if r.collecting.Swap(collectAgain) != collectNot {
		return
	}
	r.tasks.Go(func() {
		for {
			r.collecting.Store(collectOnce)
			began := time.Now()
			runtime.GC()
			if r.collecting.CompareAndSwap(collectOnce, collectNot) {
				return
			}
			select {
			case <-time.After(10 * time.Since(began)):
			case <-r.bound.Done():
			}
		}
	})
}

// seen notes that somebody is told of the task's failure.
func (t *task) seen() {
	if t.unseen.Swap(false) {
		t.run.failed = slices.DeleteFunc(t.run.failed, func(other *task) bool { return other == t })
	}
}

// drop is called when the handle of a task was collected.
func (t *task) drop() {
	t.dropped.Store(true)
	if t.unseen.Load() && t.run.session == nil {
		t.run.failBy(t)
	}
}

// tellFailed tells who holds the session of the tasks that failed, but for those
// that another task waits for, and for all while a piece is being evaluated that
// may wait for them yet.
func (r *run) tellFailed() {
	if r.piece != nil {
		return
	}
	for _, t := range slices.Clone(r.failed) {
		if t.ended.waiting.Len() > 0 {
			continue
		}
		t.seen()
		if tell := r.session.TaskFailed; tell != nil {
			tell(t.vm.scriptError(t.failure, nil))
		}
	}
}

// failBy ends the run because of a task that failed.
func (r *run) failBy(t *task) { r.cancel(&failedTask{t.failure}) }

// failedTask is the cause of a run that a task ended by failing.
type failedTask struct{ *failure }

// rest notes that the task waits, in L, for what only another task can bring.
func (t *task) rest(L *lua.LState, what string) {
	t.resting, t.restingIn = what, L
	t.run.resting++
	t.run.checkRest()
}

// rouse notes that it does no longer.
func (t *task) rouse() {
	t.resting, t.restingIn = "", nil
	t.run.resting--
}

// checkRest ends a run, or the piece of a session, in which every task waits for
// another.
func (r *run) checkRest() {
	if r.resting == 0 || r.resting < len(r.live) || r.session != nil && r.piece == nil {
		return // the next piece of a session may bring what they wait for
	}
	var waits []string
	for t := range r.live {
		if s := scopeOf(t.restingIn); s.limited || s.Err() != nil {
			return // it will go on by itself
		}
		where := t.vm.Where(t.restingIn)
		if where != "" {
			where = " at " + where
		}
		waits = append(waits, t.resting+where)
	}
	slices.Sort(waits)
	const most = 8
	if n := len(waits); n > most {
		waits = append(waits[:most], fmt.Sprintf("%d more", n-most))
	}
	cause := deadlock("deadlock: every task waits for another: " + strings.Join(waits, ", "))
	if r.piece != nil {
		r.piece.bound.cancel(cause)
	} else {
		r.cancel(cause)
	}
}

// deadlock is the cause of a run in which nothing can happen any more.
type deadlock string

func (d deadlock) Error() string { return string(d) }

// raiseOf raises in L what a task ended with. Who catches it has it as it was
// raised; the traceback of one that nobody catches begins in the task.
func (vm *VM) raiseOf(L *lua.LState, t *task) {
	t.seen()
	if t.state == taskCancelled {
		if err, ok := t.bound.Err().(*kube.Error); ok {
			vm.raise(L, err)
		}
		vm.raise(L, errCancelled)
	}
	rethrow(&failure{t.failure.object, append(slices.Clip(t.failure.trace), vm.traceback(L, 0)...)})
}

// Spawn starts a task that calls fn, and returns its handle. See [host.Host].
func (vm *VM) Spawn(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	t := vm.start(L, scopeOf(L), vm.Where(L), fn, args, nil)
	h := &handle{t}
	runtime.AddCleanup(h, (*task).drop, t)
	return vm.object(h, vm.classes.task)
}

// push pushes the results of a task that has ended, or raises its error.
func (t *task) push(L *lua.LState) int {
	if t.state != taskDone {
		t.vm.raiseOf(L, t)
	}
	for _, v := range t.results {
		L.Push(v)
	}
	return len(t.results)
}
