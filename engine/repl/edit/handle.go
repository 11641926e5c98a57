package edit

import (
	"io"
	"strings"
)

// handle does what a key means. more tells that another one has come with it,
// which it does in a paste. done tells that the text is finished.
func (e *Editor) handle(k key, more bool) (done bool, err error) {
	if e.search != nil && e.searching(k) {
		return false, nil
	}
	e.asked = false
	wasOpen := e.menu
	if e.menu != nil {
		if e.choosing(k) {
			return false, nil
		}
		e.menu = nil
	}
	b := &e.buffer
	cutting := b.cutting
	b.cutting = false
	switch k.code {
	case pasted:
		b.insert(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(k.paste))
	case up:
		e.up()
	case down:
		e.down()
	case left:
		b.cursor = b.left()
	case right:
		b.cursor = b.right()
	case wordLeft:
		b.cursor = b.wordLeft(isWord)
	case wordRight:
		b.cursor = b.wordRight(isWord)
	case home:
		b.cursor = b.lineStart()
	case end:
		b.cursor = b.lineEnd()
	case deleteKey:
		b.delete(b.right())
	case alt:
		b.cutting = cutting
		e.alt(k.r)
	case char:
		b.cutting = cutting && (k.r == ctrlK || k.r == ctrlU || k.r == ctrlW)
		done, err = e.char(k.r, more)
	}
	if wasOpen != nil && wasOpen.selected < 0 && k.code == char && (k.r >= ' ') && e.menu == nil && !done {
		e.narrow()
	}
	return done, err
}

// alt is what Alt does with a character.
func (e *Editor) alt(r rune) {
	b := &e.buffer
	cutting := b.cutting
	b.cutting = false
	switch r {
	case enter, ctrlJ:
		b.newLine(true)
	case 'd':
		b.cutting = cutting
		b.kill(b.wordRight(isWord))
	case backspace, ctrlH:
		b.cutting = cutting
		b.kill(b.wordLeft(isWord))
	case '<':
		b.cursor = 0
	case '>':
		b.cursor = len(b.text)
	}
}

// char is what a character does, or Ctrl with one.
func (e *Editor) char(r rune, more bool) (done bool, err error) {
	b := &e.buffer
	switch r {
	case enter, ctrlJ:
		b.outdent()
		if !e.finished() {
			b.newLine(!more)
			break
		}
		e.end("")
		return true, nil
	case ctrlC:
		b.cursor = len(b.text)
		e.end("^C")
		b.reset("")
		return true, ErrInterrupted
	case ctrlD:
		if b.text == "" {
			e.end("")
			return true, io.EOF
		}
		b.delete(b.right())
	case tab:
		e.tab(more)
	case ctrlA:
		b.cursor = b.lineStart()
	case ctrlB:
		b.cursor = b.left()
	case ctrlE:
		b.cursor = b.lineEnd()
	case ctrlF:
		b.cursor = b.right()
	case ctrlH, backspace:
		b.delete(b.left())
	case ctrlK:
		stop := b.lineEnd()
		if stop == b.cursor {
			stop = b.right()
		}
		b.kill(stop)
	case ctrlL:
		_, _ = io.WriteString(e.screen.out, clearAll)
		e.screen.rows = nil
	case ctrlN:
		e.down()
	case ctrlP:
		e.up()
	case ctrlR:
		e.search = &search{at: len(e.History.entries), text: b.text}
	case ctrlU:
		b.kill(b.lineStart())
	case ctrlW:
		b.kill(b.wordLeft(isNotSpace))
	case ctrlY:
		b.insert(b.cut)
	case ctrlZ:
		e.suspend()
	case ctrlUnder:
		b.back()
	default:
		if r >= ' ' {
			b.put(r)
		}
	}
	return false, nil
}

// finished tells whether Enter ends the text: it is complete, and the cursor is
// in its last line.
func (e *Editor) finished() bool {
	b := &e.buffer
	if b.lineEnd() < len(b.text) {
		return false
	}
	return e.Incomplete == nil || !e.Incomplete(b.text)
}

// up goes to the line above, or in the first one to the text before.
func (e *Editor) up() {
	if e.buffer.vertical(-1) {
		return
	}
	if text, ok := e.recall.back(e.buffer.text); ok {
		e.buffer.set(text)
	}
}

