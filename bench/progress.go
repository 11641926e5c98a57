package main

import (
	"fmt"
	"io"
	"os"
)

// progress says on w what is being done: over itself on a terminal, else a line
// whenever the part before the first number changes.
type progress struct {
	w        io.Writer
	terminal bool
	stage    string
}

func newProgress(f *os.File) *progress {
	info, err := f.Stat()
	return &progress{w: f, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// tell shows text; "" clears it.
func (p *progress) tell(text string) {
	if p.terminal {
		fmt.Fprint(p.w, "\r\033[K", text)
		return
	}
	stage := text
	for i, c := range text {
		if c >= '0' && c <= '9' {
			stage = text[:i]
			break
		}
	}
	if stage != p.stage && stage != "" {
		fmt.Fprintln(p.w, text)
	}
	p.stage = stage
}
