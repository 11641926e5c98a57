package repl

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entered is what a prompt on files writes, and what it says beside, where the
// given lines are entered.
func entered(t testing.TB, o Options, lines ...string) (out, said string) {
	t.Helper()
	dir := t.TempDir()
	in := filepath.Join(dir, "in")
	require.NoError(t, os.WriteFile(in, []byte(strings.Join(lines, "\n")+"\n"), 0o600))
	var files []*os.File
	for _, name := range []string{in, filepath.Join(dir, "out"), filepath.Join(dir, "said")} {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
		require.NoError(t, err)
		defer f.Close()
		files = append(files, f)
	}
	if o.Target == "" {
		o.Target = "test"
	}
	c := newConsole(files[0], files[1], files[2], func(string) string { return "" })
	require.NoError(t, run(t.Context(), o, c))
	texts := make([]string, 2)
	for i, f := range files[1:] {
		text, err := os.ReadFile(f.Name())
		require.NoError(t, err)
		texts[i] = string(text)
	}
	return texts[0], texts[1]
}

func TestEntered(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		lines []string
		out   string
		said  string // a part of it
	}{
		{"expression", []string{"1 + 1"}, "2\n", ""},
		{"several lines", []string{"for i = 1, 2 do", "print(i)", "end"}, "1\n2\n", ""},
		{"locals and results", []string{"local a = 20", "a, 1", "_ + _2"}, "20\n1\n21\n", ""},
		{"error", []string{"error('no', 0)"}, "", "no\n"},
		{"error that could act on a terminal", []string{`error("\27[2Jno", 0)`}, "", "^[[2Jno\n"},
		{"leaves", []string{":quit", "1"}, "", ""},
		{"leaves by a word", []string{"exit", "1"}, "", ""},
		{"word for help", []string{"help"}, "Commands:\n", ""},
		{"words that are variables", []string{"exit, help = 1, 2", "exit", "help"}, "1\n2\n", ""},
		{"variable that isn't there", []string{"local deployed = 1", "deploye"}, "", "deploye is nil (did you mean \"deployed\"?)"},
		{"view without its cluster", []string{"pods"}, "", "pods is nil (did you mean cluster.pods?)"},
		{"nil", []string{"x_ = nil", "x_", "nil"}, "", "x_ is nil\n"},
		{"unknown command", []string{":tine"}, "", "no command :tine (did you mean \"time\"?)"},
		{"no command", []string{":"}, "", "no command : (known: ctx"},
		{"command behind which is a tab", []string{":json\t1"}, "1\n", ""},
		{"help of a name", []string{":help string.upper"}, "string.upper(s) -> string", ""},
		{"no terminal to watch on", []string{":watch 1"}, "", "this needs a terminal\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			out, said := entered(t, Options{}, tt.lines...)
			if tt.out == "" {
				assert.Empty(t, out)
			}
			assert.Contains(t, out, tt.out)
			assert.Contains(t, said, tt.said)
		})
	}
}
