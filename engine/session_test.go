package engine_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
)

// prompt is a session with what it has printed.
type prompt struct {
	*engine.Session
	t      *testing.T
	out    bytes.Buffer
	failed chan error
	told   told
	lines  int
}

// told is told whenever something is written to it.
type told chan struct{}

func (c told) Write(p []byte) (int, error) {
	c <- struct{}{}
	return len(p), nil
}

func newPrompt(t *testing.T) *prompt {
	t.Helper()
	p := &prompt{t: t, failed: make(chan error, 10), told: make(told, 10)}
	vm := engine.New(engine.Options{World: engine.World{Stdout: &p.out, Stderr: p.told}})
	p.Session = vm.NewSession(context.Background())
	p.TaskFailed = func(err error) { p.failed <- err }
	t.Cleanup(func() {
		assert.NoError(t, p.Close())
		vm.Close()
	})
	return p
}

// eval evaluates a piece that must succeed, and returns its results as text.
func (p *prompt) eval(code string) string {
	p.t.Helper()
	results, err := p.Eval(context.Background(), engine.Source{Name: "(prompt)", Text: code})
	require.NoError(p.t, err, code)
	text := ""
	for i, r := range results {
		if i > 0 {
			text += " "
		}
		text += r.String()
	}
	return text
}

// fails evaluates a piece that must fail.
func (p *prompt) fails(code string) error {
	p.t.Helper()
	_, err := p.Eval(context.Background(), engine.Source{Name: "(prompt)", Text: code})
	require.Error(p.t, err, code)
	return err
}

func TestSessionReadsExpressionsAndChunks(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	for _, tt := range []struct{ code, want string }{
		{"1 + 1", "2"},
		{"1, 'two', nil", "1 two nil"},
		{"x = 5", ""},
		{"x", "5"},
		{"return x, x + 1", "5 6"},
		{"tostring(x) -- five", "5"},
		{"", ""},
		{"-- nothing", ""},
		{"#!/usr/bin/env kubelua\nreturn 7", "7"},
		{"#'abc'", "3"},
		{"#{1, 2}, 7", "2 7"},
		{"(function(...) return select('#', ...) end)(1, 2)", "2"},
		{"if x then return 'then' end", "then"},
		{"x = x\n+ 1\nreturn x", "6"},
		{"'a' .. 1.5", "a1.5"},
	} {
		assert.Equal(t, tt.want, p.eval(tt.code), tt.code)
	}
	_, err := p.Eval(context.Background(), engine.Source{Name: "f", Text: "first, last = ..."}, "a", "b")
	require.NoError(t, err)
	assert.Equal(t, "a b b f", p.eval("first, last, arg[2], arg[0]"))
}

