package edit

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// buffer is the text that is being edited.
type buffer struct {
	text   string
	cursor int // byte that it stands before

	undo    []state
	typing  bool   // the last change was a character, which the next one is undone with
	cut     string // what was cut last
	cutting bool   // the last key has cut, so that the next adds to it
}

// state is what undo goes back to.
type state struct {
	text   string
	cursor int
}

// maxUndo is how many changes can be undone.
const maxUndo = 200

// set replaces the text and puts the cursor at its end.
func (b *buffer) set(text string) {
	b.remember()
	b.text, b.cursor = text, len(text)
}

// reset makes it empty, and there is nothing to undo.
func (b *buffer) reset(text string) { *b = buffer{text: text, cursor: len(text), cut: b.cut} }

// remember notes the state before a change.
func (b *buffer) remember() {
	b.typing = false
	if n := len(b.undo); n > 0 && b.undo[n-1].text == b.text {
		return
	}
	if len(b.undo) == maxUndo {
		b.undo = slices.Delete(b.undo, 0, 1)
	}
	b.undo = append(b.undo, state{b.text, b.cursor})
}

// back undoes a change.
func (b *buffer) back() {
	for n := len(b.undo); n > 0; n = len(b.undo) {
		last := b.undo[n-1]
		b.undo = b.undo[:n-1]
		if last.text != b.text {
			b.text, b.cursor = last.text, last.cursor
			break
		}
	}
	b.typing = false
}

// insert puts text where the cursor is.
func (b *buffer) insert(text string) {
	b.remember()
	b.text = b.text[:b.cursor] + text + b.text[b.cursor:]
	b.cursor += len(text)
}

// put is insert for a character that is typed: a word is undone at once.
func (b *buffer) put(r rune) {
	word := isWord(r)
	if b.typing && word {
		b.text = b.text[:b.cursor] + string(r) + b.text[b.cursor:]
		b.cursor += utf8.RuneLen(r)
		return
	}
	b.insert(string(r))
	b.typing = word
}

// replace puts text in the place of a part.
func (b *buffer) replace(from, to int, text string) {
	b.remember()
	b.text = b.text[:from] + text + b.text[to:]
	b.cursor = from + len(text)
}

// delete deletes between the cursor and a place.
func (b *buffer) delete(to int) {
	from, to := min(b.cursor, to), max(b.cursor, to)
	if from < to {
		b.replace(from, to, "")
	}
}

// kill is delete that keeps the text for yank.
func (b *buffer) kill(to int) {
	from, to := min(b.cursor, to), max(b.cursor, to)
	part := b.text[from:to]
	switch {
	case !b.cutting:
		b.cut = part
	case from < b.cursor:
		b.cut = part + b.cut
	default:
		b.cut += part
	}
	b.delete(from + to - b.cursor)
	b.cutting = true
}

// left is the place before the character to the left of the cursor.
func (b *buffer) left() int {
	at := b.cursor
	for at > 0 {
		r, n := utf8.DecodeLastRuneInString(b.text[:at])
		at -= n
		if columns.Rune(r) > 0 || r < ' ' {
			break
		}
	}
	return at
}

// right is the place after the character at the cursor.
func (b *buffer) right() int {
	at := b.cursor
	for at < len(b.text) {
		_, n := utf8.DecodeRuneInString(b.text[at:])
		at += n
		if next, _ := utf8.DecodeRuneInString(b.text[at:]); columns.Rune(next) > 0 || next < ' ' {
			break
		}
	}
	return at
}

// wordLeft is the place before the word to the left, wordRight after the one to
// the right. What stands in a word is told by in.
func (b *buffer) wordLeft(in func(rune) bool) int {
	before := strings.TrimRightFunc(b.text[:b.cursor], func(r rune) bool { return !in(r) })
	return len(strings.TrimRightFunc(before, in))
}

func (b *buffer) wordRight(in func(rune) bool) int {
	after := strings.TrimLeftFunc(b.text[b.cursor:], func(r rune) bool { return !in(r) })
	return len(b.text) - len(strings.TrimLeftFunc(after, in))
}

func isWord(r rune) bool     { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
func isNotSpace(r rune) bool { return !unicode.IsSpace(r) }

// lineStart and lineEnd are the ends of the line that the cursor is in.
func (b *buffer) lineStart() int { return strings.LastIndexByte(b.text[:b.cursor], '\n') + 1 }

func (b *buffer) lineEnd() int {
	if n := strings.IndexByte(b.text[b.cursor:], '\n'); n >= 0 {
		return b.cursor + n
	}
	return len(b.text)
}

// vertical moves the cursor a line up (-1) or down (1), as far to the right as it
// is; false where there is no such line.
func (b *buffer) vertical(by int) bool {
	column := utf8.RuneCountInString(b.text[b.lineStart():b.cursor])
	if by < 0 {
		start := b.lineStart()
		if start == 0 {
			return false
		}
		b.cursor = start - 1
	} else {
		stop := b.lineEnd()
		if stop == len(b.text) {
			return false
		}
		b.cursor = stop + 1
	}
	b.cursor = b.lineStart()
	for stop := b.lineEnd(); column > 0 && b.cursor < stop; column-- {
		b.cursor = b.right()
	}
	return true
}
