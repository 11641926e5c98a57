package luatest

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// open makes the module that the chunks of this package require: what t.lua
// returns.
func (r *trial) open(L *lua.LState, h host.Host) lua.LValue {
	suite := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"advance": func(L *lua.LState) int {
			r.clock.set(r.clock.now().Add(duration(L, 1)))
			return 0
		},
		"done": func(L *lua.LState) int {
			// What the test has left running ends with it.
			r.ended = true
			h.Exit(L, 0)
			return 0
		},
		"elapsed": func(L *lua.LState) int {
			L.Push(lua.LNumber(time.Since(r.began).Seconds()))
			return 1
		},
		"fail": func(L *lua.LState) int {
			if r.fail(r.position(L)+": "+L.CheckString(1)) == maxFailures {
				L.Error(lua.LString(stopped), 0)
			}
			return 0
		},
		"fatal": func(L *lua.LState) int {
			r.fail(r.position(L) + ": " + L.CheckString(1))
			L.Error(lua.LString(stopped), 0)
			return 0
		},
		"here": func(L *lua.LState) int {
			L.Push(lua.LString(r.position(L)))
			return 1
		},
		"hold": func(L *lua.LState) int {
			f := r.fixture(L, h)
			defer f.give()
			f.hold(func() bool {
				L.Push(L.CheckFunction(2))
				L.Call(0, 1)
				defer L.Pop(1)
				return lua.LVAsBool(L.Get(-1))
			})
			return 0
		},
		"leave": func(L *lua.LState) int {
			f := r.fixture(L, h)
			defer f.give()
			f.leave(func() {
				L.Push(L.CheckFunction(2))
				L.Call(0, 0)
			})
			return 0
		},
		"log": func(L *lua.LState) int {
			r.block(L, h, func(context.Context) error { return nil }) // what was printed before stands before
			fmt.Fprintf(&r.output, "%s: %s\n", r.position(L), L.CheckString(1))
			return 0
		},
		"namespace": func(L *lua.LState) int {
			var name string
			r.block(L, h, func(ctx context.Context) (err error) {
				name, err = r.namespace(ctx)
				return err
			})
			L.Push(lua.LString(name))
			return 1
		},
		"pause": func(L *lua.LState) int {
			d := duration(L, 1)
			r.block(L, h, func(ctx context.Context) error { return kube.Sleep(ctx, d) })
			return 0
		},
		"printed": func(L *lua.LState) int {
			// What the VM holds back is written when the script waits.
			r.block(L, h, func(context.Context) error { return nil })
			L.Push(lua.LString(r.stdout.String()))
			return 1
		},
		"read": func(L *lua.LState) int {
			name := L.CheckString(1)
			var text []byte
			r.block(L, h, func(context.Context) (err error) {
				text, err = r.read(h, name)
				return err
			})
			L.Push(lua.LString(text))
			return 1
		},
		"run": func(L *lua.LState) int { return r.script(L, h) },
		"seconds": func(L *lua.LState) int {
			if L.Get(1) == lua.LNil {
				L.Push(L.Get(2))
			} else {
				L.Push(lua.LNumber(duration(L, 1).Seconds()))
			}
			return 1
		},
		"set": func(L *lua.LState) int {
			seconds, ok := L.Get(1).(lua.LNumber)
			if !ok {
				L.Push(L.GetField(L.Get(1), "unix"))
				L.Push(L.Get(1))
				L.Call(1, 1)
				seconds = L.CheckNumber(-1)
			}
			whole, fraction := math.Modf(float64(seconds))
			r.clock.set(time.Unix(int64(whole), int64(fraction*1e9)))
			return 0
		},
		"skip": func(L *lua.LState) int {
			r.mu.Lock()
			r.skipped, r.reason = true, L.CheckString(1)
			r.mu.Unlock()
			L.Error(lua.LString(stopped), 0)
			return 0
		},
	})
	suite.RawSetString("name", lua.LString(r.Name))
	test := r.load(L, h, methods, "(t)", suite)
	if r.Extend.Text != "" {
		table := test.(*lua.LTable)
		r.load(L, h, r.Extend.Text, r.Extend.Name, table.RawGetString("methods"), table.RawGetString("t"))
	}
	return test
}

// load runs a chunk with arguments, and returns what it returns.
func (r *trial) load(L *lua.LState, h host.Host, text, name string, args ...lua.LValue) lua.LValue {
	chunk, err := h.Load(L, text, name)
	if err != nil {
		L.Error(lua.LString(err.Error()), 0)
	}
	L.Push(chunk)
	for _, a := range args {
		L.Push(a)
	}
	L.Call(len(args), 1)
	defer L.Pop(1)
	return L.Get(-1)
}

// fixture is the fixture of the first argument, for the caller alone until it gives
// it back.
func (r *trial) fixture(L *lua.LState, h host.Host) *fixture {
	f := r.fixtures.of(L.CheckString(1))
	r.block(L, h, f.take)
	return f
}

// block runs a call that may wait, and raises its error.
func (r *trial) block(L *lua.LState, h host.Host, call func(context.Context) error) {
	if err := h.Block(L, call); err != nil {
		h.Raise(L, err)
	}
}

// duration is the argument at i: a number of seconds, or a text like "90s".
func duration(L *lua.LState, i int) time.Duration {
	if text, ok := L.Get(i).(lua.LString); ok {
		d, err := time.ParseDuration(string(text))
		if err != nil {
			L.ArgError(i, fmt.Sprintf("%q is no duration: want seconds, or a text like 90s", string(text)))
		}
		return d
	}
	return time.Duration(float64(L.CheckNumber(i)) * float64(time.Second))
}

// read reads a file below the folder of the test, or another one that the test
// may read.
func (r *trial) read(h host.Host, name string) ([]byte, error) {
	if filepath.IsLocal(name) {
		root, err := os.OpenRoot(r.Source.Dir)
		if err != nil {
			return nil, err
		}
		defer root.Close()
		f, err := root.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		return io.ReadAll(f)
	}
	return h.ReadFile(filepath.Join(r.Source.Dir, name))
}

// script runs a script as the host does, in a VM of its own, and returns a table
// of how it ended.
func (r *trial) script(L *lua.LState, h host.Host) int {
	name := L.CheckString(1)
	var args []string
	for i := 2; i <= L.GetTop(); i++ {
		args = append(args, L.CheckString(i))
	}
	var stdout, stderr buffer
	var failed error
	r.block(L, h, func(ctx context.Context) error {
		source, err := engine.FileSource(filepath.Join(r.Source.Dir, name))
		if err != nil {
			return err
		}
		options := r.engine
		options.World.Stdout, options.World.Stderr = &stdout, &stderr
		options.Modules = r.Engine.Modules
		vm := engine.New(options)
		defer vm.Close()
		failed = vm.Run(ctx, source, args...)
		return context.Cause(ctx)
	})
	engine.Report(&stderr, failed)
	ended := L.NewTable()
	ended.RawSetString("code", lua.LNumber(engine.ExitCode(failed)))
	ended.RawSetString("stdout", lua.LString(stdout.String()))
	ended.RawSetString("stderr", lua.LString(stderr.String()))
	L.Push(ended)
	return 1
}

// lineIn is the innermost line of a chunk that L runs, "chunk:line"; the chunk
// alone where it is none.
func lineIn(L *lua.LState, chunk string) string {
	for level := 1; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return chunk
		}
		if _, err := L.GetInfo("Sl", frame, lua.LNil); err == nil && frame.Source == chunk {
			return fmt.Sprintf("%s:%d", chunk, frame.CurrentLine)
		}
	}
}
