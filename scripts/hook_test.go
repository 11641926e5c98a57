package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"
)

// TestHooks has the hooks of docs/editor.md keep a commit from having mistakes: that of
// git by git, that of pre-commit as its manual says that it runs one.
func TestHooks(t *testing.T) {
	t.Parallel()
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	try := func(words ...string) error {
		name := words[0]
		if name == "kubelua" { // is looked up where this process looks, not by what follows
			name = program(t)
		}
		cmd := exec.CommandContext(t.Context(), name, words[1:]...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(program(t))+":"+os.Getenv("PATH"), "GIT_CONFIG_GLOBAL=/dev/null",
			"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
		out, err := cmd.CombinedOutput()
		t.Logf("%s\n%s", strings.Join(words, " "), out)
		return err
	}
	var hooks []func(file string) error
	_, blocks := page(t, "docs/editor.md")
	for _, b := range blocks {
		switch {
		case strings.HasPrefix(b.text, "#!/bin/sh\ngit "):
			if err := try(git, "init", "-q"); err != nil {
				t.Fatal(err)
			}
			write(".git/hooks/pre-commit", b.text, 0o700)
			hooks = append(hooks, func(file string) error {
				if err := try(git, "add", file); err != nil {
					t.Fatal(err)
				}
				return try(git, "commit", "-q", "-m", "x")
			})
		case strings.HasPrefix(b.text, "repos:\n"):
			var config struct {
				Repos []struct {
					Hooks []struct{ Entry, Language, Files string }
				}
			}
			if err := yaml.Unmarshal([]byte(b.text), &config); err != nil {
				t.Fatal(err)
			}
			hook := config.Repos[0].Hooks[0]
			if hook.Language != "system" {
				t.Errorf("language: got %s, want system: the program is there", hook.Language)
			}
			hooks = append(hooks, func(file string) error {
				if !regexp.MustCompile(hook.Files).MatchString(file) {
					return nil
				}
				return try(append(strings.Fields(hook.Entry), file)...)
			})
		}
	}
	if len(hooks) != 2 {
		t.Fatalf("got %d hooks, want 2", len(hooks))
	}
	write("notes.txt", "print(kube.nwo())", 0o600)
	write("a good.lua", "print(kube.now())", 0o600)
	write("a bad.lua", "print(kube.nwo())", 0o600)
	for _, hook := range hooks {
		for _, file := range []string{"notes.txt", "a good.lua"} {
			if err := hook(file); err != nil {
				t.Errorf("%s: %v", file, err)
			}
		}
		if hook("a bad.lua") == nil {
			t.Error("a bad.lua was let through")
		}
	}
}
