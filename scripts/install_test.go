package scripts_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestInstall runs make install for a package, uses what it has installed, and has
// make uninstall remove all of it.
func TestInstall(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	makes := func(target string) {
		t.Helper()
		// The program of the tests is installed, so there is none to build.
		out, err := exec.CommandContext(t.Context(), "make", "-C", "..", "-o", "kubelua", target, "KUBELUA="+program(t), "DESTDIR="+dir, "PREFIX=/opt/x").CombinedOutput()
		if err != nil {
			t.Fatalf("make %s: %v\n%s", target, err, out)
		}
	}
	files := func() (list []string) {
		t.Helper()
		err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && d.Name() != "kubelua-localcluster" {
				list = append(list, strings.TrimPrefix(path, dir+"/opt/x/"))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}

	makes("install")
	want := []string{
		"bin/kubectl-lua", "bin/kubectl_complete-lua", "bin/kubelua", "share/bash-completion/completions/kubelua",
		"share/fish/vendor_completions.d/kubelua.fish", "share/man/man1/kubelua.1", "share/zsh/site-functions/_kubelua",
	}
	for _, pattern := range []string{"*.lua", "jobs/*.lua", "lib/*.lua"} {
		scripts, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range scripts {
			want = append(want, "share/kubelua/scripts/"+script)
		}
	}
	slices.Sort(want)
	got := files()
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for file, start := range map[string]string{
		"share/bash-completion/completions/kubelua":    "# Completion of kubelua in bash",
		"share/fish/vendor_completions.d/kubelua.fish": "# Completion of kubelua in fish",
		"share/man/man1/kubelua.1":                     ".Dd ",
		"share/zsh/site-functions/_kubelua":            "#compdef kubelua",
	} {
		if text, err := os.ReadFile(filepath.Join(dir, "opt/x", file)); err != nil || !strings.HasPrefix(string(text), start) {
			t.Errorf("%s: got %q (%v), want it to start with %q", file, text, err, start)
		}
	}
	for _, run := range []struct {
		words []string
		want  string
	}{
		{[]string{"bin/kubelua", "-e", "print(1)"}, "1\n"},
		{[]string{"bin/kubectl-lua", "-e", "print(2)"}, "2\n"},
		{[]string{"bin/kubectl_complete-lua", "vers"}, "version\tprint the version\n:0\n"},
		{[]string{"bin/kubelua", "check", "share/kubelua/scripts"}, ""},
	} {
		cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "opt/x", run.words[0]), run.words[1:]...)
		cmd.Dir = filepath.Join(dir, "opt/x")
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != run.want {
			t.Errorf("%s: got %q (%v), want %q", strings.Join(run.words, " "), out, err, run.want)
		}
	}

	makes("uninstall")
	if left := files(); left != nil {
		t.Errorf("make uninstall has left %q", left)
	}
}