// A script that is entered line by line means what it means as a file, as far
// as its variables go.
func TestSessionLocals(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		lines []string
		want  string
	}{
		{"next line", []string{"local a = 1", "a"}, "1"},
		{"assigned later", []string{"local a = 1", "a = a + 1", "a"}, "2"},
		{"several", []string{"local a, b, c = 1, 2", "a, b, c"}, "1 2 nil"},
		{"of a call", []string{"local ok, err = pcall(error, 'x')", "ok, err"}, "false x"},
		{"without a value stays local", []string{"local a", "a = 1", "return a, rawget(_G, 'a')"}, "1 nil"},
		{"not global", []string{"local a = 1", "_G.a, a"}, "nil 1"},
		{"hides a global", []string{"a = 'global'", "local a = a .. '!'", "a, _G.a"}, "global! global"},
		{"closures share it", []string{"local n = 0", "local function up() n = n + 1 return n end", "up() up()", "n"}, "2"},
		{"a closure keeps its variable", []string{"local a = 1", "local function get() return a end", "local a = 2", "get(), a"}, "1 2"},
		{"recursion", []string{"local function f(n) return n < 2 and 1 or n * f(n - 1) end", "f(5)"}, "120"},
		{"global function of its name", []string{"local f", "function f() return 'local' end", "f(), rawget(_G, 'f')"}, "local nil"},
		{"method", []string{"local t = {n = 3}", "function t:get() return self.n end", "function t.sum(a, b) return a + b end", "t:get(), t.sum(1, 2)"}, "3 3"},
		{"field and index", []string{"local t, k = {}, 'x'", "t[k], t.y = 1, 2", "t.x, t['y']"}, "1 2"},
		{"swap", []string{"local a, b = 1, 2", "a, b = b, a", "a, b"}, "2 1"},
		{"blocks have their own", []string{"local a = 1", "do local a = 2 end", "for a = 1, 3 do end for a in pairs{} do end", "(function(a) a = 3 end)()", "repeat local a = 4 until a == 4", "if a then local a = 5 end", "a"}, "1"},
		{"blocks see it", []string{"local a = 1", "do a = a + 1 end", "for i = a, a do a = a + i end", "while a < 10 do a = a + 1 end", "a"}, "10"},
		{"a block's variable ends with it", []string{"do local a = 1 end", "a"}, "nil"},
		{"local function in a block", []string{"local f = 1", "do local function f(n) return n > 0 and f(n - 1) or 'inner' end r = f(2) end", "f, r"}, "1 inner"},
		{"self", []string{"local self = 'mine'", "local t = {}", "function t:get() return self == t end", "t:get(), self"}, "true mine"},
		{"loop over it", []string{"local t = {3, 4}", "local s = 0", "for _, v in ipairs(t) do s = s + v end", "s"}, "7"},
		{"joined", []string{"local a, b = 1.5, 2", "a .. '/' .. b"}, "1.5/2"},
		{"one chunk", []string{"local a = 1\nlocal function f() return a end\na = 2\nreturn f()", "a"}, "2"},
		{"load sees none", []string{"local a = 1", "loadstring('return a')()"}, "nil"},
		{"goto", []string{"local n = 0", "::top:: n = n + 1 if n < 3 then goto top end", "n"}, "3"},
		{"strings like markers", []string{"local a = 1", `a, #"\0planted", "\0planted0" == "\0planted" .. 0`}, "1 8 true"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPrompt(t)
			got := ""
			for _, line := range tt.lines {
				got = p.eval(line)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

// What a failing chunk gave a value is there, what it didn't reach is as before.
func TestSessionLocalsOfAChunkThatFails(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	p.eval("local a, b = 'old', 'old'")
	p.fails("local a = 'new'\nlocal b = error('no')")
	assert.Equal(t, "new old", p.eval("a, b"))
	p.fails("local a = 'newer' syntax error")
	assert.Equal(t, "new old", p.eval("a, b"))
}

func TestIncomplete(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"for i = 1, 2 do", "f(", "f(1,", "x =", "{1,", "if x then", "function f()", "local x = {\n", "a and", "a.", "a:",
		"[[text", "x = [==[\n]]", "--[[ comment", "'a' ..", "(1", "local", "repeat x() until", "return function()", "#", "#x +",
	} {
		assert.True(t, engine.Incomplete(text), text)
	}
	for _, text := range []string{
		"", " ", "x", "x = 1", "end", "f())", "'unfinished", "x y", "--[[ comment ]]", "for i = 1, 2 do end", "1 2 (", "0x", "}", "#x", "#!/usr/bin/env kubelua",
	} {
		assert.False(t, engine.Incomplete(text), text)
	}
}

func TestSessionErrors(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	assert.Equal(t, "kubelua: (prompt):2: oops\n    2 | error('oops')\ntraceback:\n  (prompt):2: in main chunk\n", report(p.fails("\nerror('oops')")))
	assert.Equal(t, "kubelua: (prompt):1: unexpected end of file: 'for' in line 1 is not closed\n    1 | for\n", report(p.fails("for")))
	p.eval("local t = {}")
	assert.ErrorContains(t, p.fails("t.x.y = 1"), "attempt to index a nil value with key 'y'")
	assert.ErrorContains(t, p.fails("t()"), "attempt to call a value that is not a function (t)")
	assert.Equal(t, "still here", p.eval("'still here'"))
}

func TestSessionTasks(t *testing.T) {
	t.Parallel()
	t.Run("go on between the pieces", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		p.eval("local q, n = task.queue(), 0")
		p.eval("local t = task.spawn(function() for v in function() return q:get() end do n = n + v end return n end)")
		p.eval("q:put(1)")
		p.eval("q:put(2)")
		p.eval("q:close()")
		assert.Equal(t, "3", p.eval("t:wait()"))
	})
	t.Run("one that fails is told of", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		p.eval("kept = task.spawn(function() task.sleep(0.01) error('background') end)")
		assert.ErrorContains(t, <-p.failed, "background")
		assert.ErrorContains(t, p.fails("kept:wait()"), "background")
		p.eval("1")
		assert.Empty(t, p.failed)
	})
	t.Run("one that fails is left to the piece that waits for it", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		assert.Equal(t, "false", p.eval("(function() local t = task.spawn(error, 'x') task.sleep(0.01) return (pcall(t.wait, t)) end)()"))
		p.eval("local t = task.spawn(function() task.sleep(0.02) error('x') end) task.spawn(function() pcall(t.wait, t) q = 1 end)")
		p.eval("while not q do task.sleep(0.001) end")
		assert.Empty(t, p.failed)
	})
	t.Run("end with a piece that fails", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		p.fails("t = task.spawn(task.sleep, 1000) error('no')")
		assert.Equal(t, "cancelled", p.eval("(function() pcall(t.wait, t) return t:status() end)()"))
	})
	t.Run("Close cancels them", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		p.eval("task.spawn(function() kube.with({close = function() print('closed') end}, function() task.sleep(1000) end) end)")
		p.eval("task.sleep(0.001)")
		require.NoError(t, p.Close())
		assert.Equal(t, "closed\n", p.out.String())
		_, err := p.Eval(context.Background(), engine.Source{Text: "1"})
		assert.ErrorContains(t, err, "the session was closed")
	})
}

