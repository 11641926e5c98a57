package engine_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

// luaModule is the folder of the VM's Go module, which has Lua's own tests.
func luaModule(t *testing.T) string {
	t.Helper()
	out, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "github.com/yuin/gopher-lua").Output()
	require.NoError(t, err)
	return strings.TrimSpace(string(out))
}

// TestCoroutinesAsInLua runs the coroutine part of Lua's own tests, and those
// of the VM.
func TestCoroutinesAsInLua(t *testing.T) {
	t.Parallel()
	dir := luaModule(t)
	closure, err := os.ReadFile(filepath.Join(dir, "_lua5.1-tests", "closure.lua"))
	require.NoError(t, err)
	before, part, found := strings.Cut(string(closure), "-- coroutine tests\n")
	require.True(t, found)
	// The lines keep their numbers.
	part = strings.Repeat("\n", strings.Count(before, "\n")+1) + part
	own, err := os.ReadFile(filepath.Join(dir, "_glua-tests", "coroutine.lua"))
	require.NoError(t, err)

	for name, text := range map[string]string{"closure.lua": part, "coroutine.lua": string(own)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			vm := engine.New(engine.Options{})
			defer vm.Close()
			var report strings.Builder
			engine.Report(&report, vm.Run(t.Context(), engine.Source{Name: name, Text: text}))
			require.Empty(t, report.String())
		})
	}
}

func TestCoroutinesNest(t *testing.T) {
	t.Parallel()
	vm := engine.New(engine.Options{})
	defer vm.Close()
	err := vm.Run(t.Context(), engine.Source{Name: "test.lua", Text: `
		local function deeper() return coroutine.wrap(deeper)() end
		deeper()`})
	require.ErrorContains(t, err, "stack overflow (more than 200 nested coroutines)")
}

func TestCoroutinesAreCapped(t *testing.T) {
	t.Parallel()
	vm := engine.New(engine.Options{MaxCoroutines: 100})
	defer vm.Close()
	err := vm.Run(t.Context(), engine.Source{Name: "test.lua", Text: `
		local held = {}
		for i = 1, 100 do held[i] = coroutine.wrap(coroutine.yield) held[i]() end
		held[1] = nil
		held[1] = coroutine.wrap(coroutine.yield)
		assert(not pcall(coroutine.wrap, print))
		coroutine.create(print)`})
	require.ErrorContains(t, err, "too many coroutines: 100 are suspended, the limit is 100")
}

// TestAbandonedCoroutinesEnd makes many generators that nobody runs to their
// end. Their goroutines go with the VM at the latest (see TestMain), but they
// must not pile up before.
func TestAbandonedCoroutinesEnd(t *testing.T) {
	vm := engine.New(engine.Options{})
	defer vm.Close()
	before := runtime.NumGoroutine()
	require.NoError(t, vm.Run(t.Context(), engine.Source{Name: "test.lua", Text: `
		closed = 0
		local closer = {close = function() closed = closed + 1 end}
		local function generator()
			return coroutine.wrap(function()
				kube.with(closer, function() coroutine.yield(1) end)
			end)
		end
		for i = 1, 30000 do assert(generator()() == 1) end
		assert(closed > 10000, closed)`}))
	require.Less(t, runtime.NumGoroutine()-before, 20000)
}

// TestAbandonedCoroutinesInsideOfOneAnother makes recursive generators that
// nobody runs to their end: each suspended one holds those inside of it.
func TestAbandonedCoroutinesInsideOfOneAnother(t *testing.T) {
	t.Parallel()
	vm := engine.New(engine.Options{MaxCoroutines: 200})
	defer vm.Close()
	require.NoError(t, vm.Run(t.Context(), engine.Source{Name: "test.lua", Text: `
		local function generator(depth)
			return coroutine.wrap(function()
				if depth > 1 then
					for x in generator(depth - 1) do coroutine.yield(x) end
				end
				coroutine.yield(depth)
			end)
		end
		for i = 1, 60 do assert(generator(30)() == 1) end`}))
}
