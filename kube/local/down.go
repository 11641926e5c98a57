//go:build linux || darwin

package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

const (
	// The supervisor gives the components time of its own to end.
	stopGrace = 35 * time.Second

	killGrace = 5 * time.Second // after SIGKILL
)

// Down stops the cluster. When it returns without an error no process of it is
// left, and of an ephemeral one no data. That nothing runs is no error.
func Down(ctx context.Context, o Options) error {
	dir, err := o.directory()
	if err != nil {
		return err
	}
	return place(dir).down(ctx)
}

func (p place) down(ctx context.Context) error {
	release, err := exclude(ctx, p.file("up.lock"))
	if errors.Is(err, os.ErrNotExist) {
		return nil // there is no such directory
	}
	if err != nil {
		return fmt.Errorf("stop the local cluster in %s: wait for another start or stop: %w", p, err)
	}
	defer release()
	if err := p.stop(ctx); err != nil {
		return fmt.Errorf("stop the local cluster in %s: %w", p, err)
	}
	return nil
}

// stop ends the supervisor, which ends the components; then what is left of them.
func (p place) stop(ctx context.Context) error {
	supervisor := p.file("run/supervisor.lock")
	err := end(ctx, supervisor, syscall.SIGTERM, stopGrace)
	if errors.Is(err, errStillThere) {
		err = end(ctx, supervisor, syscall.SIGKILL, killGrace)
	}
	if err != nil {
		return err
	}
	locks, err := filepath.Glob(p.file("run/*.lock"))
	if err != nil {
		return err
	}
	killed := false
	for _, lock := range locks {
		pid, err := holder(lock)
		if err != nil {
			return err
		}
		killed = killed || pid != 0
		if err := end(ctx, lock, syscall.SIGKILL, killGrace); err != nil {
			return err
		}
	}
	if killed {
		if err := p.waitPort(ctx); err != nil {
			return err
		}
	}
	return p.tidy()
}

// waitPort waits until nobody listens at the API server's address: the kernel
// may release the lock of a killed process a moment before its port.
func (p place) waitPort(ctx context.Context) error {
	s, err := p.read()
	if err != nil {
		return err
	}
	u, err := url.Parse(s.Server)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, killGrace, fmt.Errorf("%s still listens", u.Host))
	defer cancel()
	return poll(ctx, func() (bool, error) {
		conn, err := net.Dial("tcp", u.Host)
		if err != nil {
			return true, nil
		}
		return false, conn.Close()
	})
}

// tidy does what a supervisor that was killed could not do any more.
func (p place) tidy() error {
	s, err := p.read()
	if err != nil || s.Phase == "" || s.Phase == Stopped && len(s.Components) == 0 {
		return err
	}
	if s.Ephemeral {
		if err := os.RemoveAll(p.file("ephemeral")); err != nil {
			return err
		}
		if err := os.Remove(p.file("kubeconfig")); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	s.Phase, s.Waiting, s.Error, s.Components = Stopped, "", "", nil
	data, err := json.Marshal(struct {
		Version int `json:"version"`
		Status
	}{1, s})
	if err != nil {
		return err
	}
	next := p.file("state.json.next") // nobody else writes now, but others may read
	if err := os.WriteFile(next, data, 0o600); err != nil {
		return err
	}
	return os.Rename(next, p.file("state.json"))
}

// errStillThere says that a process did not end in time.
var errStillThere = errors.New("does not end")

// end sends sig to the process that holds a lock, if there is one, and returns
// when the lock is free.
func end(ctx context.Context, lock string, sig syscall.Signal, grace time.Duration) error {
	pid, err := holder(lock)
	if err != nil || pid == 0 {
		return err
	}
	target := pid
	if group, err := syscall.Getpgid(pid); sig == syscall.SIGKILL && err == nil && group == pid {
		target = -pid // with the commands that exec runs, which are in kwok's group
	}
	if err := syscall.Kill(target, sig); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("signal process %d: %w", pid, err)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, grace, fmt.Errorf("process %d %w", pid, errStillThere))
	defer cancel()
	return poll(ctx, func() (bool, error) {
		now, err := holder(lock)
		return now != pid, err
	})
}
