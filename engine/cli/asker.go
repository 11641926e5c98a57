package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/kubelua/kubelua/kube"
)

// asker asks the user on a terminal; nil where there is none. It asks one question
// at a time.
func asker(in, out *os.File) kube.Asker {
	if !term.IsTerminal(int(in.Fd())) || !term.IsTerminal(int(out.Fd())) {
		return nil
	}
	replies := replies{from: in}
	return func(ctx context.Context, question string) (bool, error) {
		reply := replies.next() // before the question is seen: the answer may come at once
		fmt.Fprintf(out, "kubelua: %s [y/N] ", question)
		select {
		case text := <-reply:
			return kube.IsYes(text), nil
		case <-ctx.Done():
			replies.forget()
			fmt.Fprintln(out)
			return false, context.Cause(ctx)
		}
	}
}

// replies are lines that a user types. A read of a terminal can't be called off: the
// one of a question that was given up goes on, and serves the next question, unless
// the line comes before that.
type replies struct {
	from io.Reader

	mu      sync.Mutex
	reading bool
	waiting chan string // who waits for the line; nil for nobody
}

// next is a channel that gets the next line.
func (r *replies) next() <-chan string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = make(chan string, 1)
	if !r.reading {
		r.reading = true
		go r.read()
	}
	return r.waiting
}

// forget has the next line be nobody's.
func (r *replies) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.waiting = nil
}

func (r *replies) read() {
	text := line(r.from)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reading = false
	if r.waiting != nil {
		r.waiting <- text
		r.waiting = nil
	}
}

// line reads a line and nothing of what comes after it, which is the script's.
func line(in io.Reader) string {
	var text strings.Builder
	for b := make([]byte, 1); ; {
		n, err := in.Read(b)
		if n > 0 && b[0] != '\n' {
			text.WriteByte(b[0])
		}
		if err != nil || n > 0 && b[0] == '\n' {
			return text.String()
		}
	}
}
