package repl

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is entered is there in the next session, but for secrets.
func TestHistoryOfAPrompt(t *testing.T) {
	t.Parallel()
	o := Options{StateDir: filepath.Join(t.TempDir(), "kubelua")}
	entered(t, o, "1", " token = 'x'", "for i = 1, 2 do", "end", ":tasks", ":tasks")
	entered(t, o, "error('no')")
	assert.Equal(t, []string{"1", "for i = 1, 2 do\nend", ":tasks", "error('no')"}, openHistory(o.StateDir).texts)
}

func TestHistoryIsPrivate(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "history")
	require.NoError(t, os.WriteFile(file, []byte("\"old\"\n"), 0o644))
	h := openHistory(dir)
	require.NoError(t, h.add("new"))
	info, err := os.Stat(file)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode())
}

// Two prompts at once both add to it.
func TestHistoryOfTwo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	one, two := openHistory(dir), openHistory(dir)
	require.NoError(t, one.add("a"))
	require.NoError(t, two.add("b"))
	require.NoError(t, one.add("c"))
	assert.Equal(t, []string{"a", "b", "c"}, openHistory(dir).texts)
}

// A text that is too long, and a line that was damaged, cost no other.
func TestHistoryThatIsOdd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h := openHistory(dir)
	longest := strings.Repeat("\x01", historyText)
	require.NoError(t, h.add(longest))
	require.NoError(t, h.add(longest+"."))
	out, err := os.OpenFile(h.file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = out.WriteString("\"half a line\n")
	require.NoError(t, err)
	require.NoError(t, out.Close())
	require.NoError(t, h.add("last"))
	assert.Equal(t, []string{longest, "last"}, openHistory(dir).texts)
}

func TestHistoryIsCut(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var b strings.Builder
	for i := range historyMost + 1 {
		fmt.Fprintf(&b, "\"%d\"\n", i)
	}
	file := filepath.Join(dir, "history")
	require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o600))
	h := openHistory(dir)
	assert.Len(t, h.texts, historyKept)
	assert.Equal(t, fmt.Sprint(historyMost), h.texts[historyKept-1])
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, historyKept, strings.Count(string(text), "\n"))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
}
