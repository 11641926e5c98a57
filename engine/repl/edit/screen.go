package edit

import (
	"bytes"
	"fmt"
	"io"
	"regexp"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// Sequences that control the terminal (ECMA-48, and DEC's private modes).
const (
	hideCursor = "\x1b[?25l"
	showCursor = "\x1b[?25h"
	clearBelow = "\x1b[J"
	clearAll   = "\x1b[H\x1b[2J"
	clearLine  = "\x1b[K"
	pasteOn    = "\x1b[?2004h"
	pasteOff   = "\x1b[?2004l"
	plain      = "\x1b[0m"
	dim        = "\x1b[2m"
	inverse    = "\x1b[7m"
)

// screen is the bottom of a terminal, where a block is drawn and drawn again.
type screen struct {
	out  io.Writer
	size func() (width, height int)

	width  int   // of the terminal when the block was drawn
	rows   []int // how wide each of its rows is; none where nothing is drawn
	cursor int   // row in which the cursor was left
	middle bool  // what was written last before the block didn't end its line
}

// ending are the sequences that something written ends with, which leave the
// cursor in its line.
var ending = regexp.MustCompile("(\x1b\\[[0-9;?]*[A-Za-z])*$")

// wrote notes what was written while there is no block.
func (s *screen) wrote(p []byte) {
	if text := p[:ending.FindIndex(p)[0]]; len(text) > 0 {
		last := text[len(text)-1]
		s.middle = last != '\n' && last != '\r'
	}
}

// block is what is drawn: rows that are narrower than the terminal, fewer than
// it is high, and where among them the cursor stands.
type block struct {
	rows        []string
	row, column int
}

// draw draws a block in the place of the one before.
func (s *screen) draw(b block) {
	var to bytes.Buffer
	to.WriteString(hideCursor)
	s.erase(&to)
	s.put(&to, b)
	to.WriteString(showCursor)
	_, _ = s.out.Write(to.Bytes())
}

// put writes a block where there is none.
func (s *screen) put(to *bytes.Buffer, b block) {
	if s.middle {
		to.WriteString("\r\n")
		s.middle = false
	}
	s.width, _ = s.size()
	s.rows = s.rows[:0]
	for i, row := range b.rows {
		if i > 0 {
			to.WriteString("\r\n")
		}
		to.WriteString(row)
		s.rows = append(s.rows, columns.Of(row))
	}
	if up := len(b.rows) - 1 - b.row; up > 0 {
		fmt.Fprintf(to, "\x1b[%dA", up)
	}
	to.WriteByte('\r')
	if b.column > 0 {
		fmt.Fprintf(to, "\x1b[%dC", b.column)
	}
	s.cursor = b.row
}

// erase takes the block away and leaves the cursor where it began. In a terminal
// that has become narrower since, its rows have become more.
func (s *screen) erase(to *bytes.Buffer) {
	if len(s.rows) == 0 {
		return
	}
	up := s.cursor
	if width, _ := s.size(); width < s.width && width > 0 {
		for _, columns := range s.rows[:s.cursor] {
			up += max(columns-1, 0) / width
		}
	}
	if up > 0 {
		fmt.Fprintf(to, "\x1b[%dA", up)
	}
	to.WriteString("\r" + clearBelow)
	s.rows = s.rows[:0]
}

// above writes p above the block, which is drawn again below it.
func (s *screen) above(p []byte, b block) {
	var to bytes.Buffer
	to.WriteString(hideCursor)
	s.erase(&to)
	to.Write(bytes.ReplaceAll(p, []byte("\n"), []byte("\r\n")))
	s.put(&to, b)
	to.WriteString(showCursor)
	_, _ = s.out.Write(to.Bytes())
}

// leave ends with a last drawing of the block: what comes next comes below it.
func (s *screen) leave(b block) {
	var to bytes.Buffer
	s.erase(&to)
	s.put(&to, b)
	if down := len(b.rows) - 1 - b.row; down > 0 {
		fmt.Fprintf(&to, "\x1b[%dB", down)
	}
	to.WriteString("\r\n")
	s.rows = s.rows[:0]
	_, _ = s.out.Write(to.Bytes())
}
