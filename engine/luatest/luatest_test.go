package luatest_test

import (
	"context"
	"encoding/xml"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/luatest"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// run runs a function test_x of a file.
func run(t *testing.T, text string) luatest.Result {
	t.Helper()
	source := engine.Source{Name: "x_test.lua", Text: text, Dir: t.TempDir()}
	return luatest.Test{Source: source, Name: "test_x", Timeout: 20 * time.Second}.Run(t.Context())
}

func TestRun(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		failures   []string // the start of each
		output     string
	}{
		{"passes", `function test_x(t) t:eq(1, 1) end`, nil, ""},
		{"fails and goes on", "function test_x(t)\nt:eq(1, 2)\nt:ok(false, 'why')\nend", []string{"x_test.lua:2: got 1, want 2", "x_test.lua:3: got false, want it true: why"}, ""},
		{"raises", "function test_x(t)\nerror('broken')\nend", []string{"x_test.lua:2: broken"}, ""},
		{"a file that raises", "error('broken')", []string{"x_test.lua:1: broken"}, ""},
		{"around a test", `
			function setup(t) print("set up") t:defer(function() print("deferred") end) end
			function teardown(t) print("torn down") end
			function test_x(t) print("ran") error("broken") end`, []string{"x_test.lua:4: broken"}, "set up\nran\ntorn down\ndeferred\n"},
		{"closers that fail", `
			function test_x(t) t:defer(function() error("late") end) t:defer(function() print("first") end) end`, []string{"x_test.lua: x_test.lua:2: late"}, "first\n"},
		{"log", "function test_x(t) print('a') t:log('b', 2) end", nil, "a\nx_test.lua:1: b\t2\n"},
		{"skipped", "function test_x(t) t:skip('why') error('not reached') end", nil, ""},
		{"what it left running ends", "function test_x(t) task.spawn(function() task.sleep(1000) end) end", nil, ""},
		{"a task that fails", "function test_x(t) task.spawn(function() error('in a task') end) task.sleep(0) task.sleep(1) end", []string{"x_test.lua:1: in a task"}, ""},
		{"ends the run", "function test_x(t) os.exit(0) end", []string{"x_test.lua: the test ended the run by os.exit"}, ""},
		{"fails without end", "function test_x(t) while true do t:ok(false) end end", []string{"x_test.lua:1: got false"}, ""},
		{"clock", `
			function test_x(t)
				local clock = t:clock("2026-03-29T00:30:00Z")
				clock:advance("1h")
				print(kube.now(), os.time(), kube.time("2026-03-29T00:00:00Z"):age())
				clock:set(0)
				print(clock:now())
			end`, nil, "2026-03-29T01:30:00Z\t1774747800\t5400\n1970-01-01T00:00:00Z\n"},
		{"eventually", `
			function test_x(t)
				t:clock(0)
				local n = 0
				print(t:eventually(function() n = n + 1 return n == 3 and "third" end, { timeout = "10s" }))
			end`, nil, "third\n"},
		{"no such method", "function test_x(t) t:equal(1, 1) end", []string{"x_test.lua:1: t has no equal"}, ""},
		{"no cluster", "function test_x(t) return t.namespace end", []string{"x_test.lua:1: there is no cluster for a namespace"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := run(t, tt.text)
			if tt.name == "fails without end" {
				assert.Len(t, r.Failures, 20)
				return
			}
			require.Len(t, r.Failures, len(tt.failures), r.Failures)
			for i, want := range tt.failures {
				assert.True(t, strings.HasPrefix(r.Failures[i], want), "got %q, want it to start with %q", r.Failures[i], want)
				assert.NotContains(t, r.Failures[i], "(t):", "frames of the package")
			}
			assert.Equal(t, tt.output, r.Output)
			assert.Equal(t, tt.name == "skipped", r.Skipped)
		})
	}
}

// TestTimeout ends a test that catches every error, and closes it.
func TestTimeout(t *testing.T) {
	t.Parallel()
	source := engine.Source{Name: "x_test.lua", Text: `
		function teardown(t) print("torn down") end
		function test_x(t) while true do pcall(function() while true do end end) end end`}
	r := luatest.Test{Source: source, Name: "test_x", Timeout: 2 * time.Second}.Run(t.Context())
	require.Len(t, r.Failures, 1)
	assert.Contains(t, r.Failures[0], "timed out after 2s")
	assert.Equal(t, "torn down\n", r.Output)
}

// TestFolder has what a test reads and runs beside its file.
func TestFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"lib/double.lua": "return function(n) return 2 * n end",
		"script.lua":     "print('hello ' .. arg[1], kube.now()) io.stderr:write('careful') os.exit(3)",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	source := engine.Source{Name: "x_test.lua", Dir: dir, Text: `
		function test_x(t)
			t:eq(require "lib.double"(21), 42)
			t:clock(0)
			t:eq(t:run("script.lua", "you"), { code = 3, stdout = "hello you\t1970-01-01T00:00:00Z\n", stderr = "careful" })
			t:raises("no such file", t.run, t, "none.lua")
			t:raises("no such file", t.apply, t, "none.yaml")
			t:raises("not allowed", t.apply, t, "/etc/none.yaml")
		end`}
	r := luatest.Test{Source: source, Name: "test_x"}.Run(t.Context())
	assert.Empty(t, r.Failures)
}

