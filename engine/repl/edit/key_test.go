package edit

import (
	"io"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/hinshun/vt10x"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/stdlib/columns"
)

func TestNextKey(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		want key
		n    int
	}{
		{"", key{}, 0},
		{"ab", key{r: 'a'}, 1},
		{"日本", key{r: '日'}, 3},
		{"\xe6\x97", key{}, 0},
		{"\xff", key{r: utf8.RuneError}, 1},
		{"\x03", key{r: ctrlC}, 1},
		{"\x1b", key{r: escape}, 1},
		{"\x1b\x1b", key{r: escape}, 1},
		{"\x1b\r", key{code: alt, r: enter}, 2},
		{"\x1bä", key{code: alt, r: 'ä'}, 3},
		{"\x1b\xc3", key{}, 0},
		{"\x1b[", key{}, 0},
		{"\x1b[A\x1b[B", key{code: up}, 3},
		{"\x1bOB", key{code: down}, 3},
		{"\x1b[1;5", key{}, 0},
		{"\x1b[1;5C", key{code: wordRight}, 6},
		{"\x1b[3~x", key{code: deleteKey}, 4},
		{"\x1b[38;5;1;2u", key{code: unknown}, 11},
		{"\x1b[200~a\x1b[A", key{}, 0},
		{"\x1b[200~a\x1b[A\x1b[201~b", key{code: pasted, paste: "a\x1b[A"}, 16},
		{"\x1b[200~\x1b[201~", key{code: pasted}, 12},
		{"\x1b[200~a\x03b\x1b[201~", key{code: pasted, paste: "a\x03b"}, 15},
		{"\x1b[200~a", key{}, 0},
		{"\x1b[200~a\x03b", key{}, 0},
		{"\x1b[200~ab\x03", key{code: char, r: ctrlC}, 9},
	} {
		got, n := nextKey([]byte(tt.in))
		assert.Equal(t, tt.want, got, "%q", tt.in)
		assert.Equal(t, tt.n, n, "%q", tt.in)
	}
}

// Who reads lines and who reads keys share what comes.
func TestKeysAreShared(t *testing.T) {
	t.Parallel()
	keys := NewKeys(iotest.OneByteReader(readerOf("one\r\ntwo\nabcd\n")))
	defer keys.Close()
	line, err := keys.Line(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "one", line)
	p := make([]byte, 10)
	n, err := keys.Read(t.Context(), p)
	require.NoError(t, err)
	assert.Equal(t, "t", string(p[:n]))
	line, err = keys.Line(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "wo", line)
	k, _, err := keys.next(t.Context())
	require.NoError(t, err)
	assert.Equal(t, key{r: 'a'}, k)
	line, err = keys.Line(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "bcd", line)
	_, err = keys.Line(t.Context())
	assert.Equal(t, io.EOF, err)
}

func TestKeysOfALineWithoutAnEnd(t *testing.T) {
	t.Parallel()
	keys := NewKeys(readerOf("abc"))
	defer keys.Close()
	line, err := keys.Line(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "abc", line)
	_, err = keys.Line(t.Context())
	assert.Equal(t, io.EOF, err)
}

// Whatever is typed, in whatever parts it comes and whatever the size of the
// terminal, the editor goes on, and what it shows fits.
func FuzzKeys(f *testing.F) {
	for _, seed := range []string{
		"print(1)\r", "日本\x7f\x1b[D\x02x", "a\x1b\rb\x1b[A\x0b\x19\x1f", "p\t\t\x1b[Z\x1b[B\r", "\x12a\x12\x07",
		"\x1b[A\x1b[A\x1b[B", "\x1b[200~a\nb\x1b[201~\x17\x15\x04", "\xff\xfe\x1b[\x1b[999999999999A", "e\u0301\x08\x08", "\x0c\x1a\x1bd\x1bb\x1bf\x1b\x7f",
	} {
		f.Add([]byte(seed), uint8(3), uint8(20), uint8(5))
	}
	f.Fuzz(func(t *testing.T, typed []byte, part, width, height uint8) {
		if len(typed) > 500 {
			return
		}
		terminal := vt10x.New(vt10x.WithSize(int(width)+9, int(height)+1))
		in := &parts{typed, int(part) + 1}
		keys := NewKeys(in)
		defer keys.Close()
		e := New(keys, terminal, terminal.Size)
		e.History.Add("first")
		e.History.Add("for i = 1, 2 do\nend")
		e.Incomplete = func(text string) bool { return len(text) > 0 && text[len(text)-1] == '{' }
		e.Complete = func(text string, cursor int) Completions {
			return Completions{From: cursor, Items: []Candidate{{Text: "pods"}, {Text: "podtemplates", Description: "日本"}}, More: cursor % 3}
		}
		e.Hint = func(text string, cursor int) string { return text }
		e.Suspend = func() {}
		for {
			_, err := e.Read(t.Context(), "> ")
			if err == io.EOF {
				return
			}
			b := e.buffer
			require.True(t, b.cursor >= 0 && b.cursor <= len(b.text))
			rows := e.text().window(int(height) + 1).rows
			require.LessOrEqual(t, len(rows), int(height)+1)
			for _, row := range rows {
				require.LessOrEqual(t, columns.Of(row), int(width)+9)
			}
		}
	})
}

// parts gives its bytes in parts.
type parts struct {
	rest []byte
	size int
}

func (p *parts) Read(to []byte) (int, error) {
	if len(p.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(to, p.rest[:min(p.size, len(p.rest))])
	p.rest = p.rest[n:]
	return n, nil
}

func readerOf(text string) io.Reader { return &parts{[]byte(text), 100} }
