package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// folderPages are pages whose blocks are files, if their first line names one;
// their commands are run in a folder that has these.
var folderPages = []string{"docs/deploy.md", "docs/editor.md", "docs/testing.md"}

var (
	fileName = regexp.MustCompile(`^(?:--|#) ([\w./-]+\.(?:lua|yaml))\n`)
	took     = regexp.MustCompile(`\b[0-9.]+m?s\b`)
)

// TestFolderPages makes the files of a page and runs its commands, which print
// what the page says. Tests that no command names are run, too.
func TestFolderPages(t *testing.T) {
	for _, name := range folderPages {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			_, blocks := page(t, name)
			var tests []string
			ran := ""
			for _, b := range blocks {
				m := fileName.FindStringSubmatch(b.text)
				switch {
				case m != nil:
					writeIn(t, dir, m[1], b.text)
					if strings.HasSuffix(m[1], "_test.lua") {
						tests = append(tests, m[1])
					}
				case b.language == "console":
					command, want, _ := strings.Cut(b.text, "\n")
					ran += command + "\n"
					words, ok := strings.CutPrefix(command, "$ kubelua ")
					if !ok {
						t.Fatalf("%s:%d: want a run of kubelua", name, b.line)
					}
					got := runIn(t, dir, strings.Fields(words)...)
					got.stdout, want = took.ReplaceAllString(got.stdout, "TIME"), took.ReplaceAllString(want, "TIME")
					if plain(got.stdout) != plain(want) {
						t.Errorf("%s:%d: got %s\nwant %s", name, b.line, got, want)
					}
				case b.language == "lua":
					writeIn(t, dir, "page.lua", b.text)
					want := ""
					for _, m := range promised.FindAllStringSubmatch(b.text, -1) {
						want += m[1] + "\n"
					}
					runIn(t, dir, "page.lua").check(t, result{stdout: want})
				}
			}
			for _, file := range tests {
				if !strings.Contains(ran, file) {
					if got := runIn(t, dir, "test", file); got.code != 0 {
						t.Errorf("%s: %s", file, got)
					}
				}
			}
			if ran == "" {
				t.Errorf("%s: found no commands", name)
			}
		})
	}
}

// writeIn writes a file below a folder.
func writeIn(t *testing.T, dir, name, text string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// runIn runs kubelua in a folder, on the cluster of the tests.
func runIn(t *testing.T, dir string, args ...string) result {
	t.Helper()
	var stdout, stderr strings.Builder
	cmd := exec.CommandContext(t.Context(), program(t), append([]string{"--kubeconfig", localtest.Kubeconfig(t)}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(binDir, "cache"))
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}
