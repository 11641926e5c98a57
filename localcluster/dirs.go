package main

import (
	"fmt"
	"os"
	"path/filepath"
)

// dirs are the places of a cluster under its state directory.
type dirs struct {
	root       string
	state      string // state.json
	kubeconfig string
	logs       string
	work       string // the components' working directory: locks and sockets
	data       string // etcd's data and what belongs to it: token, keys
	pki        pki
	stages     string // kwok's configuration
}

// newDirs lays out root. What is ephemeral lies beside what is kept, so that a
// throw-away cluster never costs a kept one's data.
func newDirs(root string, ephemeral bool) dirs {
	data := filepath.Join(root, "data")
	if ephemeral {
		data = filepath.Join(root, "ephemeral")
	}
	return dirs{
		root:       root,
		state:      filepath.Join(root, "state.json"),
		kubeconfig: filepath.Join(root, "kubeconfig"),
		logs:       filepath.Join(root, "logs"),
		work:       filepath.Join(root, "run"),
		data:       data,
		pki:        pki(filepath.Join(data, "pki")),
		stages:     filepath.Join(data, "kwok.yaml"),
	}
}

// make creates the directories, for their owner alone: what is in them is worth
// as much as the token.
func (d dirs) make() error {
	for _, dir := range []string{d.root, d.logs, d.work, d.data} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	return os.Chmod(d.root, 0o700)
}

// rotateLogs sets the logs of the previous run aside; it keeps one generation.
// The supervisor's own log is open already and stays.
func (d dirs) rotateLogs() error {
	logs, err := filepath.Glob(filepath.Join(d.logs, "*.log"))
	if err != nil {
		return err
	}
	for _, log := range logs {
		if filepath.Base(log) == "supervisor.log" {
			continue
		}
		if err := os.Rename(log, log+".old"); err != nil {
			return fmt.Errorf("set old log aside: %w", err)
		}
	}
	return nil
}
