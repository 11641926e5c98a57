package engine_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

func TestRun(t *testing.T) {
	t.Run("arguments", func(t *testing.T) {
		got := runScript(t, `print(select("#", ...), ..., arg[0], #arg, arg[1], arg[2], arg[-1])`, engine.Options{}, "a", "")
		require.NoError(t, got.err)
		assert.Equal(t, "2\ta\ttest.lua\t2\ta\t\tnil\n", got.out)
	})
	t.Run("empty", func(t *testing.T) {
		for _, code := range []string{"", "#!/bin/sh", "#!/bin/sh\n", "\ufeffreturn", "-- nothing"} {
			assert.NoError(t, runScript(t, code, engine.Options{}).err, "%q", code)
		}
	})
	t.Run("globals stay for the next run", func(t *testing.T) {
		vm := engine.New(engine.Options{})
		defer vm.Close()
		run := func(code string) error {
			return vm.Run(context.Background(), engine.Source{Name: "(prompt)", Text: code})
		}
		require.NoError(t, run("x = 1 local y = 2 function f() return y end"))
		require.Error(t, run("x = 2 error('oops')"))
		require.NoError(t, run("setmetatable(_G, {__newindex = function() error('no new globals') end})"))
		require.NoError(t, run("assert(x == 2 and f() == 2)"))
	})
	t.Run("a VM's globals are its own", func(t *testing.T) {
		require.NoError(t, runScript(t, "string.mine = 1 x = 1", engine.Options{}).err)
		require.NoError(t, runScript(t, "assert(string.mine == nil and x == nil)", engine.Options{}).err)
	})
	t.Run("file", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "job.lua")
		require.NoError(t, os.WriteFile(file, []byte("#!x\nreturn 1"), 0o644))
		src, err := engine.FileSource(file)
		require.NoError(t, err)
		assert.Equal(t, engine.Source{Name: file, Text: "#!x\nreturn 1", Dir: filepath.Dir(file)}, src)
		_, err = engine.FileSource(filepath.Dir(file))
		assert.ErrorContains(t, err, "is a folder")
		_, err = engine.FileSource(file + "x")
		assert.ErrorIs(t, err, os.ErrNotExist)
	})
}

func TestNothingIsAllowedByItself(t *testing.T) {
	t.Setenv("KUBELUA_TEST", "secret")
	denied := map[string]string{
		`io.open("/etc/passwd")`:       "read /etc/passwd: not allowed (--allow-read=/etc/passwd grants it)",
		`io.open("my file", "w")`:      "write my file: not allowed (--allow-write='my file' grants it)",
		`io.open("x", "r+")`:           "write x: not allowed (--allow-write=x grants it)",
		`io.lines("/etc/passwd")`:      "read /etc/passwd: not allowed (--allow-read=/etc/passwd grants it)",
		`io.input("/etc/passwd")`:      "read /etc/passwd: not allowed (--allow-read=/etc/passwd grants it)",
		`io.output("x")`:               "write x: not allowed (--allow-write=x grants it)",
		`io.tmpfile()`:                 "lua_",
		`io.popen("ls -l")`:            "run ls: not allowed (--allow-run=ls grants it)",
		`os.execute("ls")`:             "run ls: not allowed (--allow-run=ls grants it)",
		`os.remove("x")`:               "remove x: not allowed (--allow-write=x grants it)",
		`os.rename("x", "y")`:          "rename x: not allowed (--allow-write=x grants it)",
		`os.tmpname()`:                 "lua_",
		`dofile("/etc/passwd")`:        "read /etc/passwd: not allowed (--allow-read=/etc/passwd grants it)",
		`loadfile("/etc/passwd")`:      "read /etc/passwd: not allowed (--allow-read=/etc/passwd grants it)",
		`pcall(error) io.open("x")`:    "read x: not allowed (--allow-read=x grants it)",
		`coroutine.wrap(io.open)("x")`: "read x: not allowed (--allow-read=x grants it)",
	}
	for code, want := range denied {
		err := runScript(t, code, engine.Options{}).err
		assert.ErrorContains(t, err, want)
		assert.Equal(t, engine.ExitDenied, engine.ExitCode(err), code)
		assert.True(t, kube.IsKind(err, kube.DeniedError), code)
	}
	got := runScript(t, `print(os.getenv("KUBELUA_TEST"), io.read())
		local ok, err = pcall(io.open, "x")
		print(ok, err.type, err, kube.is(err, "DeniedError"), kube.is(err, "KubeError"), err.where)
		print(debug.getlocal, debug.sethook, newproxy, package.loadlib, channel, string.dump, module)`, engine.Options{})
	require.NoError(t, got.err)
	assert.Equal(t, "nil\tnil\nfalse\tDeniedError\tread x: not allowed (--allow-read=x grants it)\ttrue\ttrue\ttest.lua:2\n"+
		"nil\tnil\tnil\tnil\tnil\tnil\tnil\n", got.out)
}

// textFile is a file that holds a text.
type textFile struct{ *strings.Reader }

func (textFile) Write([]byte) (int, error) { return 0, os.ErrPermission }
func (textFile) Close() error              { return nil }

