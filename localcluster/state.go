package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Phases of a cluster.
const (
	phaseStarting = "starting"
	phaseReady    = "ready"
	phaseFailed   = "failed"
	phaseStopped  = "stopped"
)

// state is what DIR/state.json tells about a cluster. The file is for readers
// only; whether the supervisor lives is told by its lock, not by this file.
type state struct {
	Version    int              `json:"version"` // of this format: 1
	PID        int              `json:"pid"`     // the supervisor's
	Phase      string           `json:"phase"`
	Waiting    string           `json:"waiting,omitempty"` // what is being waited for, in words
	Error      string           `json:"error,omitempty"`   // first line: what happened; then the end of the log
	Server     string           `json:"server,omitempty"`
	Kubeconfig string           `json:"kubeconfig"`
	Nodes      int              `json:"nodes"`
	Exec       bool             `json:"exec"`
	Ephemeral  bool             `json:"ephemeral"`
	Started    time.Time        `json:"started"`
	Components []componentState `json:"components"`
}

// componentState is one component in state.
type componentState struct {
	Name string `json:"name"`
	PID  int    `json:"pid"`
	Log  string `json:"log"`
}

// conclude notes how the cluster ended: with err, or on demand when it is nil.
func (s *state) conclude(err error) {
	s.Waiting = ""
	if err == nil {
		s.Phase = phaseStopped
		return
	}
	s.Phase, s.Error = phaseFailed, err.Error()
	if dead := new(deathError); errors.As(err, &dead) {
		s.Error += "\n" + dead.log
	}
}

// stateFile keeps DIR/state.json equal to a state in memory. It is safe for
// concurrent use.
type stateFile struct {
	path string
	mu   sync.Mutex
	now  state
}

// update changes the state and writes it. The file is replaced by rename, so
// that a reader sees the old state or the new one and never half of it.
func (f *stateFile) update(change func(*state)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.now)
	data, err := json.MarshalIndent(f.now, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(f.path, append(data, '\n'))
}

// writeFile replaces the file at path, readable by its owner alone.
func writeFile(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = tmp.Write(data)
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}