// down goes to the line below, or in the last one to the text after.
func (e *Editor) down() {
	if e.buffer.vertical(1) {
		return
	}
	if text, ok := e.recall.forward(e.buffer.text); ok {
		e.buffer.set(text)
	}
}

// suspend is Ctrl-Z.
func (e *Editor) suspend() {
	if e.Suspend == nil {
		return
	}
	b := e.text()
	b.row, b.column = len(b.rows)-1, 0
	e.screen.leave(b)
	_, _ = io.WriteString(e.screen.out, pasteOff)
	e.Suspend()
	_, _ = io.WriteString(e.screen.out, pasteOn)
}

// searching does what a key means in a search; false where it ends the search
// and means what it means elsewhere.
func (e *Editor) searching(k key) bool {
	s := e.search
	switch {
	case k.code == char && k.r == ctrlR:
		s.find(&e.History, s.at)
	case k.code == char && (k.r == ctrlG || k.r == escape):
		e.buffer.set(s.text)
		e.search = nil
		return true
	case k.code == char && (k.r == backspace || k.r == ctrlH):
		if s.part != "" {
			runes := []rune(s.part)
			s.part = string(runes[:len(runes)-1])
		}
		s.find(&e.History, len(e.History.entries))
	case k.code == char && k.r >= ' ':
		s.part += string(k.r)
		s.find(&e.History, s.at+1)
	default:
		e.search = nil
		return false
	}
	if s.at < len(e.History.entries) && s.part != "" {
		e.buffer.set(e.History.entries[s.at])
		e.recall.at = s.at
	}
	return true
}

// tab completes; at the start of a line of several it indents.
func (e *Editor) tab(more bool) {
	b := &e.buffer
	line := b.text[b.lineStart():b.cursor]
	if more || strings.Contains(b.text, "\n") && strings.TrimSpace(line) == "" {
		b.insert("  ")
		return
	}
	e.complete()
}

// complete puts in what all candidates have in common, and opens a menu of them
// if there are several.
func (e *Editor) complete() {
	if e.Complete == nil {
		return
	}
	b := &e.buffer
	c := e.Complete(b.text, b.cursor)
	e.asked = len(c.Items) == 0 && c.Pending
	if len(c.Items) == 0 {
		return
	}
	if prefix := c.prefix(); len(c.Items) == 1 || strings.HasPrefix(prefix, b.text[c.From:b.cursor]) {
		if prefix != b.text[c.From:b.cursor] {
			b.replace(c.From, b.cursor, prefix)
		}
	}
	if len(c.Items) > 1 || c.Pending && c.Items[0].Text == "" {
		e.menu = &menu{Completions: c, selected: -1}
	}
}

// narrow shows in an open menu what goes with what was typed.
func (e *Editor) narrow() {
	e.menu = nil
	if c := e.Complete(e.buffer.text, e.buffer.cursor); len(c.Items) > 0 {
		e.menu = &menu{Completions: c, selected: -1}
	}
}

// choosing does what a key means in an open menu; false where it closes the menu
// and means what it means elsewhere.
func (e *Editor) choosing(k key) bool {
	m, b := e.menu, &e.buffer
	by := 0
	switch {
	case k.code == char && k.r == tab:
		by = 1
	case k.code == backTab:
		by = -1
	case k.code == char && (k.r == ctrlG || k.r == escape):
		if m.selected >= 0 {
			b.replace(m.From, b.cursor, m.typed)
		}
		e.menu = nil
		return true
	case m.selected < 0:
		return false
	case k.code == char && (k.r == enter || k.r == ctrlJ):
		e.menu = nil
		return true
	case k.code == right:
		by = 1
	case k.code == left:
		by = -1
	case k.code == down:
		by = m.columns
	case k.code == up:
		by = -m.columns
	default:
		return false
	}
	n := len(m.Items)
	if m.selected < 0 {
		m.typed = b.text[m.From:b.cursor]
		m.selected = min(by, 0) // the first, or from there back to the last
		if by < 0 {
			m.selected = n - 1
		}
	} else {
		m.selected = ((m.selected+by)%n + n) % n
	}
	b.replace(m.From, b.cursor, m.Items[m.selected].Text)
	return true
}