// A piece can be given up; what earlier pieces have started goes on.
func TestSessionInterrupted(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	p.eval("function tell() io.stderr:write('begun') end")
	p.eval("n = 0 task.spawn(function() while true do n = n + 1 task.sleep(0.001) end end)")
	for _, code := range []string{
		"tell() while true do end",
		"tell() task.sleep(1000)",
		"tell() repeat pcall(task.sleep, 1000) until false",
		"mine = task.spawn(task.sleep, 1000) tell() mine:wait()",
	} {
		ctx, cancel := context.WithCancelCause(context.Background())
		go func() {
			<-p.told
			cancel(engine.Interrupted)
		}()
		_, err := p.Eval(ctx, engine.Source{Text: code})
		assert.ErrorIs(t, err, engine.Interrupted, code)
	}
	assert.Equal(t, "cancelled", p.eval("pcall(mine.wait, mine) return mine:status()"))
	p.eval("local before = n while n == before do task.sleep(0.001) end")
	assert.NoError(t, p.Err())

	// A piece that has ended leaves its context.
	ctx, cancel := context.WithCancelCause(context.Background())
	_, err := p.Eval(ctx, engine.Source{Text: "t = task.spawn(task.sleep, 1000)"})
	require.NoError(t, err)
	cancel(engine.Interrupted)
	assert.Equal(t, "running", p.eval("task.sleep(0.01) return t:status()"))
}

// A piece that can't begin, because a task computes on and on, can be given up.
func TestSessionInterruptedWhileATaskHasTheVM(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	p.eval("task.spawn(function() while not stop do end end)")
	ctx, cancel := context.WithTimeoutCause(context.Background(), 20*time.Millisecond, engine.Interrupted)
	defer cancel()
	_, err := p.Eval(ctx, engine.Source{Text: "stop = true"})
	assert.ErrorIs(t, err, engine.Interrupted)
}

func TestSessionListsAndStopsTasks(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	ctx := context.Background()
	const first = "a = task.spawn(q.get, q)"
	_, err := p.Eval(ctx, engine.Source{Name: "(first)", Text: "q = task.queue()\n" + first + "\nb = task.spawn(task.sleep, 1000)"})
	require.NoError(t, err)
	p.eval("task.sleep(0.001)")
	tasks, err := p.Tasks(ctx)
	require.NoError(t, err)
	assert.Equal(t, []engine.Task{
		{Number: 1, Where: "(first):2", Text: first, Waits: "q:get()"},
		{Number: 2, Where: "(first):3", Text: "b = task.spawn(task.sleep, 1000)"},
	}, tasks)
	stopped, err := p.Stop(ctx, tasks[1].Number)
	require.NoError(t, err)
	assert.True(t, stopped)
	stopped, err = p.Stop(ctx, 1000)
	require.NoError(t, err)
	assert.False(t, stopped)
	assert.Equal(t, "running cancelled", p.eval("pcall(b.wait, b) return a:status(), b:status()"))

	p.eval("task.spawn(function() while true do end end)")
	p.StopAll()
	assert.Equal(t, "cancelled", p.eval("pcall(a.wait, a) return a:status()"))
	tasks, err = p.Tasks(ctx)
	require.NoError(t, err)
	assert.Empty(t, tasks)
	assert.Empty(t, p.failed)
}

