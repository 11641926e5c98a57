package engine_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/kubelua/kubelua/engine"
)

func TestReport(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"binding", `local function sweep()
  probe.fail(3)
end

sweep()
`, `kubelua: test.lua:2: fetch pods default/web: not found
    2 |   probe.fail(3)
traceback:
  test.lua:2: in function 'sweep'
  test.lua:5: in main chunk
`},
		{"error", `error("no pods left")`, `kubelua: test.lua:1: no pods left
    1 | error("no pods left")
traceback:
  test.lua:1: in main chunk
`},
		{"blames the caller", `local function need(x)
  if not x then error("x is missing", 2) end
end
need()
`, `kubelua: test.lua:4: x is missing
    4 | need()
traceback:
  test.lua:2: in function 'need'
  test.lua:4: in main chunk
`},
		{"without a position", `error("usage: cleanup.lua DAYS", 0)`, `kubelua: test.lua:1: usage: cleanup.lua DAYS
    1 | error("usage: cleanup.lua DAYS", 0)
traceback:
  test.lua:1: in main chunk
`},
		{"table", `error({code = 5, msg = "bad", [1] = true})`, `kubelua: test.lua:1: error object {[1] = true, code = 5, msg = "bad"}
    1 | error({code = 5, msg = "bad", [1] = true})
traceback:
  test.lua:1: in main chunk
`},
		{"table that shows itself", `error(setmetatable({}, {__tostring = function() return "shown" end}))`, `kubelua: test.lua:1: shown
    1 | error(setmetatable({}, {__tostring = function() return "shown" end}))
traceback:
  test.lua:1: in main chunk
`},
		{"nil", `error()`, `kubelua: test.lua:1: error object is a nil value
    1 | error()
traceback:
  test.lua:1: in main chunk
`},
		{"in a loaded chunk", `load("error('x')", "=config")()`, `kubelua: config:1: x
traceback:
  config:1: in main chunk
  test.lua:1: in main chunk
`},
		{"syntax", "local x = 1\n\tprint(x x)\n", "kubelua: test.lua:2: unexpected 'x'\n    2 | \tprint(x x)\n      | \t        ^\n"},
		{"raised again", `local ok, err = pcall(probe.fail)
error(err)
`, `kubelua: test.lua:2: fetch pods default/web: not found
    2 | error(err)
traceback:
  test.lua:2: in main chunk
`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runScript(t, tt.code, engine.Options{Modules: []engine.Module{probe()}})
			assert.Equal(t, tt.want, report(got.err))
		})
	}
}

func TestReportCutsLongTracebacks(t *testing.T) {
	got := report(runScript(t, "local function f() return 1 + f() end\nf()", engine.Options{}).err)
	assert.Contains(t, got, "stack overflow\n    1 | local function f()")
	assert.Regexp(t, `\n  \.\.\. \d+ more calls\n`, got)
	assert.Less(t, strings.Count(got, "\n"), 30)
	assert.True(t, strings.HasSuffix(got, "  test.lua:2: in main chunk\n"), got)
}

func TestExitCode(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want int
	}{
		{"nil", nil, 0},
		{"any", errors.New("x"), 1},
		{"coded", fmt.Errorf("connect: %w", &codedError{3}), 3},
		{"syntax", &engine.SyntaxError{}, 2},
		{"interrupted", engine.Interrupted, 130},
		{"timed out", engine.TimedOut(1), 124},
		{"deadline", context.DeadlineExceeded, 124},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, engine.ExitCode(tt.err))
		})
	}
	t.Run("of a binding's error", func(t *testing.T) {
		o := engine.Options{Modules: []engine.Module{probe()}}
		assert.Equal(t, 4, engine.ExitCode(runScript(t, "probe.fail(4)", o).err))
		assert.Equal(t, 1, engine.ExitCode(runScript(t, "local ok, e = pcall(probe.fail, 4) error(tostring(e))", o).err))
	})
}
