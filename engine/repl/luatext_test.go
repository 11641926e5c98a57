package repl

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	lua "github.com/yuin/gopher-lua"
)

func TestShownLua(t *testing.T) {
	t.Parallel()
	list := func(n int, format string) string {
		var b strings.Builder
		for i := 1; i <= n; i++ {
			fmt.Fprintf(&b, format, i)
		}
		return b.String()
	}
	tests := []struct{ name, expression, want string }{
		{"nil", `nil`, `nil`},
		{"a boolean", `true`, `true`},
		{"a number", `1e15`, `1000000000000000`},
		{"a text", `"1"`, `"1"`},
		{"a text to be escaped", `"a\"b\\c\n\t\r\0\27é\255"`, `"a\"b\\c\n\t\r\000\027é\255"`},
		{"a long text", `("x"):rep(2000)`, `"` + strings.Repeat("x", 1000) + `"… (2000 bytes; print shows all)`},
		{"an empty table", `{}`, `{}`},
		{"a list", `{1, "a", false}`, `{1, "a", false}`},
		{"fields", `{b = 1, a = {x = 1}, ["c d"] = 2, [true] = 3, ["end"] = 4, [1.5] = 5, "first"}`,
			`{"first", [1.5] = 5, a = {x = 1}, b = 1, ["c d"] = 2, ["end"] = 4, [true] = 3}`},
		{"a table for several lines", `{name = ("n"):rep(60), list = {("m"):rep(40), {1, 2}}}`,
			"{\n  list = {\"" + strings.Repeat("m", 40) + "\", {1, 2}},\n  name = \"" + strings.Repeat("n", 60) + "\",\n}"},
		{"deep inside", `{{("x"):rep(50), {("y"):rep(50), k = {1}}}}`,
			"{\n  {\n    \"" + strings.Repeat("x", 50) + "\",\n    {\"" + strings.Repeat("y", 50) + "\", k = {1}},\n  },\n}"},
		{"too deep", `{{{{{{{1}}}}}}}`, `{{{{{{…}}}}}}`},
		{"a long text in a table", `{("é"):rep(100)}`, `{"` + strings.Repeat("é", 60) + `"…}`},
		{"a long table", `(function() local t = {} for i = 1, 105 do t[i] = i end return t end)()`,
			"{\n" + list(100, "  %d,\n") + "  -- … 5 more\n}"},
		{"a cycle", `(function() local t = {n = 1} t.self = t return t end)()`, `{n = 1, self = { --[[ a table around it ]] }}`},
		{"a table twice", `(function() local t = {} return {{1}, t, t} end)()`, `{{1}, {}, {}}`},
		{"a table with a text", `setmetatable({1}, {__tostring = function() return "me" end})`, `me`},
		{"that in a table", `{setmetatable({1}, {__tostring = function() return "me\nand more" end})}`, `{me…}`},
		{"a function", `function(a, b) local c end`, `function(a, b) -- test:1`},
		{"with any arguments", `function(...) end`, `function(...) -- test:1`},
		{"a function in Go", `print`, `function(...) -- built in`},
		{"functions in a table", `{f = function(a, ...) end, print}`, `{function(...), f = function(a, ...)}`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			L := lua.NewState()
			defer L.Close()
			fn, err := L.Load(strings.NewReader("return "+tt.expression), "test")
			require.NoError(t, err)
			L.Push(fn)
			require.NoError(t, L.PCall(0, 1, nil))
			assert.Equal(t, tt.want, shownLua(L, L.Get(-1)))
		})
	}
}

// However much there is in a table, what is shown of it is bounded.
func TestShownLuaIsBounded(t *testing.T) {
	t.Parallel()
	L := lua.NewState()
	defer L.Close()
	require.NoError(t, L.DoString(`local function make(depth)
		local t = {}
		for i = 1, 20 do t[i] = depth > 0 and make(depth - 1) or i end
		return t
	end
	return make(3)`))
	assert.Less(t, strings.Count(shownLua(L, L.Get(-1)), "\n"), allFields)
}
