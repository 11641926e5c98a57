package stdlib_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
)

func TestReading(t *testing.T) {
	tests := []struct{ name, input, code, want string }{
		{"lines", "a\nb\n\nc", `for l in io.lines() do io.write("[", l, "]") end print(io.read())`, "[a][b][][c]nil"},
		{"stdin:lines", "a\nb", `for l in io.stdin:lines() do io.write("[", l, "]") end`, "[a][b]"},
		{"line with its end", "a\nb", `print(io.read("*L") .. "|", io.read("L"), io.read("L"))`, "a\n|\tb\tnil"},
		{"all", "a\nb", `print(io.read("*a"), io.read("*a"), io.read("a"), io.read("*l"))`, "a\nb\t\t\tnil"},
		{"bytes", "abcdef", `print(io.read(2), io.read(0), io.read(10), io.read(0), io.read(1))`, "ab\t\tcdef\tnil\tnil"},
		{"numbers", " 12 0x10\n-1.5e3x", `print(io.read("*n", "*n", "*n")) print(io.read(1))`, "12\t16\t-1500\nx"},
		{"no number", "abc", `print(io.read("*n"))`, "nil"},
		{"several", "one\ntwo\n3", `print(io.read("*l", "*l", "*n", "*l"))`, "one\ttwo\t3\tnil"},
		{"stdin:read", "x", `print(io.stdin:read("*a"))`, "x"},
		{"wrong format", "x", `print(pcall(io.read, "*x"))`, "false\tbad argument #1 (invalid format)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := runScript(tt.code, engine.World{Stdin: strings.NewReader(tt.input)})
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestWriting(t *testing.T) {
	var errout bytes.Buffer
	got, err := runScript(`
		io.write("a", 1, 2.5, "\n"):write("b\n")
		io.stdout:write("c\n"):flush()
		io.stderr:write("d", 5)
		print(io.type(io.stdout), io.type({}), tostring(io.stderr), io.stdout:close())
		print(pcall(io.write, {})) print(pcall(io.stdin.write, io.stdin, "x")) print(pcall(io.stdout.read, io.stdout)) print(pcall(io.stdout.write, 5))`,
		engine.World{Stderr: &errout})
	require.NoError(t, err)
	assert.Equal(t, `a12.5
b
c
file	nil	file (stderr)	true
false	bad argument #1 (string expected, got table)
false	stdin can only be read
false	stdout can only be written
false	bad argument #1 (file expected, got number)`, got)
	assert.Equal(t, "d5", errout.String())
}
