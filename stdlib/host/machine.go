package host

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"net"
)

// Machine is what a script may do to the machine that it runs on. Each method
// decides by itself what is granted; the error for what isn't is under
// [ErrDenied] and says what would grant it.
//
// All methods may wait, so they are called inside of [Host.Block], but for
// Getenv.
type Machine interface {
	// Getenv reads an environment variable; false where it isn't set or the
	// script may not read it.
	Getenv(name string) (string, bool)

	// ReadFile reads a file.
	ReadFile(path string) ([]byte, error)

	// OpenFile opens a file; flags are those of os.OpenFile. The caller closes
	// it.
	OpenFile(path string, flags int) (File, error)

	// Remove removes a file or an empty folder.
	Remove(path string) error

	// ReadDir lists a folder in the order of names. The entries tell no more than
	// names and types.
	ReadDir(path string) ([]fs.DirEntry, error)

	// Stat tells what is at a path; links are followed.
	Stat(path string) (fs.FileInfo, error)

	// Mkdir makes a folder, and those above it. One that is there already is no
	// error.
	Mkdir(path string) error

	// Rename renames a file or folder. What has the new name is replaced.
	Rename(from, to string) error

	// Start starts a program, and wait waits for its end, once. The program is
	// told to end when ctx ends. Errors say why it could not be started or
	// watched; that it failed is told by the Exit.
	Start(ctx context.Context, c Command) (wait func() (Exit, error), err error)

	// Dial connects to an address of the network, HOST:PORT.
	Dial(ctx context.Context, network, address string) (net.Conn, error)
}

// ErrDenied is under every error for something that the script may not do.
var ErrDenied = errors.New("not allowed")

// File is an open file.
type File interface {
	io.ReadWriteSeeker
	io.Closer
}

// Command is a program to be run. No shell is between.
type Command struct {
	Args           []string  // its name or path, and its arguments
	Stdin          io.Reader // nil is an empty input
	Stdout, Stderr io.Writer // nil drops it
}

// Exit is how a program ended.
type Exit struct {
	Code   int  // its exit code, or the number of the signal
	Signal bool // a signal ended it
}
