package engine_test

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// Code that tries to go on when its run is over.
func TestNothingStopsTheEndOfARun(t *testing.T) {
	stubborn := map[string]string{
		"loop":                   `while true do end`,
		"recursion":              `local function f() return f() end f()`,
		"pcall":                  `repeat pcall(function() while true do end end) until false`,
		"pcall of pcall":         `repeat pcall(pcall, pcall, pcall, function() while true do end end) until false`,
		"pcall of error":         `while true do pcall(error, "x") end`,
		"xpcall":                 `repeat xpcall(function() while true do end end, function() while true do end end) until false`,
		"xpcall with print":      `repeat xpcall(function() while true do end end, print) until false`,
		"xpcall in xpcall":       `local function h() return xpcall(h, h) end while true do xpcall(error, h) end`,
		"metamethod":             `local t = setmetatable({}, {__index = function() pcall(function() while true do end end) return 1 end}) while true do local _ = t.x end`,
		"sort":                   `while true do pcall(table.sort, {3, 2, 1}, function() while true do end end) end`,
		"gsub":                   `while true do pcall(string.gsub, "aaa", "a", function() while true do end end) end`,
		"iterator":               `for x in function() return pcall(function() while true do end end) end do end`,
		"coroutine":              `while true do coroutine.resume(coroutine.create(function() while true do end end)) end`,
		"coroutine that catches": `while true do coroutine.resume(coroutine.create(function() pcall(function() while true do end end) while true do end end)) end`,
		"pattern":                `string.find(("a"):rep(5000), ("a*"):rep(20) .. "b")`,
		"load":                   `repeat pcall(load, function() while true do end end) until false`,
		"blocked":                `repeat pcall(probe.sleep, 1000) until false`,
		"blocked in a closer":    `probe.with(function() while true do end end, function() end)`,
		"many closers":           `local function f(n) if n > 0 then probe.with(function() f(n - 1) end, function() pcall(error) end) else while true do end end end f(50)`,
	}
	for name, code := range stubborn {
		t.Run(name, func(t *testing.T) {
			limit := 50 * time.Millisecond
			ctx, cancel := context.WithTimeoutCause(context.Background(), limit, engine.TimedOut(limit))
			defer cancel()
			start := time.Now()
			got := runIn(t, ctx, code+" print('went on')", engine.Options{Modules: []engine.Module{probe()}})
			require.Error(t, got.err)
			assert.Equal(t, engine.ExitTimedOut, engine.ExitCode(got.err))
			assert.Contains(t, got.err.Error(), "timed out after 50ms")
			assert.Contains(t, report(got.err), "traceback:\n  test.lua:1: in ")
			assert.Empty(t, got.out)
			assert.Less(t, time.Since(start), 30*time.Second)
		})
	}
}

func TestInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(time.Minute, func() { cancel(engine.Interrupted) })
		got := runIn(t, ctx, "print('before')\npcall(probe.sleep, 1000)\nprint('after')", engine.Options{Modules: []engine.Module{probe()}})
		assert.Equal(t, engine.ExitInterrupted, engine.ExitCode(got.err))
		assert.ErrorIs(t, got.err, engine.Interrupted)
		assert.Equal(t, "kubelua: test.lua:2: interrupted\n", report(got.err))
		assert.Equal(t, "before\n", got.out)
	})
}

func TestExit(t *testing.T) {
	tests := []struct {
		name, code string
		want       int
	}{
		{"code", `os.exit(7)`, 7},
		{"nothing", `os.exit()`, 0},
		{"true", `os.exit(true)`, 0},
		{"false", `os.exit(false)`, 1},
		{"in pcall", `pcall(os.exit, 7) print("went on")`, 7},
		{"in pcall, for ever", `while true do pcall(os.exit, 7) end`, 7},
		{"in a coroutine", `coroutine.wrap(function() os.exit(7) end)() print("went on")`, 7},
		{"in a metamethod", `local t = setmetatable({}, {__index = function() os.exit(7) end}) local _ = t.x print("went on")`, 7},
		{"in a handler", `xpcall(error, function() os.exit(7) end) print("went on")`, 7},
		{"in a closer", `probe.with(function() end, function() os.exit(7) end) print("went on")`, 7},
		{"in the closer of a failure", `probe.with(function() error("x") end, function() os.exit(7) end) print("went on")`, 7},
		{"the first one counts", `probe.with(function() os.exit(7) end, function() os.exit(8) end)`, 7},
		{"in a module", `package.preload.m = function() os.exit(7) end pcall(require, "m") print("went on")`, 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runScript(t, `io.write("out ") `+tt.code, engine.Options{Modules: []engine.Module{probe()}})
			assert.Equal(t, tt.want, engine.ExitCode(got.err))
			assert.Equal(t, tt.want == 0, got.err == nil)
			assert.Empty(t, report(got.err))
			assert.Equal(t, "out ", got.out)
		})
	}
	t.Run("ends only the run", func(t *testing.T) {
		vm := engine.New(engine.Options{})
		defer vm.Close()
		first := vm.Run(context.Background(), engine.Source{Name: "a", Text: "x = 1 os.exit(3)"})
		assert.Equal(t, 3, engine.ExitCode(first))
		assert.NoError(t, vm.Run(context.Background(), engine.Source{Name: "b", Text: "assert(x == 1)"}))
	})
}

func TestClosers(t *testing.T) {
	const body = `probe.with(function() %s end, function() io.write("closing ") probe.sleep(2) io.write("closed ") end) print("went on")`
	tests := []struct{ name, code, want string }{
		{"success", strings.Replace(body, "%s", "", 1), "closing closed went on\n"},
		{"error", strings.Replace(body, "%s", "error('x')", 1), "closing closed "},
		{"cancelled", strings.Replace(body, "%s", "probe.sleep(1000)", 1), "closing closed "},
		{"cancelled while closing", strings.Replace(body, "%s", "probe.sleep(59)", 1), "closing closed "},
		{"exit", strings.Replace(body, "%s", "os.exit(1)", 1), "closing closed "},
		{"bug", strings.Replace(body, "%s", "probe.crash()", 1), "closing closed "},
		{"caught", "pcall(function() " + strings.Replace(body, "%s", "error('x')", 1) + " end) print('caught')", "closing closed caught\n"},
		{"closer that takes too long", `probe.with(function() probe.sleep(1000) end, function() io.write("closing ") probe.sleep(9) io.write("closed ") end)`, "closing "},
		{"closers that take too long together",
			`probe.with(function()
				probe.with(function() probe.sleep(1000) end, function() probe.sleep(3) io.write("inner ") end)
			end, function() probe.sleep(3) io.write("outer ") end)`, "inner "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithTimeoutCause(context.Background(), time.Minute, engine.TimedOut(time.Minute))
				defer cancel()
				got := runIn(t, ctx, tt.code, engine.Options{Modules: []engine.Module{probe()}})
				assert.Equal(t, tt.want, got.out)
			})
		})
	}
}

func TestBlockSeesItsContext(t *testing.T) {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(engine.Interrupted)
	got := runIn(t, ctx, "probe.sleep(1000)", engine.Options{Modules: []engine.Module{probe()}})
	assert.ErrorIs(t, got.err, engine.Interrupted)
}
