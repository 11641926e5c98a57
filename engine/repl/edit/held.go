package edit

import (
	"bytes"
	"fmt"
)

// maxHeld is how much of what is written is kept while something else has the
// terminal.
const maxHeld = 1 << 20

// held is the end of what was written while something else had the terminal.
type held struct {
	text    []byte
	dropped int // bytes that came before it
}

func (h *held) write(p []byte) {
	h.text = append(h.text, p...)
	if len(h.text) > 2*maxHeld {
		h.drop()
	}
}

// drop forgets all but the end, which begins with a line.
func (h *held) drop() {
	n := len(h.text) - maxHeld
	if n <= 0 {
		return
	}
	if line := bytes.IndexByte(h.text[n:], '\n'); line >= 0 {
		n += line + 1
	}
	h.dropped += n
	h.text = append(h.text[:0], h.text[n:]...)
}

// Hold keeps what is written until release is called, while something else has
// the terminal; of very much the end.
func (e *Editor) Hold() (release func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held = new(held)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		h := e.held
		e.held = nil
		if h.drop(); h.dropped > 0 {
			_, _ = e.write(fmt.Appendf(nil, "(%d bytes of output were left out)\n", h.dropped))
		}
		_, _ = e.write(h.text)
	}
}
