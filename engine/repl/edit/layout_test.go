package edit

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestLayText(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name        string
		text        string
		cursor      int
		width       int
		rows        []string
		row, column int
	}{
		{"empty", "", 0, 10, []string{"> "}, 0, 2},
		{"cursor at the end", "abc", 3, 10, []string{"> abc"}, 0, 5},
		{"cursor in the middle", "abc", 1, 10, []string{"> abc"}, 0, 3},
		{"two rows", "abcdefghij", 9, 10, []string{"> abcdefgh", "ij"}, 1, 1},
		{"cursor at a break", "abcdefghij", 8, 10, []string{"> abcdefgh", "ij"}, 1, 0},
		{"a full row", "abcdefgh", 8, 10, []string{"> abcdefgh", ""}, 1, 0},
		{"lines", "a\nb", 3, 10, []string{"> a", ".. b"}, 1, 4},
		{"cursor at the end of a line", "a\nb", 1, 10, []string{"> a", ".. b"}, 0, 3},
		{"an empty last line", "a\n", 2, 10, []string{"> a", ".. "}, 1, 3},
		{"wide characters aren't broken", "abcdefg日本", 7, 10, []string{"> abcdefg", "日本"}, 0, 9},
		{"cursor behind wide characters", "日本", 6, 10, []string{"> 日本"}, 0, 6},
		{"combining characters", "e\u0301x", 3, 10, []string{"> e\u0301x"}, 0, 3},
		{"tab", "\tx", 1, 10, []string{">     x"}, 0, 6},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := layText("> ", ".. ", tt.text, tt.cursor, nil, tt.width)
			assert.Equal(t, block{tt.rows, tt.row, tt.column}, got)
		})
	}
}

// Colours end with their row and begin anew in the next.
func TestLayColours(t *testing.T) {
	t.Parallel()
	const red, green = "\x1b[31m", "\x1b[32m"
	got := layText("> ", ".. ", "abcdef\ng", 0, []Span{{1, 5, red}, {5, 8, green}}, 6)
	assert.Equal(t, []string{"> a" + red + "bcd" + plain, red + "e" + plain + green + "f" + plain, ".. " + green + "g" + plain}, got.rows)
}

func TestWindow(t *testing.T) {
	t.Parallel()
	b := block{rows: []string{"0", "1", "2", "3", "4"}}
	for row, want := range [][]string{{"0", "1", "2"}, {"0", "1", "2"}, {"1", "2", "3"}, {"2", "3", "4"}, {"2", "3", "4"}} {
		b.row = row
		got := b.window(3)
		assert.Equal(t, want, got.rows)
		assert.Equal(t, got.rows[got.row], b.rows[row], "the cursor is in its row")
	}
	assert.Equal(t, b, b.window(5))
}
