package engine

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/bindings"
	"github.com/kubelua/kubelua/kube"
)

// Session evaluates pieces of Lua in one VM, one after another, as a prompt
// does. Globals, and the local variables that a piece declares outside of any
// block, are there for the next one. The tasks that a piece starts go on
// between the pieces; where the piece fails they end with it.
//
// A session occupies its VM: nothing else may run there before it is closed.
// Its methods are safe for concurrent use; Eval and Do wait until no other one
// goes on, so they must not be called by what they run.
type Session struct {
	// TaskFailed gets the error of each task that failed and that nobody waits
	// for, once no piece is being evaluated; nil drops it. It is to be set before
	// the first Eval. It is called with the VM's lock held: it must not call the
	// session.
	TaskFailed func(error)

	vm   *VM
	run  *run
	vars locals
	dir  string // folder that require searches first

	turn chan struct{} // held by the piece that goes on

	mu   sync.Mutex
	work *bound // the context of all pieces and their tasks
}

// NewSession begins a session, which ends with ctx. The caller closes it.
func (vm *VM) NewSession(ctx context.Context) *Session {
	vm.lock.Lock()
	defer vm.lock.Unlock()
	s := &Session{vm: vm, run: vm.begin(ctx), turn: make(chan struct{}, 1)}
	s.vars.cells = make(map[string]*lua.LTable)
	s.run.session = s
	s.work = newBound(s.run.bound)
	return s
}

// Close ends the session: tasks that go on are cancelled, and closers run. The
// error is one of an output that can't be written.
func (s *Session) Close() error {
	vm := s.vm
	s.run.cancel(errSessionClosed) // a task that computes on and on has the lock
	vm.lock.Lock()
	defer vm.lock.Unlock()
	vm.unlocked(func() error { s.run.tasks.Wait(); return nil })
	vm.end(s.run)
	return vm.out.Flush()
}

var errSessionClosed = errors.New("the session was closed")

// Done is closed when the session is over: its context has ended, or something
// that runs in it called os.exit.
func (s *Session) Done() <-chan struct{} { return s.run.bound.Done() }

// Err tells why the session is over, nil while it isn't. [ExitCode] takes it.
func (s *Session) Err() error { return s.run.bound.Err() }

// Eval evaluates a piece of Lua and returns its results: the values of an
// expression, or what a chunk returns. Where the text is both it is taken for an
// expression. args are what "..." is in it.
//
// The error is as that of [VM.Run]; where the context has ended it is the cause,
// and what the piece has started has ended too. Dir of the source, if any, is
// where require looks first from then on.
func (s *Session) Eval(ctx context.Context, src Source, args ...string) ([]lua.LValue, error) {
	leave, err := s.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()

	vm := s.vm
	if src.Dir != "" && src.Dir != s.dir {
		s.dir = src.Dir
		vm.search.setScript(src.Dir)
	}
	vm.sources[src.Name] = src.Text
	proto, err := compileExpression(src.Text, src.Name, &s.vars)
	if err != nil {
		return nil, err
	}
	values := make([]lua.LValue, len(args))
	for i, a := range args {
		values[i] = lua.LString(a)
	}
	if len(args) > 0 {
		vm.setArg(src.Name, args)
	}
	results, err := s.call(ctx, vm.state.NewFunctionFromProto(proto), values...)
	s.vars.keep(err != nil)
	return results, err
}

// Do runs fn with the VM's lock held and a Lua state to run on: what it calls
// may block, as what a script calls may, and ends with the context. An error
// that is raised in it is returned as Eval returns one.
func (s *Session) Do(ctx context.Context, fn func(L *lua.LState) error) error {
	leave, err := s.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	var failed error
	_, err = s.call(ctx, s.vm.state.NewFunction(func(L *lua.LState) int {
		failed = fn(L)
		return 0
	}))
	if err != nil {
		return err
	}
	return failed
}

