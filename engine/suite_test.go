package engine_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/luatest"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// The Lua tests. Each global function test_x(t) of testdata/lua/*_test.lua is
// a subtest that runs in a VM of its own, against the local cluster, as kubelua
// test runs them; what t offers beyond that is written in testdata/lua/t.lua. One of them alone, test_attributes
// of pod_test.lua:
//
//	go test -run 'TestLua/pod/attributes$' ./engine

const (
	luaTests = "../testdata/lua"

	// luaTestTime bounds one test. Most take a second.
	luaTestTime = 3 * time.Minute
)

func TestLua(t *testing.T) {
	files, err := filepath.Glob(luaTests + "/*_test.lua")
	if err != nil || len(files) == 0 {
		t.Fatalf("no Lua tests in %s: %v", luaTests, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), "_test.lua"), func(t *testing.T) {
			t.Parallel()
			source := readLuaTest(t, file)
			for _, name := range testFunctions(t, source) {
				t.Run(strings.TrimPrefix(name, "test_"), func(t *testing.T) {
					t.Parallel()
					runLuaTest(t, source, name)
				})
			}
		})
	}
}

// readLuaTest reads a file under the name that messages give it.
func readLuaTest(t testing.TB, file string) engine.Source {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Source{Name: "testdata/lua/" + filepath.Base(file), Text: string(text)}
}

// testFunctions lists the test functions of a file.
func testFunctions(t *testing.T, source engine.Source) []string {
	t.Helper()
	names, err := luatest.Load(source)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Errorf("%s: no function test_...(t)", source.Name)
	}
	return names
}

// runLuaTest runs one test function in a fresh VM.
func runLuaTest(t testing.TB, source engine.Source, name string) {
	t.Helper()
	s := &suite{t: t, kubeconfig: localtest.Kubeconfig(t)}
	for _, failure := range s.test(source, name).Run(context.Background()).Failures {
		t.Error(failure)
	}
}

// TestLuaHarness checks that the harness reports what it is there for: a Lua
// test that passes whatever happens would be worth nothing.
func TestLuaHarness(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"eq", `t:eq(1, 2)`, `x_test.lua:2: got 1, want 2`},
		{"eq of tables", `t:eq({a = {1, 2}}, {a = {1, 3}})`, `x_test.lua:2: at a.2: got 2, want 3`},
		{"eq of texts", `t:eq("a\nb\nc", "a\nx\nc")`, "from line 2 on:\n  - x\n  + b"},
		{"eq of tables, several", `t:eq({a = 1, b = 2}, {a = 2, c = 3})`, "got isn't want:\n  at a: got 1, want 2\n  at b: got 2, want nil\n  at c: got nil, want 3"},
		{"eq, more than wanted", `t:eq({a = 1, b = 2}, {a = 1})`, `at b: got 2, want nil`},
		{"ne", `t:ne("a", "a")`, `got "a", want something else`},
		{"same", `t:same(kube.array{}, {})`, `got array{}, want {}`},
		{"ok", "\nt:ok(false, 'why')", `x_test.lua:3: got false, want it true: why`},
		{"match", `t:match("abc", "^b")`, `got "abc", want it to hold "^b"`},
		{"raises nothing", `t:raises("APIError", function() return 5 end)`, `got no error but 5, want APIError`},
		{"raises another kind", `t:raises("APIError", kube.time, "x")`, `got ValueError: "x" is not a time`},
		{"raises another text", `t:raises("fish", error, "fowl")`, `got the error "fowl", want one that holds "fish"`},
		{"eventually", `t:eventually(function() end, 0.01)`, `waited 0.01 seconds in vain`},
		{"eventually, an error", `t:eventually(function() error("broken") end)`, `x_test.lua:2: broken`},
		{"eventually, not there", `t:eventually(function() return cluster.pods:fetch("none", {namespace = "default"}) end, {timeout = "10ms"})`, `in vain: fetch pods default/none: not found`},
		{"fail", `t:fail("because")`, `x_test.lua:2: because`},
		{"the run ended early", `os.exit(0)`, `the test ended the run by os.exit`},
		{"an error of its own", `local x = nil; x.y = 1`, `x_test.lua:2: attempt to index a nil value`},
		{"a line that must fail", `local x = 1 --> error: "x"`, `x_test.lua:2: got no error, want "x"`},
		{"a line that fails otherwise", `error("fowl") --> error: "fish"`, `want one that holds "fish"`},
		{"a line that fails elsewhere", "local function f()\nerror('x') end\nf() --> error: \"x\"", `want it to start with testdata/lua/x_test.lua:4`},
		{"after the test", `t:defer(function() error("late") end)`, `late`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			reports := &reporter{TB: t}
			runLuaTest(reports, engine.Source{Name: "testdata/lua/x_test.lua", Text: "function test_x(t)\n" + tt.text + "\nend"}, "test_x")
			if got := strings.Join(reports.lines, "\n"); !strings.Contains(got, tt.want) {
				t.Errorf("the report: got %q, want it to hold %q", got, tt.want)
			}
		})
	}
}

// reporter is a test whose failures are looked at.
type reporter struct {
	testing.TB
	lines []string
}

func (r *reporter) Error(args ...any) { r.lines = append(r.lines, fmt.Sprint(args...)) }
func (r *reporter) Errorf(format string, args ...any) {
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}
func (r *reporter) Failed() bool { return len(r.lines) > 0 }
