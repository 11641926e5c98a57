package engine

import (
	"io"
	"os"
	"sync"
	"time"

	"golang.org/x/term"
)

// How long a printed line may wait for company, and how much company it gets.
const (
	outputDelay = 100 * time.Millisecond
	outputSize  = 32 << 10
)

// output buffers what a script prints. A script's lines are many and short, so
// they are written together; but nobody should wait for a line that is there:
// it is written when the script blocks, when it writes to stderr, when it ends,
// when the last write is outputDelay ago, and at once on a terminal.
//
// It is safe for concurrent use: a Go call that runs beside the VM may write
// too.
type output struct {
	mu     sync.Mutex
	to     io.Writer
	status *statusLine
	each   bool // write every piece at once
	buf    []byte
	last   time.Time
	err    error
	failed func(error) // told once, when writing fails
}

// outputError is a write to stdout that failed. It ends the run.
type outputError struct{ err error }

func (e *outputError) Error() string { return "standard output: " + e.err.Error() }
func (e *outputError) Unwrap() error { return e.err }

func newOutput(to io.Writer, status *statusLine, failed func(error)) *output {
	return &output{to: to, status: status, each: isTerminal(to), failed: failed}
}

// Write takes p. Its error is the one of an earlier write that failed: from
// then on nothing is written any more.
func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.err != nil {
		return 0, o.err
	}
	if len(o.buf)+len(p) > outputSize {
		o.write(o.buf)
		if len(p) > outputSize {
			o.write(p)
			return len(p), o.err
		}
	}
	o.buf = append(o.buf, p...)
	if o.each || time.Since(o.last) >= outputDelay {
		o.write(o.buf)
	}
	return len(p), o.err
}

// Flush writes what is left.
func (o *output) Flush() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.write(o.buf)
	return o.err
}

// write writes p, which is the buffer or comes after it. The lock is held.
func (o *output) write(p []byte) {
	if len(p) > 0 && o.err == nil {
		o.status.hide()
		if _, err := o.to.Write(p); err != nil {
			o.err = &outputError{err}
			o.failed(o.err)
		}
	}
	o.buf = o.buf[:0]
	o.last = time.Now()
}

// flushFirst is the script's stderr: what was printed before comes out before.
type flushFirst struct {
	out *output
	to  io.Writer
}

func (f *flushFirst) Write(p []byte) (int, error) {
	// A stdout that fails has told the run already; stderr may still work.
	_ = f.out.Flush()
	f.out.status.hide()
	return f.to.Write(p)
}

// isTerminal tells whether somebody may be watching w line by line.
func isTerminal(w io.Writer) bool {
	switch w := w.(type) {
	case *os.File:
		return term.IsTerminal(int(w.Fd()))
	case interface{ IsTerminal() bool }:
		return w.IsTerminal()
	}
	return false
}
