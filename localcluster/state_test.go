package main

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestStateFileIsAlwaysWhole(t *testing.T) {
	f := &stateFile{path: filepath.Join(t.TempDir(), "state.json")}
	stop := make(chan struct{})
	done := make(chan error, 1)
	if err := f.update(func(s *state) { s.Version = 1 }); err != nil {
		t.Fatal(err)
	}
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				done <- nil
				return
			default:
			}
			if err := f.update(func(s *state) { s.Error = strings.Repeat("x", i%5000) }); err != nil {
				done <- err
				return
			}
		}
	}()
	for range 200 {
		data, err := os.ReadFile(f.path)
		var s state
		if err == nil {
			err = json.Unmarshal(data, &s)
		}
		if err != nil || s.Version != 1 {
			t.Fatalf("read %q: %v", data, err)
		}
	}
	close(stop)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(f.path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("mode: got %v, want 0600", got)
	}
}

func TestConclude(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		phase string
		text  string
	}{
		{"on demand", nil, phaseStopped, ""},
		{"failed", errors.New("no luck"), phaseFailed, "no luck"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := state{Phase: phaseReady, Waiting: "godot"}
			s.conclude(c.err)
			if s.Phase != c.phase || s.Error != c.text || s.Waiting != "" {
				t.Errorf("got %q, %q, %q", s.Phase, s.Error, s.Waiting)
			}
		})
	}
}
