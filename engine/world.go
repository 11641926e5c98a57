package engine

import (
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
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
	// fails ends the run. One that is a terminal, or has a method IsTerminal
	// that says so, gets each piece at once; a Stderr that is gets progress.
	Stdout, Stderr io.Writer

	// Now is the clock; nil is time.Now.
	Now func() time.Time

	// Getenv reads an environment variable; false where it is not set or not
	// for the script. Nil grants none.
	Getenv func(name string) (string, bool)

	// OpenFile opens a file, as os.OpenFile does. Remove and Rename change the
	// folder that it lies in. They decide by themselves which paths they grant,
	// and refuse others by [Denied]. Nil grants none.
	OpenFile func(path string, flags int) (host.File, error)
	Remove   func(path string) error
	Rename   func(from, to string) error

	// Stat and ReadDir look at what is there, Mkdir makes a folder and those above
	// it. They grant by path as OpenFile does. Nil grants none.
	Stat    func(path string) (fs.FileInfo, error)
	ReadDir func(path string) ([]fs.DirEntry, error)
	Mkdir   func(path string) error

	// Program finds a program that the script may run, by its name or path, or
	// refuses it by [Denied]. Nil grants none.
	Program func(name string) (path string, err error)

	// Connect is asked before the script connects to HOST:PORT, and refuses it
	// by [Denied]. It isn't asked for the clusters of the host's flags and
	// kubeconfig. Nil grants none.
	Connect func(address string) error

	// Narrow gives a World handlers in the place of those that it has, for what a
	// job's policy grants out of what these grant, until release is called. It
	// refuses what is more by [NotGranted]. Nil grants nothing.
	Narrow func(w World, g Grants) (narrowed World, release func(), err error)
}

// Streams is a World with the streams and the clock of this one: one that grants nothing.
func (w World) Streams() World {
	return World{Stdin: w.Stdin, Stdout: w.Stdout, Stderr: w.Stderr, Now: w.Now}
}

// Denied is the error for something that the script may not do. It says what,
// and the flag that grants it.
func Denied(what, flag, value string) error {
	return kube.Errorf(kube.DeniedError, "%s: %w (--allow-%s=%s grants it)", what, host.ErrDenied, flag, shellWord(value))
}

// shellWord is a text as it is typed into a shell.
func shellWord(text string) string {
	if text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-:+=@%,") == "" {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

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
