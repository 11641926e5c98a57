package kube

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// ErrorKind is the class of an Error. The kinds form a small tree, see
// [ErrorKind.Is].
type ErrorKind string

// The kinds of errors. Everything is a KubeError.
const (
	KubeError      ErrorKind = "KubeError"
	APIError       ErrorKind = "APIError"       // the API server refused or could not be reached
	LookupError    ErrorKind = "LookupError"    // the API server has no such object (404); an APIError
	StatusError    ErrorKind = "StatusError"    // the object's status doesn't have what was read
	NamespaceError ErrorKind = "NamespaceError" // a namespace is missing, or given where there is none
	TimeoutError   ErrorKind = "TimeoutError"   // what had to happen in time did not
	ValueError     ErrorKind = "ValueError"     // an argument is not usable; nothing was sent
	DeniedError    ErrorKind = "DeniedError"    // the host doesn't let the script do it; nothing was done
)

// ErrorKinds lists every kind, the root first.
func ErrorKinds() []ErrorKind {
	return []ErrorKind{KubeError, APIError, LookupError, StatusError, NamespaceError, TimeoutError, ValueError, DeniedError}
}

// Is tells whether k is other or stands under it.
func (k ErrorKind) Is(other ErrorKind) bool {
	return k == other || other == KubeError || k == LookupError && other == APIError
}

// ReasonUnreachable is the Reason of an APIError without an answer: the
// connection could not be made or broke. It is ours; the others are
// Kubernetes' own, of metav1.StatusReason.
const ReasonUnreachable = "Unreachable"

// Error is every error of this package but a context's own.
type Error struct {
	Kind       ErrorKind
	Message    string    // what was tried on what, what happened, and the way out where one is known
	StatusCode int       // HTTP status, 0 without an answer
	Reason     string    // Kubernetes' reason (NotFound, Conflict, ...) or one of ours; may be empty
	Response   *Response // the answer, nil without one
	// Conflicts are the fields that an apply was refused for.
	Conflicts []FieldConflict
	cause     error
}

// Response is the answer behind an Error.
type Response struct {
	StatusCode int
	Header     http.Header
	Text       string // the body, cut at 64 KiB
}

// Error is the message.
func (e *Error) Error() string { return e.Message }

// Unwrap is the error underneath, or nil.
func (e *Error) Unwrap() error { return e.cause }

// ExitCode is the code that a program ends with when this error ends it: 3
// where the cluster is unreachable or refuses the login, 4 where the host
// denied something, else 1.
func (e *Error) ExitCode() int {
	switch {
	case e.Reason == ReasonUnreachable || e.StatusCode == http.StatusUnauthorized && e.Kind.Is(APIError):
		return 3
	case e.Kind == DeniedError:
		return 4
	}
	return 1
}

// Errorf makes an Error of the given kind. A wrapped error (%w) is kept.
func Errorf(kind ErrorKind, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Kind: kind, Message: err.Error(), cause: errors.Unwrap(err)}
}

// IsKind tells whether err is an Error of the given kind or of one under it.
func IsKind(err error, kind ErrorKind) bool {
	var e *Error
	return errors.As(err, &e) && e.Kind.Is(kind)
}

// IsReason tells whether err is an Error with the given reason.
func IsReason(err error, reason string) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == reason
}

// unknown says that something is not among the names that exist, and which
// ones are near: "unknown option "label" (did you mean "labels"?)". Where no
// name is near it lists them all if they are few.
func unknown(what, name string, known []string) *Error {
	return Errorf(ValueError, "unknown %s %q%s", what, name, Suggest(name, known))
}

// Suggest forms the end of a message about an unknown name: the nearest known
// ones in parentheses with a space before, all of them where none is near and
// they are few, else "".
func Suggest(name string, known []string) string {
	if near := Nearest(name, known); len(near) > 0 {
		return didYouMean(near)
	}
	if len(known) > 0 && len(known) <= 24 {
		return " (known: " + strings.Join(slices.Sorted(slices.Values(known)), ", ") + ")"
	}
	return ""
}

func didYouMean(names []string) string {
	return fmt.Sprintf(" (did you mean %s?)", quotedList(names, " or "))
}

func quotedList(names []string, or string) string {
	quoted := make([]string, len(names))
	for i, n := range names {
		quoted[i] = fmt.Sprintf("%q", n)
	}
	return strings.Join(quoted, or)
}