// enter waits until a piece can be evaluated, and takes the VM's lock. The error
// is the cause of the context.
func (s *Session) enter(ctx context.Context) (leave func(), err error) {
	select {
	case s.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if err := s.vm.lock.LockContext(ctx); err != nil {
		<-s.turn
		return nil, err
	}
	return func() {
		s.vm.lock.Unlock()
		<-s.turn
	}, nil
}

// call calls a function as a task of its own.
func (s *Session) call(ctx context.Context, fn lua.LValue, args ...lua.LValue) ([]lua.LValue, error) {
	vm, r := s.vm, s.run
	if err := r.bound.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	under := &scope{Context: s.work}
	s.mu.Unlock()
	t := vm.newTask(r, under)
	t.onEnd = func() {} // its error is returned
	r.piece = t
	defer context.AfterFunc(ctx, func() { t.bound.cancel(context.Cause(ctx)) })()

	f := t.call(vm.newMain(t, fn, args), len(args))
	cause := t.bound.Err()
	t.finish(f)
	r.piece = nil
	r.tellFailed()
	_ = vm.out.Flush() // one that fails ends the session
	if err := r.bound.Err(); err != nil {
		return nil, s.outcome(err, f)
	}
	if f != nil {
		return nil, vm.scriptError(f, cause)
	}
	return t.results, nil
}

// Task is a task of a session that goes on between the pieces.
type Task struct {
	Number int    // by which Stop knows it
	Where  string // line that started it, as messages name it
	Text   string // that line, "" if its source isn't known
	Waits  string // what it waits for another task to bring, "" where it waits for none
}

// Tasks lists the tasks that go on and weren't cancelled, in the order in which
// they were started. The error is the cause of the context, where another task
// had the VM for so long.
func (s *Session) Tasks(ctx context.Context) ([]Task, error) {
	if err := s.vm.lock.LockContext(ctx); err != nil {
		return nil, err
	}
	defer s.vm.lock.Unlock()
	var tasks []Task
	for t := range s.run.live {
		if t.number != 0 && t.bound.Err() == nil {
			tasks = append(tasks, Task{t.number, t.where, s.vm.lineAt(t.where), t.resting})
		}
	}
	slices.SortFunc(tasks, func(a, b Task) int { return a.Number - b.Number })
	return tasks, nil
}

// Stop cancels a task, as t:cancel() does; false if none of that number goes on.
func (s *Session) Stop(ctx context.Context, number int) (bool, error) {
	if err := s.vm.lock.LockContext(ctx); err != nil {
		return false, err
	}
	defer s.vm.lock.Unlock()
	for t := range s.run.live {
		if t.number == number && number != 0 {
			t.bound.cancel(errCancelled)
			return true, nil
		}
	}
	return false, nil
}

// StopAll cancels all tasks, also one that has the VM, and a piece that is being
// evaluated.
func (s *Session) StopAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work.cancel(errCancelled)
	s.work = newBound(s.run.bound)
}

// outcome is the error of a piece during which the session has ended.
func (s *Session) outcome(cause error, f *failure) error {
	var status exitStatus
	var output *outputError
	if errors.As(cause, &status) || errors.As(cause, &output) {
		return cause
	}
	if f == nil {
		f = &failure{}
	}
	return s.vm.scriptError(f, cause)
}

// Value is the value of a variable of the session or else of a global one,
// without asking any metamethod; nil if there is none. It is to be called in Do.
func (s *Session) Value(name string) lua.LValue {
	if value, ok := s.vars.get(name); ok {
		return value
	}
	return s.vm.state.G.Global.RawGetString(name)
}

// Set makes a variable of the session, as a local declaration would. It is to
// be called in Do.
func (s *Session) Set(name string, value lua.LValue) { s.vars.set(name, value) }

// Names lists the variables that a piece can use, those of the session and the
// global ones, sorted. It is to be called in Do.
func (s *Session) Names() []string {
	names := s.vars.names()
	s.vm.state.G.Global.ForEach(func(key, _ lua.LValue) {
		if name, ok := key.(lua.LString); ok {
			names = append(names, string(name))
		}
	})
	slices.Sort(names)
	return slices.Compact(names)
}

// UseCluster makes the global cluster one that connect makes when it is first
// used. What refers to the one before goes on using that. It is to be called in
// Do.
func (s *Session) UseCluster(connect func() (*kube.Cluster, error)) {
	k := s.vm.kube
	k.Cluster = k.ClusterValue(connect)
	s.vm.state.G.Global.RawSetString("cluster", k.Cluster)
}

// Kube are the bindings of the session's VM.
func (s *Session) Kube() *bindings.Kube { return s.vm.kube }

// compileExpression compiles a text that may be an expression or a chunk.
func compileExpression(text, name string, vars *locals) (*lua.FunctionProto, error) {
	proto, err := compile("return "+text, name, vars)
	if err == nil {
		return proto, nil
	}
	return compile(skipShebang(text), name, vars)
}

// Kind says what a piece of Lua is.
type Kind int

// The kinds of pieces.
const (
	Chunk      Kind = iota // statements, or nothing that can be evaluated
	Expression             // one or several expressions, and no statement
	Call                   // a call, which is both
	Return                 // statements that end in a return, behind which there can be no other
)

// KindOf tells what a text is.
func KindOf(text string) Kind {
	_, asExpression := compile("return "+text, "", nil)
	_, asChunk := compile(text, "", nil)
	switch {
	case asExpression != nil || strings.TrimSpace(text) == "":
		if _, err := compile(text+"\ndo end", "", nil); asChunk == nil && err != nil {
			return Return
		}
		return Chunk
	case asChunk != nil:
		return Expression
	}
	return Call
}

// Incomplete tells whether a piece of Lua ends before it is complete, so that
// another line could make it so.
func Incomplete(text string) bool {
	for _, text := range []string{"return " + text, skipShebang(text)} {
		_, err := compile(text, "", nil)
		if err == nil {
			return false
		}
		var syntax *SyntaxError
		if errors.As(err, &syntax) && syntax.atEnd && strings.TrimSpace(text) != "" {
			return true
		}
	}
	return false
}