func TestWorld(t *testing.T) {
	world := engine.World{
		Stdin:  strings.NewReader("one\ntwo 3\n"),
		Now:    func() time.Time { return time.Unix(1000, 0) },
		Getenv: func(name string) (string, bool) { return "is " + name, name == "HOME" },
		OpenFile: func(path string, flags int) (host.File, error) {
			if path != "lib.lua" {
				return nil, &os.PathError{Op: "open", Path: path, Err: syscall.ENOENT}
			}
			return textFile{strings.NewReader("return ..., 'lib'")}, nil
		},
	}
	got := runScript(t, `
		print(io.read(), io.read(3), io.read("*n"), io.read("*a"), io.read())
		print(os.time(), os.getenv("HOME"), os.getenv("PATH"))
		print(dofile("lib.lua"), loadfile("lib.lua")(5))
		print(loadfile("other.lua"))
		print(io.open("other.lua"))
		io.stderr:write("to people\n")`, engine.Options{World: world})
	require.NoError(t, got.err)
	assert.Equal(t, "one\ttwo\t3\t\n\tnil\n1000\tis HOME\tnil\nnil\t5\tlib\nnil\tother.lua: no such file or directory\n"+
		"nil\tother.lua: no such file or directory\t2\n", got.out)
	assert.Equal(t, "to people\n", got.errout)
}

func TestModules(t *testing.T) {
	opened := 0
	row := func(global bool) engine.Module {
		return engine.Module{Name: "extra", Global: global, Open: func(L *lua.LState, h host.Host) lua.LValue {
			opened++
			return lua.LString("opened")
		}}
	}
	got := runScript(t, `print(extra, require "extra", require "extra")`, engine.Options{Modules: []engine.Module{row(true)}})
	require.NoError(t, got.err)
	assert.Equal(t, "opened\topened\topened\n", got.out)
	assert.Equal(t, 1, opened)

	got = runScript(t, `print(extra, require "extra", require "extra")`, engine.Options{Modules: []engine.Module{row(false)}})
	require.NoError(t, got.err)
	assert.Equal(t, "nil\topened\topened\n", got.out)
	assert.Equal(t, 2, opened)

	require.NoError(t, runScript(t, "", engine.Options{Modules: []engine.Module{row(false)}}).err)
	assert.Equal(t, 2, opened, "opened only when it is required")
}

// slowReader is an input on which nothing comes for a minute.
type slowReader struct{ text io.Reader }

func (s slowReader) Read(p []byte) (int, error) {
	time.Sleep(time.Minute)
	return s.text.Read(p)
}

func TestReadingIsInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		vm := engine.New(engine.Options{World: engine.World{Stdin: slowReader{strings.NewReader("line\nmore\n")}}})
		defer vm.Close()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		err := vm.Run(ctx, engine.Source{Name: "a", Text: "io.read()"})
		assert.Equal(t, engine.ExitTimedOut, engine.ExitCode(err))
		// What was read meanwhile is for the next run.
		assert.NoError(t, vm.Run(context.Background(), engine.Source{Name: "b", Text: "assert(io.read() == 'line') assert(io.read() == 'more')"}))
	})
}

// brokenWriter takes some bytes and then fails.
type brokenWriter struct {
	room int
	err  error
	got  bytes.Buffer
}

func (w *brokenWriter) Write(p []byte) (int, error) {
	if w.room -= len(p); w.room < 0 {
		return 0, w.err
	}
	return w.got.Write(p)
}

func TestOutputThatFails(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code int
		want string
	}{
		{"nobody reads", &os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, engine.ExitOutput, ""},
		{"no room", syscall.ENOSPC, engine.ExitFailed, "kubelua: standard output: no space left on device\n"},
	}
	for _, tt := range tests {
		for name, code := range map[string]string{
			"loop":       `while true do pcall(print, ("x"):rep(1000)) end`,
			"at the end": `print(("x"):rep(1001))`,
			"closers":    `probe.with(function() while true do io.write(("x"):rep(1000)) end end, function() io.stderr:write("closed") end)`,
		} {
			t.Run(tt.name+" "+name, func(t *testing.T) {
				leavesNothing(t)
				var errout bytes.Buffer
				out := &brokenWriter{room: 1000, err: tt.err}
				vm := engine.New(engine.Options{World: engine.World{Stdout: out, Stderr: &errout}, Modules: []engine.Module{probe()}})
				err := vm.Run(context.Background(), engine.Source{Name: "test.lua", Text: code})
				vm.Close()
				assert.Equal(t, tt.code, engine.ExitCode(err))
				assert.Equal(t, tt.want, report(err))
				if name == "closers" {
					assert.Equal(t, "closed", errout.String())
				}
			})
		}
	}
}

// sharedBuffer can be read while it is written.
type sharedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *sharedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *sharedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// What was printed is there when the script waits.
func TestOutputIsSeenInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out sharedBuffer
		vm := engine.New(engine.Options{World: engine.World{Stdout: &out, Stderr: &out}, Modules: []engine.Module{probe()}})
		defer vm.Close()
		ended := make(chan error)
		go func() {
			ended <- vm.Run(context.Background(), engine.Source{Name: "test.lua", Text: `
				print("one") print("two") probe.sleep(10) print("three") io.stderr:write("four\n") print("five")`})
		}()
		time.Sleep(time.Second)
		synctest.Wait()
		assert.Equal(t, "one\ntwo\n", out.String())
		require.NoError(t, <-ended)
		assert.Equal(t, "one\ntwo\nthree\nfour\nfive\n", out.String())
	})
}
