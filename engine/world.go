package engine

import (
	"errors"
	"io"
	"strings"
	"time"
)

// World is what a script may do to the world, besides the cluster. Each field
// is a handler or a stream; one that is nil is a thing the script may not do.
// The zero World is a script that can only compute.
type World struct {
	// Stdin is what the script reads; nil is an empty input. It is read by
	// one goroutine at a time, which may outlive the run when the run was
	// cancelled while it waited for input.
	Stdin io.Reader

	// Stdout and Stderr get the script's output; nil drops it. Stdout is
	// buffered, and written before anything goes to Stderr. A Stdout that
	// fails ends the run.
	Stdout, Stderr io.Writer

	// Now is the clock; nil is time.Now.
	Now func() time.Time

	// Getenv reads an environment variable; false where it is not set or not
	// for the script. Nil grants none.
	Getenv func(name string) (string, bool)

	// ReadFile reads a file for the script. It decides by itself which paths
	// it grants. Nil grants none.
	ReadFile func(path string) ([]byte, error)
}

// ErrNotAllowed is under every error for something that the script's World
// doesn't grant.
var ErrNotAllowed = errors.New("not allowed")

// notAllowed is an error that says what was refused; it wraps ErrNotAllowed.
type notAllowed struct{ what string }

func (e *notAllowed) Error() string { return e.what }
func (e *notAllowed) Unwrap() error { return ErrNotAllowed }

// withDefaults fills the streams and the clock, so that nobody has to ask
// whether they are there.
func (w World) withDefaults() World {
	if w.Stdin == nil {
		w.Stdin = strings.NewReader("")
	}
	if w.Stdout == nil {
		w.Stdout = io.Discard
	}
	if w.Stderr == nil {
		w.Stderr = io.Discard
	}
	if w.Now == nil {
		w.Now = time.Now
	}
	return w
}
