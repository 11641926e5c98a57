package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

// Every process of a cluster holds a lock on a file of its own under DIR/run
// for as long as it lives. They are POSIX record locks: the kernel drops them
// with the process, however it ends, and names the holder to whoever asks
// (F_GETLK). So "is it alive, and which process is it" has an answer that
// neither a stale file nor a reused pid can falsify.

// errLocked says that another process holds the lock.
var errLocked = errors.New("locked by another process")

// hold takes the lock of path for the rest of this process's life. The file
// must not be opened a second time by this process: closing any descriptor of
// it would drop the lock. It returns errLocked when another process has it.
func hold(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	whole := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_SETLK, &whole); err != nil {
		f.Close()
		if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EACCES) {
			return fmt.Errorf("%s: %w", path, errLocked)
		}
		return fmt.Errorf("lock %s: %w", path, err)
	}
	keepOpen(f)
	return nil
}

// holder returns the pid of the process that holds the lock of path, 0 when
// none does. It takes nothing itself.
func holder(path string) (int, error) {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer f.Close()
	whole := syscall.Flock_t{Type: syscall.F_WRLCK, Whence: io.SeekStart}
	if err := syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &whole); err != nil {
		return 0, fmt.Errorf("read lock of %s: %w", path, err)
	}
	if whole.Type == syscall.F_UNLCK {
		return 0, nil
	}
	return int(whole.Pid), nil
}

// keepOpen keeps f from being closed when it is collected: a goroutine that
// never ends refers to it.
func keepOpen(f *os.File) {
	go func() {
		defer f.Close()
		select {}
	}()
}
