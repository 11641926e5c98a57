package scripts_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// TestDocumentedPlans runs the commands of the page about plans in a folder with
// its scripts, whose names stand in their first lines, and compares what they
// print. Versions, times and generated names differ.
func TestDocumentedPlans(t *testing.T) {
	_, blocks := page(t, "docs/plan.md")
	dir := t.TempDir()
	same := regexp.MustCompile(`version \d+|is for \d+|at \d{4}-[\d:TZ-]+|release-[a-z0-9]{5}$`)
	plain := func(text string) string {
		lines := strings.Split(text, "\n")
		for i := range lines {
			lines[i] = same.ReplaceAllStringFunc(lines[i], func(m string) string {
				return strings.TrimRight(m, "0123456789-:TZabcdefghijklmnopqrstuvwxyz")
			})
		}
		return strings.Join(lines, "\n")
	}
	defer kubelua(t, "-e", `pcall(function() cluster.namespaces:fetch("staging"):delete() end)
		cluster.namespaces:wait { name = "staging", deleted = true }`)
	ran := 0
	for _, b := range blocks {
		if b.language == "lua" {
			name, _, _ := strings.Cut(strings.TrimPrefix(b.text, "-- "), ":")
			if err := os.WriteFile(filepath.Join(dir, name), []byte(b.text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if b.language != "console" {
			continue
		}
		for _, example := range strings.Split("\n"+b.text, "\n$ kubelua --local ")[1:] {
			ran++
			command, want, _ := strings.Cut(strings.TrimSuffix(example, "\n"), "\n")
			var words []string
			for i, part := range strings.Split(command, "'") { // every other part is quoted
				if i%2 == 1 {
					words = append(words, part)
				} else {
					words = append(words, strings.Fields(part)...)
				}
			}
			cmd := exec.CommandContext(t.Context(), program(t), words...)
			cmd.Dir = dir
			cmd.Env = append(os.Environ(), "KUBECONFIG="+localtest.Kubeconfig(t), "XDG_CACHE_HOME="+dir)
			var both bytes.Buffer
			cmd.Stdout, cmd.Stderr = &both, &both
			_ = cmd.Run() // a failure is printed
			if got, want := plain(strings.TrimSuffix(both.String(), "\n")), plain(want); got != want {
				t.Errorf("%s: got\n%s\nwant\n%s", command, got, want)
			}
		}
	}
	if ran != 5 {
		t.Errorf("ran %d commands, want 5", ran)
	}
}
