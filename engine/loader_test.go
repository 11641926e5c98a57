package engine_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

func TestSyntaxErrors(t *testing.T) {
	tests := []struct {
		name, code string
		want       string // the error
		column     int
	}{
		{"token", "x = 1\ny = = 2", "test.lua:2: unexpected '='", 5},
		{"keyword", "foo( end", "test.lua:1: unexpected 'end'", 6},
		{"number", "x y 3", "test.lua:1: unexpected 'y'", 3},
		{"symbol", "x = $", "test.lua:1: unexpected symbol '$'", 5},
		{"open block", "if x then\n  y()\n", "test.lua:2: unexpected end of file: 'if' in line 1 is not closed", 0},
		{"open loop", "while x do\n  if y then end\n", "test.lua:2: unexpected end of file: 'while' in line 1 is not closed", 0},
		{"open bracket", "f(\n{1, 2", "test.lua:2: unexpected end of file: '{' in line 2 is not closed", 0},
		{"unfinished", "return 1 +", "test.lua:1: unexpected end of file", 0},
		{"open string", "x = 'abc", "test.lua:1: unterminated string", 5},
		{"malformed number", "local x = 3e", "test.lua:1: malformed number '3e'", 0},
		{"goto", "goto nowhere", "test.lua:2: no visible label 'nowhere' for <goto> at line 1", 0},
		{"break", "x = 1\nbreak", "test.lua:2: no loop to break", 0},
		{"bytecode", "\x1bLua", "test.lua: is bytecode; only source text is run", 0},
		{"too long", strings.Repeat("x = 1\n", 1<<20), "test.lua: is longer than 1 MiB, the most source text that is run", 0},
		{"shebang keeps lines", "#!/usr/bin/env kubelua\nend", "test.lua:2: unexpected 'end'", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runScript(t, tt.code, engine.Options{}).err
			var syntax *engine.SyntaxError
			require.ErrorAs(t, got, &syntax)
			assert.Equal(t, tt.want, got.Error())
			if tt.column > 0 {
				assert.Equal(t, tt.column, syntax.Column, "column")
			}
			assert.Equal(t, engine.ExitUsage, engine.ExitCode(got))
		})
	}
}

// A Go stack that overflows can't be recovered from, so what matters here is
// that the process is still there.
func TestNesting(t *testing.T) {
	const n = 60_000
	deep := map[string]string{
		"parentheses": strings.Repeat("(", 2*n),
		"tables":      "x = " + strings.Repeat("{", n) + strings.Repeat("}", n),
		"functions":   strings.Repeat("function f() ", n) + strings.Repeat("end ", n),
		"blocks":      strings.Repeat("if x then ", n) + strings.Repeat("end ", n),
		"calls":       "x = " + strings.Repeat("f(", n) + strings.Repeat(")", n),
		"unary":       "x = " + strings.Repeat("not ", n) + "1",
		"power":       "x = 1" + strings.Repeat("^1", n),
		"concat":      "x = 1" + strings.Repeat(" ..1", n),
		"left":        "x = 1" + strings.Repeat("+1", n),
		"index":       "x = a" + strings.Repeat("[a", n) + strings.Repeat("]", n),
		"fields":      "x = a" + strings.Repeat(".a", n),
		"short":       "x = " + strings.Repeat("-(", 5000) + "1" + strings.Repeat(")", 5000),
	}
	for name, code := range deep {
		t.Run(name, func(t *testing.T) {
			err := runScript(t, code, engine.Options{}).err
			var syntax *engine.SyntaxError
			require.ErrorAs(t, err, &syntax)
			assert.Contains(t, syntax.Message, "nested deeper than 4000 levels")
		})
	}
	t.Run("long is not deep", func(t *testing.T) {
		code := "local t = {" + strings.Repeat("{a = {1, (2)}, b = -f('x')},\n", 20_000) + "}"
		assert.NoError(t, runScript(t, "f = tonumber x = 1 "+strings.ReplaceAll(code, "-f('x')", "-f('1')"), engine.Options{}).err)
	})
}

