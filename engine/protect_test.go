package engine_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

func TestProtectedCalls(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"results", `print(pcall(function(...) return ... end, 1, nil, 3))`, "true\t1\tnil\t3"},
		{"string", `print(pcall(error, "x", 0))`, "false\tx"},
		{"position", `print(pcall(function() error("x") end))`, "false\ttest.lua:1: x"},
		{"position of the caller", "local function f() error('x', 2) end\nprint(pcall(function()\n  f()\nend))", "false\ttest.lua:3: x"},
		{"tail call", "local function f() error('x', 2) end\nprint(pcall(function() return f() end))", "false\tx"},
		{"table", `local e = {} print(select(2, pcall(error, e)) == e)`, "true"},
		{"nil", `print(pcall(error))`, "false\tnil"},
		{"host value", `local ok, e = pcall(probe.fail) print(type(e)) print(select(2, pcall(error, e)) == e, select(2, pcall(assert, false, e)) == e)`, "userdata\ntrue\ttrue"},
		{"assert", `print(pcall(assert, false)) print(pcall(assert, nil, "msg")) print(assert(1, 2))`, "false\tassertion failed!\nfalse\tmsg\n1\t2"},
		{"not a function", `print(pcall(5))`, "false\tattempt to call a value that is not a function"},
		{"callable table", `print(pcall(setmetatable({}, {__call = function(_, a) return a end}), 7))`, "true\t7"},
		{"nested", `print(pcall(pcall, error, "x"))`, "true\tfalse\tx"},
		{"xpcall", `print(xpcall(function(a) return a end, error, 5)) print(xpcall(error, function(e) return e .. "!" end, "x"))`, "true\t5\nfalse\tx!"},
		{"xpcall with a failing handler", `print(xpcall(error, function() error("worse", 0) end, "x"))`, "false\tworse"},
		{"handler that never stops failing", `local function h() error("again") end print((xpcall(error, function() return select(2, xpcall(error, h)) end)))`, "false"},
		{"binding", `print(pcall(probe.missing)) print(pcall(function() probe.missing() end))`, "false\tno such thing\nfalse\ttest.lua:1: no such thing"},
		{"argument", `print(pcall(string.rep))`, "false\tbad argument #1 (string expected, got nil)"},

		// The VM's own PCall gets these wrong.
		{"caller's variables", `local n = 0
			local function get() return n end
			local function add() n = n + 1 end
			for i = 1, 3 do pcall(function() add() error("x") end) n = n + 10 end
			print(n, get())`, "33\t33"},
		{"variables of the failed function", `local kept
			xpcall(function() local y = "kept" kept = function() return y end error("x") end, function() end)
			pcall(function() local a, b, c = 1, 2, 3 return a end)
			print(kept())`, "kept"},
		{"variables of a failed binding", `local kept
			pcall(function() local y = "kept" kept = function() y = y .. "!" return y end probe.crash() end)
			pcall(function() local a, b, c = 1, 2, 3 return a end)
			print(kept(), kept())`, "kept!\tkept!!"},
		{"in a coroutine", `local co = coroutine.wrap(function() local n = 0 pcall(function() n = 1 error("x") end) coroutine.yield(n) return n + 1 end)
			print(co(), co())`, "1\t2"},
		{"coroutine that fails", `print(coroutine.resume(coroutine.create(function() error("x", 0) end)))
			print(pcall(coroutine.wrap(function() error("y", 0) end)))`, "false\tx\nfalse\ty"},

		{"recursion", `local function f(n) return 1 + f(n + 1) end local ok, e = pcall(f, 1) print(ok, e)`, "false\ttest.lua:1: stack overflow"},
		{"recursion in a metamethod", `local t = setmetatable({}, {__index = function(t, k) return t[k + 1] end}) local ok, e = pcall(function() return t[1] end) print(ok, e)`, "false\ttest.lua:1: stack overflow"},
		{"recursion through pcall", `local function f() return pcall(f) end print(select("#", f()) > 100)
			local function g() local ok, e = pcall(g) if not ok then error(e, 0) end end print(pcall(g))`,
			"true\nfalse\ttest.lua:2: stack overflow (more than 200 nested protected calls)"},
		{"recursion through sort", `local function f() table.sort({1, 2, 3}, f) end print((pcall(f)))`, "false"},
		{"recursion through tostring", `local t t = setmetatable({}, {__tostring = function() return tostring(t) end}) print((pcall(tostring, t)))`, "false"},
		{"recursion in a handler", `local function h() return h() .. "x" end print((xpcall(error, h)))`, "false"},
		{"deep, but not too deep", `local function f(n) if n == 0 then return 0 end return 1 + f(n - 1) end print(f(15000))`, "15000"},
		{"stack of values", `print(pcall(function() return unpack({}, 1, 1e6) end)) print(pcall(function() return unpack({}, 1, 1e5) end) == true)`,
			"false\ttest.lua:1: too many results to unpack\ntrue"},
		{"registers", `local function f(...) local a = f(1, ...) return a end print(pcall(f))`, "false\ttest.lua:1: registry overflow"},
		{"a million times", `local n = 0 for i = 1, 1e6 do if pcall(tonumber, i) then n = n + 1 end end print(n)`, "1000000"},
		{"setfenv(0) of a protected call", `pcall(function() setfenv(0, {answer = 42}) end) print(loadstring("return answer")())`, "42"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runScript(t, tt.code, engine.Options{Modules: []engine.Module{probe()}})
			require.NoError(t, got.err)
			assert.Equal(t, tt.want, strings.TrimSpace(got.out))
		})
	}
}

