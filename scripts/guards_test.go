package scripts_test

import (
	"os"
	"slices"
	"testing"
)

// TestDocumentedGuards runs the commands of the page about guards, under the policy
// that it shows.
func TestDocumentedGuards(t *testing.T) {
	policy, err := os.ReadFile("../testdata/demo/night.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, blocks := page(t, "docs/guards.md")
	if !slices.ContainsFunc(blocks, func(b block) bool { return b.text == string(policy) }) {
		t.Error("docs/guards.md doesn't show testdata/demo/night.yaml")
	}
	runCommands(t, "docs/guards.md", 2)
}
