//go:build !unix

package repl

import "os"

// resizeSignals tell that the terminal's size has changed; none does here.
var resizeSignals []os.Signal

// stopProcess does nothing: there is no job control here.
func stopProcess() {}