func TestMessages(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"call", "local x = 1\nundefined(x)", "test.lua:2: attempt to call a value that is not a function (undefined)"},
		{"call of a method", "local t = {}\nt:drain(tostring(1))", "test.lua:2: attempt to call a value that is not a function (drain)"},
		{"index", "local t\nreturn t.x", "test.lua:2: attempt to index a nil value with key 'x'"},
		{"assign", "local t\nt.x = 1", "test.lua:2: attempt to index a nil value with key 'x'"},
		{"add", "return 1 + nil", "test.lua:1: attempt to perform arithmetic on a nil value"},
		{"add strings", "return {} + 'x'", "test.lua:1: attempt to perform arithmetic on a table value"},
		{"concat", "return 'x' .. {}", "test.lua:1: attempt to concatenate a table value"},
		{"compare", "return 1 < 'x'", "test.lua:1: attempt to compare number with string"},
		{"negate", "return -{}", "test.lua:1: attempt to negate a value that is not a number"},
		{"length", "return #nil", "test.lua:1: attempt to get the length of a value that has none"},
		{"argument", "string.rep({})", "test.lua:1: bad argument #1 to rep (string expected, got table)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.EqualError(t, runScript(t, tt.code, engine.Options{}).err, tt.want)
		})
	}
}

func TestBugs(t *testing.T) {
	for _, code := range []string{"probe.crash()", "probe.crashBlocked()", "coroutine.wrap(probe.crash)()"} {
		t.Run(code, func(t *testing.T) {
			o := engine.Options{Modules: []engine.Module{probe()}}
			err := runScript(t, code, o).err
			require.Error(t, err)
			assert.Equal(t, engine.ExitFailed, engine.ExitCode(err))
			assert.NotContains(t, report(err), "goroutine")
			if strings.Contains(code, "coroutine") {
				return // the VM's own library hides it
			}
			assert.Contains(t, err.Error(), "test.lua:1: internal error: ")
			assert.Contains(t, err.Error(), "engine_test.(*prober)")
			assert.Contains(t, err.Error(), "this is a bug in kubelua, please report it")

			got := runScript(t, "print(pcall(function() "+code+" end)) print('goes on') probe.sleep(0)", o)
			require.NoError(t, got.err)
			assert.Contains(t, got.out, "internal error")
			assert.Contains(t, got.out, "goes on")
		})
	}
}

func TestTraceback(t *testing.T) {
	code := `local function inner()
  return debug.traceback("here")
end
local function middle()
  local text = inner()
  return text
end
function outer()
  return (select(2, pcall(middle)))
end
print((outer()))
print(select(2, xpcall(function() error("x") end, debug.traceback)))
print(debug.traceback(coroutine.create(function() end)))
print(debug.traceback({}) == nil, debug.traceback("only this", 100))`
	got := runScript(t, code, engine.Options{})
	require.NoError(t, got.err)
	want := `here
traceback:
  test.lua:2: in function 'inner'
  test.lua:5: in function <test.lua:4>
  test.lua:9: in function 'outer'
  test.lua:11: in main chunk
test.lua:12: x
traceback:
  test.lua:12: in function <test.lua:12>
  test.lua:12: in main chunk
traceback:
false	only this
traceback:
`
	assert.Equal(t, want, got.out)
}

func TestCoroutinesNestOnlySoDeep(t *testing.T) {
	for name, code := range map[string]string{
		"alone":       `local function f(n) return coroutine.wrap(f)(n + 1) end print(pcall(f, 0))`,
		"create":      `local function f(n) return coroutine.resume(coroutine.create(f), n + 1) end print(pcall(f, 0))`,
		"under pcall": `local function f(n) return coroutine.wrap(function() return pcall(f, n + 1) end)() end print(pcall(f, 0))`,
	} {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			vm := engine.New(engine.Options{World: engine.World{Stdout: &out}})
			defer vm.Close()
			require.NoError(t, vm.Run(t.Context(), engine.Source{Name: "nested", Text: code}))
			assert.Contains(t, out.String(), "stack overflow (more than 200 nested")
		})
	}
}
