package kube

import (
	"bytes"
	"io"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"
)

// Whatever a container writes, and in whatever pieces it comes: the lines together
// are what was written, but for the ends of very long ones.
func FuzzLogLines(f *testing.F) {
	for _, seed := range []string{"", "a", "a\nb", "a\nb\n", "\n\n", "\r\n\x00\xff\n", "2026-01-01T00:00:00Z x\n"} {
		f.Add([]byte(seed), byte(1), false)
		f.Add([]byte(seed), byte(200), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, repeat byte, halves bool) {
		text = bytes.Repeat(text, 1+int(repeat))
		var in io.Reader = bytes.NewReader(text)
		if halves {
			in = iotest.HalfReader(in)
		}
		lines := newLineReader(in)
		for rest := text; ; {
			got, cut, err := lines.next()
			if err != nil {
				require.ErrorIs(t, err, io.EOF)
				require.Empty(t, rest)
				return
			}
			want, after, _ := bytes.Cut(rest, []byte("\n"))
			if rest = after; cut {
				require.Greater(t, len(want), len(got))
				want = want[:len(got)]
			}
			require.Equal(t, string(want), got)
		}
	})
}
