package schedule

import (
	"bytes"
	"fmt"
	"slices"
	"sync"
)

// tapeHalf is how much is kept of the beginning and of the end of what a run
// writes.
const tapeHalf = 64 << 10

// tape keeps what a run writes: the beginning and the end, where it is much. line,
// to be set before the first write, gets each line of the beginning when it is
// written, and the others at the end. It is safe for concurrent use.
type tape struct {
	line func(text string)

	mu      sync.Mutex
	head    []byte
	told    int    // how much of head line has got
	tail    []byte // a ring, once it is full
	at      int    // where the ring begins
	dropped int64  // how many bytes between head and tail are gone
}

// Write takes p. It never fails.
func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := len(p)
	if room := min(tapeHalf-len(t.head), n); room > 0 {
		t.head = append(t.head, p[:room]...)
		p = p[room:]
		t.tell()
	}
	if over := len(p) - tapeHalf; over > 0 {
		t.dropped += int64(over)
		p = p[over:]
	}
	if room := min(tapeHalf-len(t.tail), len(p)); room > 0 {
		t.tail = append(t.tail, p[:room]...)
		p = p[room:]
	}
	t.dropped += int64(len(p))
	for len(p) > 0 {
		n := copy(t.tail[t.at:], p)
		p = p[n:]
		t.at = (t.at + n) % len(t.tail)
	}
	return n, nil
}

// tell gives line the complete lines of the head that it hasn't got.
func (t *tape) tell() {
	for {
		text, _, found := bytes.Cut(t.head[t.told:], []byte("\n"))
		if !found {
			return
		}
		t.told += len(text) + 1
		t.line(string(text))
	}
}

// text returns all that was kept until now.
func (t *tape) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return string(t.all())
}

// all is what was kept. The caller has locked the tape.
func (t *tape) all() []byte {
	all := slices.Clone(t.head)
	if t.dropped > 0 {
		if n := len(all); n > 0 && all[n-1] != '\n' {
			all = append(all, '\n')
		}
		all = fmt.Appendf(all, "... (%d bytes left out) ...\n", t.dropped)
	}
	return append(append(all, t.tail[t.at:]...), t.tail[:t.at]...)
}

// end returns all that was kept, once nothing is written any more, and gives line
// the rest of it.
func (t *tape) end() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.head = t.all()
	t.tail, t.at, t.dropped = nil, 0, 0
	t.tell()
	if rest := t.head[t.told:]; len(rest) > 0 {
		t.line(string(rest))
	}
	t.told = len(t.head)
	return string(t.head)
}