func TestNumbers(t *testing.T) {
	got := runScript(t, `print(010, 0010, 00.5, 0x10, 1e3, 0, 007)`, engine.Options{})
	require.NoError(t, got.err)
	assert.Equal(t, "10\t10\t0.5\t16\t1000\t0\t7\n", got.out)
}

func TestLoad(t *testing.T) {
	tests := []struct{ name, code, want string }{
		{"value", `print(load("return 1 + 1")())`, "2"},
		{"pieces", `local p = {"return ", "1", "+2"} local i = 0
			print(load(function() i = i + 1 return p[i] end)())`, "3"},
		{"error names the chunk", `print(load("x ="))`, `nil	[string "x ="]:1: unexpected end of file`},
		{"given name", `print(load("x =", "=config"))`, "nil\tconfig:1: unexpected end of file"},
		{"environment", `print(load("return x", "=c", "t", {x = 5})())`, "5"},
		{"arguments", `print(load("return select('#', ...), ...")(1, 2))`, "2\t1\t2"},
		{"loadstring", `print(loadstring("return ...")(7))`, "7"},
		{"iterates", `local t = setmetatable({}, {__iter = function() local i = 0 return function() i = i + 1 if i < 3 then return i end end end})
			load("for x in ... do print(x) end")(t)`, "1\n2"},
		{"bytecode", `print(load("\27Lua"))`, "nil\t[string \"\\x1bLua\"]: is bytecode; only source text is run"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := runScript(t, tt.code, engine.Options{})
			require.NoError(t, got.err)
			assert.Equal(t, tt.want, strings.TrimSpace(got.out))
		})
	}
}

// A keyed field takes one value, also where it is the last one.
func TestLastFieldOfATable(t *testing.T) {
	t.Parallel()
	vm := engine.New(engine.Options{})
	defer vm.Close()
	require.NoError(t, vm.Run(t.Context(), engine.Source{Name: "test.lua", Text: `
		local function f() return 1, 2, 3 end
		local t = {"a", k = f()}
		assert(#t == 1 and t[2] == nil and t.k == 1)
		t = {"a", ["k"] = ("z"):rep(3)}
		assert(#t == 1 and t.k == "zzz")
		t = (function(...) return {"a", "b", k = ...} end)(7, 8)
		assert(#t == 2 and t.k == 7)
		t = {k = f(), f()}
		assert(#t == 3 and t.k == 1)
		t = {f(), k = f()}
		assert(#t == 1)`}))
}

// A call joined by ".." is one value, also where it is the last one.
func TestLastOperandOfConcat(t *testing.T) {
	got := runScript(t, `local function two(...) return "1", "2" end
		local function all(...) return "a" .. ... end
		print("a" .. two(), "a" .. "b" .. two(), "a" .. two() .. "b", "a" .. ("b"):gsub("b", "c"), all("x", "y"))`, engine.Options{})
	require.NoError(t, got.err)
	assert.Equal(t, "a1\tab1\ta1b\tac\tax\n", got.out)
}

// Whatever the text: it compiles, or there is an error that says where.
func FuzzCheck(f *testing.F) {
	for _, seed := range []string{
		"local x <const> = 1", "for x in y do break end goto a ::a::", "return 'a' .. 1 .. x", "f{1, a = 2, [3] = ...}", "#!x\nend", "\x1bLua", "--[==[ ]==]", "x = 0x1p4 + 08 + 3e", "a.b:c 'x'.d = function(...) end", "\"\\x\\065\\z \n", "\x00planted", "repeat local x until x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		err := engine.Check(engine.Source{Name: "fuzz.lua", Text: text})
		if err == nil {
			return
		}
		var syntax *engine.SyntaxError
		require.ErrorAs(t, err, &syntax)
		require.True(t, strings.HasPrefix(err.Error(), "fuzz.lua:"), err.Error())
		require.NotContains(t, err.Error(), "runtime error")
	})
}
