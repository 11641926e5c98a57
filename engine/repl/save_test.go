package repl

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/kube"
)

// What is saved is a script that prints what was shown.
func TestSave(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		lines []string
		want  string
		out   string
	}{
		{"statements and values", []string{"local a = 1", "a + 1", "a = 5", "print(a)", "nil", "a -- now"},
			"local a = 1\nprint(a + 1)\na = 5\nprint(a)\nprint(nil)\nprint(a -- now\n)", "2\n5\nnil\n5\n"},
		{"what failed is left out", []string{"error('no')", "a b", "1"}, "print(1)", "1\n"},
		{"last results", []string{"1", "2", "_ * 10", "3, 4", "_1 + _2", "5", "_G._ = 6"},
			"print(1)\n_1 = 2\n_ = _1\nprint(_1)\nprint(_ * 10)\n_1, _2 = 3, 4\n_ = _1\nprint(_1, _2)\nprint(_1 + _2)\nprint(5)\n_G._ = 6",
			"1\n2\n20\n3\t4\n7\n5\n"},
		{"last result that is nil", []string{"nil", "_ == nil"}, "_1 = nil\n_ = _1\nprint(_ == nil)", "true\n"},
		{"returns", []string{"return 5", "return tostring(6)", "local a = 7 return a", "8"},
			"print(5)\nprint(tostring(6))\nprint((function(...)\nlocal a = 7 return a\nend)(...))\nprint(8)", "5\n6\n7\n8\n"},
		{"what would be a call of what stands before", []string{"f = print", "(f or g)(1)"}, "f = print\ndo end (f or g)(1)", "1\n"},
		{"secrets", []string{" token = 'x'", "1"}, "-- what was entered here began with a blank\nprint(1)", "1\n"},
		{"lengths", []string{"x = 'abc'", "#x"}, "x = 'abc'\nprint(#x)", "3\n"},
		{"timed", []string{":time 1"}, "print(1)", "1\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "saved.lua")
			entered(t, Options{}, append(tt.lines, ":save "+file)...)
			text, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, "#!/usr/bin/env kubelua\n"+tt.want+"\n", string(text))
			assert.Equal(t, tt.out, printedBy(t, file))
		})
	}
}

// printedBy is what a script prints.
func printedBy(t testing.TB, file string) string {
	t.Helper()
	src, err := engine.FileSource(file)
	require.NoError(t, err)
	var out bytes.Buffer
	vm := engine.New(engine.Options{World: engine.World{Stdout: &out}})
	defer vm.Close()
	require.NoError(t, vm.Run(t.Context(), src))
	return out.String()
}

// Scripts that were run are a part of what is saved.
func TestSaveScripts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script, file := filepath.Join(dir, "script.lua"), filepath.Join(dir, "saved.lua")
	require.NoError(t, os.WriteFile(script, []byte("#!/usr/bin/env kubelua\na = (a or 0) + 1\nreturn a"), 0o600))
	src, err := engine.FileSource(script)
	require.NoError(t, err)
	entered(t, Options{Script: &src}, ":load "+script, "a", ":save "+file)
	assert.Equal(t, "2\n", printedBy(t, file))
}

func TestSaveOverwritesOnlyItsOwn(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "saved.lua")
	_, said := entered(t, Options{}, ":save "+file, "1", ":save "+file, "2", ":save "+file)
	assert.Contains(t, said, "there is nothing to save yet")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, 2, strings.Count(string(text), "print"))
	_, said = entered(t, Options{}, "1", ":save "+file)
	assert.Contains(t, said, file+" is there already, and :save overwrites only what it has written: name another file")
}

// A session may have more local variables than a script.
func TestSaveOfManyLocals(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "saved.lua")
	var lines []string
	for i := range 300 {
		lines = append(lines, fmt.Sprintf("local l%d = %[1]d", i))
	}
	out, said := entered(t, Options{}, append(lines, "l0 + l299", ":save "+file)...)
	assert.Equal(t, "299\n", out)
	assert.Contains(t, said, file+" is written, but has to be edited before it can be run (")
	assert.Contains(t, said, "too many local variables")
}

// The script uses the context and the namespace that were chosen.
func TestSaveTarget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, file := filepath.Join(dir, "config"), filepath.Join(dir, "saved.lua")
	require.NoError(t, os.WriteFile(config, []byte(`
apiVersion: v1
kind: Config
contexts: [{name: one, context: {cluster: c}}, {name: two, context: {cluster: c}}]
current-context: one
clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
`), 0o600))
	o := Options{Cluster: func(io.Writer) (kube.Options, error) { return kube.Options{Kubeconfig: config}, nil }}
	entered(t, o, ":ns web", ":ctx two", ":ns web", ":ns -", ":ctx three", ":save "+file)
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, `#!/usr/bin/env kubelua
cluster = kube.cluster{namespace = "web"}
cluster = kube.cluster{context = "two"}
cluster = kube.cluster{context = "two", namespace = "web"}
cluster = kube.cluster{context = "two"}
`, string(text))
}
