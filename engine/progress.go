package engine

import (
	"fmt"
	"io"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// How often a line of progress is drawn at most.
const progressPeriod = 100 * time.Millisecond

// statusLine is the line at the bottom of a terminal that shows what is going
// on. What the script prints pushes it down. It is safe for concurrent use.
type statusLine struct {
	mu    sync.Mutex
	to    io.Writer // nil where stderr is no terminal
	text  string    // what is shown, "" for nothing
	drawn time.Time
}

func newStatusLine(stderr io.Writer) *statusLine {
	if !isTerminal(stderr) {
		stderr = nil
	}
	return &statusLine{to: stderr}
}

// show draws the line, unless it was drawn just now.
func (s *statusLine) show(text string) {
	if s.to == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.drawn) < progressPeriod {
		return
	}
	s.drawn = time.Now()
	s.text = text
	fmt.Fprintf(s.to, "\r\x1b[K%s", text)
}

// hide takes the line away, so that something else can be written there.
func (s *statusLine) hide() {
	if s.to == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text != "" {
		s.text = ""
		s.drawn = time.Time{}
		fmt.Fprint(s.to, "\r\x1b[K")
	}
}

// progress counts what of a longer work is done. Nil shows nothing.
type progress struct {
	line  *statusLine
	label string
	total int // negative where it isn't known
	ended bool
}

// startProgress begins to show progress where a script asks for it: true, or
// a word for what is being done.
func (vm *VM) startProgress(asked lua.LValue, total int) *progress {
	label, ok := asked.(lua.LString)
	if asked == nil || !ok && !lua.LVAsBool(asked) {
		return nil
	}
	return &progress{line: vm.status, label: string(label), total: total}
}

// set shows how much is done and how much of it has failed.
func (p *progress) set(done, failed int) {
	if p == nil || p.ended || p.line.to == nil {
		return
	}
	text := fmt.Sprintf("%d done", done)
	if p.total >= 0 {
		text = fmt.Sprintf("%d of %d done", done, p.total)
	}
	if failed > 0 {
		text += fmt.Sprintf(", %d failed", failed)
	}
	if p.label != "" {
		text = p.label + ": " + text
	}
	p.line.show(text)
}

// end takes the line away.
func (p *progress) end() {
	if p != nil {
		p.ended = true
		p.line.hide()
	}
}
