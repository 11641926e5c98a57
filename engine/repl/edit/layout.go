package edit

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// Span is a part of a text, in bytes, and the sequence that sets its colour,
// such as "\x1b[32m".
type Span struct {
	From, To int
	Colour   string
}

// layout lays out rows of text that are at most width columns wide. The first one
// begins with prompt, those of further lines with more. Characters that have no
// shape show as ^X.
type layout struct {
	width  int
	rows   []string
	row    strings.Builder
	column int
	colour string // that is set
}

// newRow ends a row.
func (l *layout) newRow() {
	if l.colour != "" {
		l.row.WriteString(plain)
	}
	l.rows = append(l.rows, l.row.String())
	l.row.Reset()
	l.column = 0
	l.row.WriteString(l.colour)
}

// set changes the colour.
func (l *layout) set(colour string) {
	if colour == l.colour {
		return
	}
	if l.colour != "" {
		l.row.WriteString(plain)
	}
	l.row.WriteString(colour)
	l.colour = colour
}

// put adds a text that takes some columns and isn't to be broken.
func (l *layout) put(text string, columns int) {
	if l.column+columns > l.width {
		l.newRow()
	}
	l.row.WriteString(text)
	l.column += columns
}

// layText is the block of a text with its prompts, and where in it the cursor
// stands.
func layText(prompt, more, text string, cursor int, spans []Span, width int) block {
	l := &layout{width: width}
	l.put(prompt, columns.Of(prompt))
	var b block
	for at := 0; ; {
		if at == cursor {
			b.row, b.column = len(l.rows), l.column
			if l.column >= width {
				b.row, b.column = b.row+1, 0
			}
		}
		if at >= len(text) {
			break
		}
		r, n := utf8.DecodeRuneInString(text[at:])
		l.set(colourAt(spans, at))
		switch {
		case r == '\n':
			l.set("")
			l.newRow()
			l.put(more, columns.Of(more))
		case r == '\t':
			l.put("    ", 4)
		case r < ' ' || r == 0x7f:
			l.put("^"+string(r^0x40), 2)
		default:
			l.put(string(r), columns.Rune(r))
		}
		at += n
	}
	l.set("")
	if l.column >= width { // the cursor gets a row of its own
		l.newRow()
	}
	l.newRow()
	b.rows = l.rows
	return b
}

// colourAt is the colour of a byte of the text.
func colourAt(spans []Span, at int) string {
	i, found := slices.BinarySearchFunc(spans, at, func(s Span, at int) int {
		switch {
		case s.To <= at:
			return -1
		case s.From > at:
			return 1
		}
		return 0
	})
	if !found {
		return ""
	}
	return spans[i].Colour
}

// window leaves of a block what a terminal of the given height can show.
func (b block) window(height int) block {
	if len(b.rows) <= height {
		return b
	}
	first := min(max(b.row-height/2, 0), len(b.rows)-height)
	b.rows, b.row = b.rows[first:first+height], b.row-first
	return b
}

// cut is the beginning of a text that has no colours, at most so many columns.
func cut(text string, width int) string {
	n := 0
	for i, r := range text {
		if n += columns.Rune(r); n > width {
			return strings.TrimRight(text[:i], " ")
		}
	}
	return text
}
