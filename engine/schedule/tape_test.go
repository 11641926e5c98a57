package schedule

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTape(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range []int{0, 1, tapeHalf - 1, tapeHalf, tapeHalf + 1, 2 * tapeHalf, 2*tapeHalf + 1, 3*tapeHalf + 7, 10 * tapeHalf} {
		t.Run(fmt.Sprint(size), func(t *testing.T) {
			var text strings.Builder
			for text.Len() < size {
				fmt.Fprintf(&text, "%d: %s\n", text.Len(), strings.Repeat("x", r.IntN(100)))
			}
			whole := text.String()[:size]
			var lines []string
			tape := &tape{line: func(line string) { lines = append(lines, line) }}
			for rest := whole; rest != ""; {
				n := min(len(rest), 1+r.IntN(3000*(1+r.IntN(50))))
				written, err := tape.Write([]byte(rest[:n]))
				assert.NoError(t, err)
				assert.Equal(t, n, written)
				rest = rest[n:]
			}
			if size > 0 && size < tapeHalf {
				assert.Equal(t, strings.Count(whole, "\n"), len(lines), "lines are told when they are there")
			}
			want := whole
			if cut := size - 2*tapeHalf; cut > 0 {
				head := whole[:tapeHalf]
				if !strings.HasSuffix(head, "\n") {
					head += "\n"
				}
				want = fmt.Sprintf("%s... (%d bytes left out) ...\n%s", head, cut, whole[size-tapeHalf:])
			}
			got := tape.end()
			assert.True(t, got == want, "%d bytes, want %d", len(got), len(want))
			assert.Equal(t, strings.TrimSuffix(want, "\n"), strings.Join(lines, "\n"))
		})
	}
}
