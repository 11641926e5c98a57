package repl

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The guide has all commands.
func TestCommandsAreDocumented(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile("../../docs/prompt.md")
	require.NoError(t, err)
	for _, c := range commands() {
		want := strings.TrimSpace(":" + c.name + " " + strings.Trim(c.argument, "[]"))
		if c.takes == SwitchArgument {
			want = ":" + c.name + " on"
		}
		want, _, _ = strings.Cut(want, "|")
		want, _, _ = strings.Cut(want, " [")
		assert.Contains(t, string(guide), "`"+want+"`")
	}
}
