package scripts_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var scriptRow = regexp.MustCompile("(?m)^\\| `scripts/([^`]+)` \\| \\S")

// TestScriptsPage looks whether the page about scripts has each of them once.
func TestScriptsPage(t *testing.T) {
	text, _ := page(t, "docs/scripts.md")
	var got []string
	for _, m := range scriptRow.FindAllStringSubmatch(text, -1) {
		got = append(got, m[1])
	}
	slices.Sort(got)
	want, err := filepath.Glob("*.lua")
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("the page has %q, there are %q (%v)", got, want, err)
	}
}
