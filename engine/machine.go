package engine

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/kubelua/kubelua/stdlib/host"
)

// What a script does to the machine, as far as its World lets it. See
// [host.Machine].

// Getenv reads a variable of the environment, if the script may.
func (vm *VM) Getenv(name string) (string, bool) {
	granted := vm.world.Load().Getenv
	if granted == nil {
		return "", false
	}
	return granted(name)
}

// maxFile is how much of a file is read at once.
const maxFile = 256 << 20

// ReadFile reads a file, if the script may, up to 256 MiB.
func (vm *VM) ReadFile(path string) ([]byte, error) {
	f, err := vm.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(text) > maxFile {
		err = fmt.Errorf("read %s: it is longer than %d MiB", path, maxFile>>20)
	}
	return text, err
}

// OpenFile opens a file, if the script may.
func (vm *VM) OpenFile(path string, flags int) (host.File, error) {
	granted := vm.world.Load().OpenFile
	if granted == nil {
		if flags&(os.O_WRONLY|os.O_RDWR) != 0 {
			return nil, Denied("write "+path, "write", path)
		}
		return nil, Denied("read "+path, "read", path)
	}
	return granted(path, flags)
}

// Remove removes a file or an empty folder, if the script may.
func (vm *VM) Remove(path string) error {
	granted := vm.world.Load().Remove
	if granted == nil {
		return Denied("remove "+path, "write", path)
	}
	return granted(path)
}

// ReadDir lists a folder, if the script may read it.
func (vm *VM) ReadDir(path string) ([]fs.DirEntry, error) {
	granted := vm.world.Load().ReadDir
	if granted == nil {
		return nil, Denied("read "+path, "read", path)
	}
	return granted(path)
}

// Stat tells what is at a path, if the script may read it.
func (vm *VM) Stat(path string) (fs.FileInfo, error) {
	granted := vm.world.Load().Stat
	if granted == nil {
		return nil, Denied("read "+path, "read", path)
	}
	return granted(path)
}

// Mkdir makes a folder, if the script may write there.
func (vm *VM) Mkdir(path string) error {
	granted := vm.world.Load().Mkdir
	if granted == nil {
		return Denied("write "+path, "write", path)
	}
	return granted(path)
}

// Rename renames a file or folder, if the script may.
func (vm *VM) Rename(from, to string) error {
	granted := vm.world.Load().Rename
	if granted == nil {
		return Denied("rename "+from, "write", from)
	}
	return granted(from, to)
}

// program finds a program that the script may run.
func (vm *VM) program(name string) (string, error) {
	granted := vm.world.Load().Program
	if granted == nil {
		return "", Denied("run "+name, "run", name)
	}
	return granted(name)
}

// reach is nil if the script may connect to an address.
func (vm *VM) reach(address string) error {
	if vm.forwards.has(address) {
		return nil
	}
	granted := vm.world.Load().Connect
	if granted == nil {
		return Denied("connect to "+address, "net", address)
	}
	return granted(address)
}

// Dial connects to an address, if the script may.
func (vm *VM) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	if err := vm.reach(address); err != nil {
		return nil, err
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &connection{conn, vm, address}, nil
}

// connection is one that may be kept and used again. Nothing is sent any more where the
// script may no longer connect to: it is a job by then, whose policy says so.
type connection struct {
	net.Conn
	vm      *VM
	address string
}

func (c *connection) Write(b []byte) (int, error) {
	if err := c.vm.reach(c.address); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

// patience is how long a program that is told to end may take, and how long its
// children may hold its output open.
const patience = 2 * time.Second

// Start starts a program, if the script may. It has the environment, the folder
// and the rights of this process. When ctx ends it is told to end, and killed
// when it doesn't.
func (vm *VM) Start(ctx context.Context, c host.Command) (wait func() (host.Exit, error), err error) {
	path, err := vm.program(c.Args[0])
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, c.Args[1:]...)
	cmd.Args[0] = c.Args[0]
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.Stdin, c.Stdout, c.Stderr
	cmd.Cancel = func() error {
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
			return cmd.Process.Kill() // there are no signals
		}
		return nil
	}
	cmd.WaitDelay = patience
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return func() (host.Exit, error) {
		err := cmd.Wait()
		switch state := cmd.ProcessState; {
		case ctx.Err() != nil:
			return host.Exit{}, context.Cause(ctx)
		case state == nil:
			return host.Exit{}, err
		default: // what it left behind may hold its output open: that is no failure
			if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
				return host.Exit{Code: int(status.Signal()), Signal: true}, nil
			}
			return host.Exit{Code: state.ExitCode()}, nil
		}
	}, nil
}
