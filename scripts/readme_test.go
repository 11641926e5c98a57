package scripts_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kubelua/kubelua/kube"
)

// TestReadmeNames checks that what the README names is there: targets of make,
// commands and files.
func TestReadmeNames(t *testing.T) {
	text, _ := page(t, "README.md")
	if n := strings.Count(text, "\n"); n > 250 {
		t.Errorf("the README has %d lines, and should have 250 at most", n)
	}
	for _, m := range regexp.MustCompile("(?m)(?:^ {4}|`)make ([a-z]+)").FindAllStringSubmatch(text, -1) {
		make := exec.Command("make", "--dry-run", m[1])
		make.Dir = ".."
		if out, err := make.CombinedOutput(); err != nil {
			t.Errorf("make %s: %v: %s", m[1], err, out)
		}
	}
	for _, m := range regexp.MustCompile("`((?:docs|scripts|testdata|localcluster|bench)/[a-z./-]+)`").FindAllStringSubmatch(text, -1) {
		if _, err := os.Stat(filepath.Join("..", m[1])); err != nil {
			t.Error(err)
		}
	}
	kinds, _ := page(t, "docs/kinds.md")
	for _, kind := range kube.Builtin() {
		row := regexp.MustCompile(`(?m)^\|[^|]*\b` + kind.Kind + `\b[^|]*\|(.*)\|$`).FindString(kinds)
		for _, a := range kind.Attributes {
			if !regexp.MustCompile(`\b` + a.Name + `\b`).MatchString(row) {
				t.Errorf("docs/kinds.md has no attribute %s of %s", a.Name, kind.Kind)
			}
		}
	}
	help := manual(t)[""] + manual(t)["connection"] + manual(t)["cluster"]
	for _, m := range regexp.MustCompile("`(--[a-z-]+)`|kubelua cluster ([a-z]+)").FindAllStringSubmatch(text, -1) {
		name := m[1] + m[2]
		switch name {
		case "--help", "--exit-code", "--apply": // of scripts
			continue
		}
		if !strings.Contains(help, name) {
			t.Errorf("the README names %q, kubelua help doesn't", name)
		}
	}
}