// TestStubs compares what t offers with its documentation.
func TestStubs(t *testing.T) {
	t.Parallel()
	show := engine.Source{Name: "show", Text: "local T = ... for name in pairs(T) do print(name) end"}
	r := luatest.Test{Source: engine.Source{Name: "x_test.lua", Text: "function test_x(t) end"}, Name: "test_x", Extend: show}.Run(t.Context())
	require.Empty(t, r.Failures)
	var names []string
	for _, m := range engine.API().Members(luacats.ClassType("test.T")) {
		if m.Name != "namespace" {
			names = append(names, m.Name)
		}
	}
	assert.ElementsMatch(t, names, strings.Fields(r.Output))
}

func TestLoad(t *testing.T) {
	t.Parallel()
	names, err := luatest.Load(engine.Source{Name: "x_test.lua", Text: "function test_b(t) end\nlocal function test_c(t) end\nfunction helper() end\nfunction test_a(t) end\nlocal m = {} function m.test_d() end"})
	require.NoError(t, err)
	assert.Equal(t, []string{"test_b", "test_a"}, names)

	_, err = luatest.Load(engine.Source{Name: "x_test.lua", Text: "function test_a(t) end\nfunction test_a(t) end"})
	require.EqualError(t, err, "x_test.lua:2: there is a function test_a already, in line 1")
	_, err = luatest.Load(engine.Source{Name: "x_test.lua", Text: "function test_a("})
	require.ErrorContains(t, err, "x_test.lua:1: ")
}

// folder has test files: two that pass, one of which skips, one that fails, one
// that isn't Lua.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a_test.lua":         "function test_one(t) end\nfunction test_two(t) t:skip('not <today>') end",
		"deep/b_test.lua":    "function test_three(t) print('& \\1') t:eq('a\\nb', 'a') end",
		"deep/c_test.lua":    "function test_four(",
		"deep/d.lua":         "error('not a test')",
		".hidden/e_test.lua": "error('not looked at')",
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	return dir
}

// reports runs the tests of a folder, one after another, and returns the report
// without the folder's name.
func reports(t *testing.T, s luatest.Suite, dir string, to func(b *strings.Builder) luatest.Reporter) (string, luatest.Count) {
	t.Helper()
	var b strings.Builder
	var err error
	s.Files, err = luatest.Files(dir)
	require.NoError(t, err)
	count, err := s.Run(t.Context(), to(&b))
	require.NoError(t, err)
	return durations.ReplaceAllString(strings.ReplaceAll(b.String(), dir+string(filepath.Separator), ""), "${1}TIME"), count
}

// durations are the numbers in reports that say how long something took.
var durations = regexp.MustCompile(`(time="|duration_ms: |  |in )[0-9.]+(m?s|µs)?\b`)

func TestPretty(t *testing.T) {
	t.Parallel()
	got, count := reports(t, luatest.Suite{}, folder(t), func(b *strings.Builder) luatest.Reporter { return luatest.Pretty{To: b} })
	assert.Equal(t, `FAIL  deep/c_test.lua  TIME
      deep/c_test.lua:1: unexpected end of file: '(' in line 1 is not closed
ok    a_test.lua:test_one  TIME
skip  a_test.lua:test_two  TIME  (not <today>)
FAIL  deep/b_test.lua:test_three  TIME
      deep/b_test.lua:1: got (+) isn't want (-), from line 2 on:
        + b
      | & `+"\x01"+`
1 passed, 2 failed, 1 skipped in TIME
`, got)
	count.Took = 0
	assert.Equal(t, luatest.Count{Passed: 1, Failed: 2, Skipped: 1}, count)
}

func TestTAP(t *testing.T) {
	t.Parallel()
	got, _ := reports(t, luatest.Suite{}, folder(t), func(b *strings.Builder) luatest.Reporter { return &luatest.TAP{To: b} })
	assert.Equal(t, `TAP version 14
1..4
not ok 1 - deep/c_test.lua
  ---
  duration_ms: TIME
  message: |2-
    deep/c_test.lua:1: unexpected end of file: '(' in line 1 is not closed
  ...
ok 2 - a_test.lua:test_one
  ---
  duration_ms: TIME
  ...
ok 3 - a_test.lua:test_two # SKIP not <today>
  ---
  duration_ms: TIME
  ...
not ok 4 - deep/b_test.lua:test_three
  ---
  duration_ms: TIME
  message: |2-
    deep/b_test.lua:1: got (+) isn't want (-), from line 2 on:
      + b
  output: |2-
    & ?
  ...
`, got)
}

