package edit

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"sync"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// ErrInterrupted is the error of a text that Ctrl-C gave up.
var ErrInterrupted = errors.New("interrupted")

// Editor reads texts from a terminal and writes to it. What it calls must be
// quick: it is called while a key is being handled. All of it may be nil.
//
// Read is called by one goroutine at a time. Write, Refresh and Resize are safe
// for concurrent use.
type Editor struct {
	// Incomplete tells whether a text needs another line, so that Enter begins
	// one.
	Incomplete func(text string) bool

	// Complete is what could stand at the cursor, a byte of the text.
	Complete func(text string, cursor int) Completions

	// Hint is a line to show below the text.
	Hint func(text string, cursor int) string

	// Highlight are the parts of the text that have a colour, in their order.
	Highlight func(text string) []Span

	// Suspend is what Ctrl-Z does. The cursor stands at the start of a line.
	Suspend func()

	// History is what the arrow keys and Ctrl-R go through. Read doesn't add to
	// it.
	History History

	keys *Keys

	mu      sync.Mutex
	screen  screen
	reading bool
	tail    []byte // of what was written while a text was read: a line without its end
	held    *held  // what is written while something else has the terminal, nil while nothing has

	prompt string
	buffer buffer
	recall recall
	search *search // nil while none is going on
	menu   *menu   // nil while none is open
	asked  bool    // for completions that haven't come
	hinted string  // what Hint said when the text was drawn last
}

// New makes an editor that reads keys and writes to out. size is the size of the
// terminal.
func New(keys *Keys, out io.Writer, size func() (width, height int)) *Editor {
	return &Editor{keys: keys, screen: screen{out: out, size: size}}
}

// Read reads a text. The terminal has to be in raw mode. The error is
// ErrInterrupted after Ctrl-C, io.EOF after Ctrl-D in an empty text or at the end
// of the input, or the cause of the context.
func (e *Editor) Read(ctx context.Context, prompt string) (string, error) {
	e.mu.Lock()
	e.prompt, e.reading = prompt, true
	e.buffer.reset("")
	e.recall = recall{history: &e.History, at: len(e.History.entries)}
	_, _ = io.WriteString(e.screen.out, pasteOn)
	e.draw()
	e.mu.Unlock()
	for {
		k, more, err := e.keys.next(ctx)
		e.mu.Lock()
		if err != nil {
			e.end("")
			e.mu.Unlock()
			return "", err
		}
		done, err := e.handle(k, more)
		if done {
			text := e.buffer.text
			e.mu.Unlock()
			return text, err
		}
		if !more {
			e.draw()
		}
		e.mu.Unlock()
	}
}

// end draws the text for the last time, with what is added to it.
func (e *Editor) end(add string) {
	e.menu, e.search, e.asked = nil, nil, false
	b := e.text()
	b.rows[len(b.rows)-1] += add
	b.row, b.column = len(b.rows)-1, 0
	e.screen.leave(b)
	_, _ = io.WriteString(e.screen.out, pasteOff)
	e.reading = false
	if len(e.tail) > 0 {
		e.write(e.tail)
		e.tail = nil
	}
}

// Write writes above what is being edited. A line that has no end yet may be
// written anew, as one that shows progress is, by a carriage return.
func (e *Editor) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.held != nil:
		e.held.write(p)
		return len(p), nil
	case !e.reading:
		return e.write(p)
	}
	e.tail = append(e.tail, p...)
	if len(e.tail) > maxTail && bytes.IndexByte(e.tail, '\n') < 0 {
		e.tail = append(e.tail, '\n')
	}
	end := bytes.LastIndexByte(e.tail, '\n') + 1
	lines := e.tail[:end]
	e.tail = bytes.Clone(e.tail[end:])
	if start := bytes.LastIndexByte(e.tail, '\r'); start >= 0 {
		e.tail = bytes.TrimPrefix(e.tail[start+1:], []byte(clearLine))
	}
	e.screen.above(lines, e.block())
	return len(p), nil
}

// maxTail is how long a line without an end may get while a text is read: it ends
// there.
const maxTail = 4096

// write writes while no text is read.
func (e *Editor) write(p []byte) (int, error) {
	e.screen.wrote(p)
	return e.screen.out.Write(p)
}

// Refresh asks for completions and the hint anew, where they are shown or waited
// for.
func (e *Editor) Refresh() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.reading {
		return
	}
	switch {
	case e.asked:
		e.complete()
	case e.menu != nil && e.menu.selected < 0:
		e.narrow()
	}
	e.draw()
}

// Resize draws the text for a terminal whose size has changed.
func (e *Editor) Resize() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.reading {
		e.draw()
	}
}

// draw draws the text as it is now, with a hint of its own. What is written above
// it meanwhile leaves the hint as it is: who writes may have what Hint needs.
func (e *Editor) draw() {
	e.hinted = ""
	if e.Hint != nil && e.reading {
		e.hinted = e.Hint(e.buffer.text, e.buffer.cursor)
	}
	e.screen.draw(e.block())
}

// text is the block of the prompt and the text.
func (e *Editor) text() block {
	width, _ := e.screen.size()
	var spans []Span
	if e.Highlight != nil {
		spans = e.Highlight(e.buffer.text)
	}
	prompt := e.prompt
	if e.search != nil {
		prompt = "(search: " + e.search.part + ") "
	}
	more := strings.Repeat(" ", max(columns.Of(e.prompt)-3, 0)) + ".. "
	return layText(prompt, more, e.buffer.text, e.buffer.cursor, spans, max(width-1, 8))
}

// block is all that is drawn.
func (e *Editor) block() block {
	b := e.text()
	width, height := e.screen.size()
	width, height = max(width-1, 8), max(height-1, 1)
	b = b.window(height)
	if len(e.tail) > 0 && len(b.rows) < height {
		b.rows = append([]string{cut(string(e.tail), width)}, b.rows...)
		b.row++
	}
	if hint := e.hint(); hint != "" && len(b.rows) < height {
		b.rows = append(b.rows, dim+cut(hint, width)+plain)
	}
	if e.menu != nil {
		b.rows = append(b.rows, e.menu.rows(width, min(height-len(b.rows), max(height/2, 10)))...)
	}
	return b
}

// hint is the line below the text.
func (e *Editor) hint() string {
	switch {
	case e.asked:
		return "asking the cluster ..."
	case e.menu != nil && e.menu.selected >= 0 && e.menu.columns > 1:
		return e.menu.Items[e.menu.selected].Description
	case e.search == nil:
		return e.hinted
	}
	return ""
}
