package engine

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

// Exit codes of a run.
const (
	ExitOK          = 0
	ExitFailed      = 1   // the script failed
	ExitUsage       = 2   // usage or syntax
	ExitUnreachable = 3   // the cluster is unreachable or refused the login
	ExitDenied      = 4   // a guard denied something
	ExitTimedOut    = 124 // the run took too long
	ExitInterrupted = 130 // Ctrl-C
	ExitOutput      = 141 // nobody reads the output any more
)

// Interrupted is the cause with which to cancel a run that the user wants to
// end.
var Interrupted = errors.New("interrupted")

// TimedOut is the cause with which to cancel a run that took longer than d.
func TimedOut(d time.Duration) error { return &timedOut{d} }

type timedOut struct{ after time.Duration }

func (e *timedOut) Error() string { return fmt.Sprintf("timed out after %v", e.after) }

// Is makes it a deadline like any other.
func (e *timedOut) Is(target error) bool { return target == context.DeadlineExceeded }

// exitStatus is the cause of a run that os.exit ended.
type exitStatus int

func (e exitStatus) Error() string { return fmt.Sprintf("exit %d", int(e)) }

// ExitCode is the code that was asked for.
func (e exitStatus) ExitCode() int { return int(e) }

// ExitCode is the exit code for the error of a run: [ExitOK] for nil, what the
// error says if it or one that it wraps has a method ExitCode() int, else
// [ExitFailed].
func ExitCode(err error) int {
	var coded interface{ ExitCode() int }
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &coded):
		return coded.ExitCode()
	case errors.Is(err, Interrupted):
		return ExitInterrupted
	case errors.Is(err, context.DeadlineExceeded):
		return ExitTimedOut
	case errors.Is(err, syscall.EPIPE):
		return ExitOutput
	default:
		return ExitFailed
	}
}