// Whatever texts there are, machines can read the reports.
func TestReportsOfAnyText(t *testing.T) {
	t.Parallel()
	results := []luatest.Result{
		{File: `a#b\_test.lua`, Failures: []string{"  indented\nnot \x1b[31m\xff", "\n\n   ..."}, Output: "   a\nb: ]]> \x00\u0085\u0090\x7f\r\n\n"},
		{File: "c_test.lua", Name: "test_c", Skipped: true, Reason: "not # TODO\nok 7"},
	}
	var tap, junit strings.Builder
	all := luatest.Reporters{&luatest.TAP{To: &tap}, &luatest.JUnit{To: &junit}}
	all.Begin(len(results))
	for _, r := range results {
		all.Test(r)
	}
	all.End(luatest.Count{Failed: 1, Skipped: 1})

	head, rest, _ := strings.Cut(tap.String(), "\n  ---\n")
	block, rest, _ := strings.Cut(rest, "\n  ...\n")
	assert.Equal(t, "TAP version 14\n1..2\nnot ok 1 - a\\#b\\\\_test.lua", head)
	var about map[string]any
	require.NoError(t, yaml.Unmarshal([]byte(block), &about), block)
	assert.Equal(t, "  indented\nnot ?[31m?\n\n\n   ...", about["message"])
	assert.Equal(t, "   a\nb: ]]> ?????", about["output"])
	assert.Regexp(t, `^ok 2 - c_test.lua:test_c # SKIP not \\# TODO ok 7\n  ---\n  duration_ms: [0-9.]+\n  \.\.\.\n$`, rest)

	var report struct {
		Cases []struct {
			Name    string `xml:"name,attr"`
			Failure string `xml:"failure"`
		} `xml:"testsuite>testcase"`
	}
	require.NoError(t, xml.Unmarshal([]byte(junit.String()), &report), junit.String())
	require.Len(t, report.Cases, 2)
	assert.Equal(t, `a#b\_test.lua`, report.Cases[0].Name)
	assert.Equal(t, "  indented\nnot ?[31m?\n\n\n   ...", report.Cases[0].Failure)
}

func TestJUnit(t *testing.T) {
	t.Parallel()
	got, _ := reports(t, luatest.Suite{}, folder(t), func(b *strings.Builder) luatest.Reporter { return &luatest.JUnit{To: b} })
	type text struct {
		Message string `xml:"message,attr"`
	}
	var report struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Skipped  int `xml:"skipped,attr"`
		Suites   []struct {
			Name  string `xml:"name,attr"`
			Tests int    `xml:"tests,attr"`
			Cases []struct {
				Name    string `xml:"name,attr"`
				Failure *text  `xml:"failure"`
				Skipped *text  `xml:"skipped"`
				Output  string `xml:"system-out"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	require.NoError(t, xml.Unmarshal([]byte(got), &report), got)
	assert.Equal(t, []int{4, 2, 1}, []int{report.Tests, report.Failures, report.Skipped})
	require.Len(t, report.Suites, 3)
	assert.Equal(t, "a_test.lua", report.Suites[1].Name)
	require.Len(t, report.Suites[1].Cases, 2)
	assert.Equal(t, &text{"not <today>"}, report.Suites[1].Cases[1].Skipped)
	failed := report.Suites[2].Cases[0]
	assert.Equal(t, &text{"deep/b_test.lua:1: got (+) isn't want (-), from line 2 on:"}, failed.Failure)
	assert.Equal(t, "& ?\n", failed.Output)
}

func TestSuite(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	pretty := func(b *strings.Builder) luatest.Reporter { return luatest.Pretty{To: b} }
	_, count := reports(t, luatest.Suite{Only: regexp.MustCompile(`a_test.lua:test_one$`)}, dir, pretty)
	assert.Equal(t, 1, count.Passed)

	require.NoError(t, os.Remove(filepath.Join(dir, "deep/c_test.lua")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "deep/e_test.lua"), []byte("function test_five(t) end"), 0o600))
	got, count := reports(t, luatest.Suite{FailFast: true}, dir, pretty)
	assert.Equal(t, 1, count.Failed)
	assert.NotContains(t, got, "test_five")

	// All at once.
	for _, name := range []string{"f", "g", "h"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+"_test.lua"), []byte("function test_x(t) end"), 0o600))
	}
	_, count = reports(t, luatest.Suite{Parallel: 8, Only: regexp.MustCompile("test_x$")}, dir, pretty)
	assert.Equal(t, 3, count.Passed)

	// What is interrupted says so.
	ctx, cancel := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	cancel(reason)
	_, err := luatest.Suite{Files: []string{filepath.Join(dir, "a_test.lua")}}.Run(ctx, luatest.Pretty{To: &strings.Builder{}})
	assert.Equal(t, reason, err)
}
