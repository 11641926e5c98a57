//go:build unix

package repl

import (
	"os"
	"syscall"
)

// resizeSignals tell that the terminal's size has changed.
var resizeSignals = []os.Signal{syscall.SIGWINCH}

// stopProcess stops the process and those that were started with it, until the
// shell has them go on.
func stopProcess() { _ = syscall.Kill(0, syscall.SIGTSTP) }
