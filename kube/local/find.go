//go:build linux || darwin

package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// place is a state directory.
type place string

func (p place) file(name string) string { return filepath.Join(string(p), name) }

// supervisor returns the supervisor's process, 0 when there is none.
func (p place) supervisor() (pid int, err error) {
	return holder(p.file("run/supervisor.lock"))
}

// read returns what state.json says, a zero Status when there is none.
func (p place) read() (Status, error) {
	var s struct {
		Version int `json:"version"`
		Status
	}
	data, err := os.ReadFile(p.file("state.json"))
	if errors.Is(err, os.ErrNotExist) {
		return s.Status, nil
	}
	if err != nil {
		return s.Status, err
	}
	if err := json.Unmarshal(data, &s); err != nil {
		return s.Status, fmt.Errorf("read %s: %w", p.file("state.json"), err)
	}
	if s.Version != 1 {
		return s.Status, fmt.Errorf("read %s: version %d of the format is not known to this program", p.file("state.json"), s.Version)
	}
	return s.Status, nil
}

// status returns the state of the cluster as it is, and whether its supervisor
// lives: what the file says is corrected by what the lock says.
func (p place) status() (s Status, alive bool, err error) {
	// The lock first: a supervisor that ends in between has then written its
	// last word when the file is read.
	pid, err := p.supervisor()
	if err != nil {
		return Status{}, false, err
	}
	s, err = p.read()
	if err != nil {
		return Status{}, pid != 0, err
	}
	switch {
	case pid != 0 && s.PID != pid: // it has not written yet; this is of an earlier one
		s = Status{Phase: Starting, PID: pid, Waiting: "the supervisor"}
	case pid == 0 && (s.Phase == Starting || s.Phase == Ready):
		s.Error = fmt.Sprintf("the supervisor (process %d) was killed, see %s", s.PID, p.file("logs/supervisor.log"))
		s.Phase, s.Waiting = Failed, ""
	}
	return s, pid != 0, nil
}

// Find returns the status of the cluster. It starts nothing. The error wraps
// ErrNotRunning when the cluster does not run; the status then tells how it
// ended, if there ever was one.
func Find(_ context.Context, o Options) (Status, error) {
	dir, err := o.directory()
	if err != nil {
		return Status{}, err
	}
	s, alive, err := place(dir).status()
	switch {
	case err != nil:
		return s, fmt.Errorf("look for the local cluster in %s: %w", dir, err)
	case s.Phase == Failed:
		return s, fmt.Errorf("%w: %s", ErrNotRunning, firstLine(s.Error))
	case !alive || s.Phase == Stopped:
		return s, fmt.Errorf("%w: start it with `kubelua cluster up`", ErrNotRunning)
	}
	return s, nil
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
