package host

import (
	"fmt"
	"net/http"
)

// Invalid is the error for an argument that can't be used; scripts catch it as
// a ValueError.
type Invalid struct{ err error }

// Invalidf makes an Invalid. A wrapped error (%w) is kept.
func Invalidf(format string, args ...any) error { return &Invalid{fmt.Errorf(format, args...)} }

// Error is the message.
func (e *Invalid) Error() string { return e.err.Error() }

// Unwrap is the error that was wrapped, or nil.
func (e *Invalid) Unwrap() error { return e.err }

// Late is the error for what took longer than it may; scripts catch it as a
// TimeoutError.
type Late struct{ Message string }

// Error is the message.
func (e *Late) Error() string { return e.Message }

// Answered is the error for a response of a server that says that a request has
// failed; scripts find the response in it.
type Answered struct {
	Message    string
	StatusCode int
	Header     http.Header
	Text       string
}

// Error is the message.
func (e *Answered) Error() string { return e.Message }
