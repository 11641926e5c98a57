package edit

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is typed while something runs comes at once: each line is a text.
func TestTypedAhead(t *testing.T) {
	t.Parallel()
	keys := NewKeys(strings.NewReader("one\rtwo (\r)\rthree\r"))
	defer keys.Close()
	e := New(keys, new(bytes.Buffer), func() (int, int) { return 80, 24 })
	e.Incomplete = func(text string) bool { return strings.HasSuffix(text, "(") }
	for _, want := range []string{"one", "two (\n)", "three"} {
		got, err := e.Read(context.Background(), "> ")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// Output without line ends is neither kept without bound nor lost.
func TestWriteWithoutLineEnds(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := New(NewKeys(strings.NewReader("")), &out, func() (int, int) { return 80, 24 })
	e.reading = true
	const dots = 20_000
	for range dots {
		_, err := e.Write([]byte("."))
		require.NoError(t, err)
	}
	assert.LessOrEqual(t, len(e.tail), maxTail)
	out.Reset()
	e.end("")
	assert.Equal(t, dots%(maxTail+1), strings.Count(out.String(), "."))
}

// While something else has the terminal the end of what is written is kept.
func TestHoldMuch(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	e := New(NewKeys(strings.NewReader("")), &out, func() (int, int) { return 80, 24 })
	release := e.Hold()
	line := strings.Repeat("x", 999) + "\n"
	for range 5000 {
		_, err := e.Write([]byte(line))
		require.NoError(t, err)
		require.LessOrEqual(t, len(e.held.text), 2*maxHeld)
	}
	assert.Empty(t, out.String())
	release()
	notice, kept, _ := strings.Cut(out.String(), "\n")
	assert.Equal(t, "(3952000 bytes of output were left out)", notice)
	assert.Equal(t, strings.Repeat(line, 1048), kept)
}