// A piece waits until another one is done, but not longer than its context lasts.
func TestSessionOnePieceAfterAnother(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	ctx, cancel := context.WithCancelCause(context.Background())
	ended := make(chan error)
	go func() {
		_, err := p.Eval(ctx, engine.Source{Text: "local first = 1 io.stderr:write('waits') task.sleep(1000)"})
		ended <- err
	}()
	<-p.told
	short, end := context.WithTimeoutCause(context.Background(), 20*time.Millisecond, errTooLong)
	defer end()
	_, err := p.Eval(short, engine.Source{Text: "local second = 2"})
	assert.ErrorIs(t, err, errTooLong)
	assert.ErrorIs(t, p.Do(short, func(*lua.LState) error { return nil }), errTooLong)
	cancel(engine.Interrupted)
	assert.ErrorIs(t, <-ended, engine.Interrupted)
	assert.Equal(t, "1 nil", p.eval("first, second"))
}

var errTooLong = errors.New("too long")

func TestSessionDeadlock(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	p.eval("q = task.queue() task.spawn(function() q:get() end)")
	p.eval("task.sleep(0.001)")
	assert.ErrorContains(t, p.fails("task.queue():get()"), "deadlock")
	p.eval("q:put(1)")
	assert.NoError(t, p.Err())
}

func TestSessionExit(t *testing.T) {
	t.Parallel()
	t.Run("by a piece", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		assert.Equal(t, 3, engine.ExitCode(p.fails("pcall(os.exit, 3)")))
		<-p.Done()
		assert.Equal(t, 3, engine.ExitCode(p.Err()))
	})
	t.Run("by a task", func(t *testing.T) {
		t.Parallel()
		p := newPrompt(t)
		p.eval("task.spawn(function() task.sleep(0.01) os.exit(4) end)")
		<-p.Done()
		assert.Equal(t, 4, engine.ExitCode(p.Err()))
		assert.Equal(t, 4, engine.ExitCode(p.fails("1")))
	})
}

func TestSessionDo(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	p.eval("function twice(x) task.sleep(0.001) return 2 * x end")
	var got lua.LValue
	err := p.Do(context.Background(), func(L *lua.LState) error {
		err := L.CallByParam(lua.P{Fn: p.Value("twice"), NRet: 1}, lua.LNumber(21))
		got = L.Get(-1)
		return err
	})
	require.NoError(t, err)
	assert.Equal(t, "42", got.String())
	err = p.Do(context.Background(), func(L *lua.LState) error { L.RaiseError("raised"); return nil })
	assert.ErrorContains(t, err, "raised")
	err = p.Do(context.Background(), func(*lua.LState) error { return context.Canceled })
	assert.Equal(t, context.Canceled, err)
}

func TestSessionVariables(t *testing.T) {
	t.Parallel()
	p := newPrompt(t)
	p.eval("local a, c = 1, 2")
	p.eval("b, c = 3, 4")
	err := p.Do(context.Background(), func(*lua.LState) error {
		p.Set("_", lua.LString("result"))
		assert.Equal(t, lua.LNumber(1), p.Value("a"))
		assert.Equal(t, lua.LNumber(3), p.Value("b"))
		assert.Equal(t, lua.LNil, p.Value("d"))
		names := p.Names()
		assert.IsIncreasing(t, names)
		assert.Subset(t, names, []string{"_", "a", "b", "c", "cluster", "kube", "print"})
		return nil
	})
	require.NoError(t, err)
	assert.Equal(t, "result 1 3", p.eval("_, a, b"))
}
