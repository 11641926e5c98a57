//go:build linux || darwin

package local_test

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube/local"
)

func TestUpsAtOnceMakeOneCluster(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Ephemeral = true

	var wg sync.WaitGroup
	var pids [4]int
	for i := range 3 {
		wg.Go(func() {
			s, err := local.Up(t.Context(), o)
			if err != nil {
				t.Errorf("up %d: %v", i, err)
			}
			pids[i] = s.PID
		})
	}
	wg.Go(func() { pids[3] = upElsewhere(t, o) })
	wg.Wait()
	for _, pid := range pids {
		if pid == 0 || pid != pids[0] {
			t.Fatalf("supervisors: got %v, want one", pids)
		}
	}

	s := up(t, o)
	if s.PID != pids[0] {
		t.Errorf("up again: got supervisor %d, want %d", s.PID, pids[0])
	}
	found, err := local.Find(t.Context(), o)
	if err != nil || found.Phase != local.Ready || found.Nodes != 3 || found.Server != s.Server {
		t.Errorf("find: got %+v, %v", found, err)
	}
	for _, c := range []struct {
		name string
		want string
		o    local.Options
	}{
		{"nodes", "runs already, with 3 nodes, not 5", local.Options{Dir: o.Dir, Binary: o.Binary, Nodes: 5}},
		{"exec", "runs already, without exec", local.Options{Dir: o.Dir, Binary: o.Binary, Exec: true}},
	} {
		if _, err := local.Up(t.Context(), c.o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("up with other %s: got %v, want %q", c.name, err, c.want)
		}
	}

	// Nobody but the owner can read what is as good as the token.
	for _, path := range []string{o.Dir, s.Kubeconfig, filepath.Join(o.Dir, "state.json")} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s: mode %v is open to others", path, mode)
		}
	}

	down(t, o, s)
	if _, err := os.Stat(filepath.Join(o.Dir, "ephemeral")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("data of the ephemeral cluster is still there: %v", err)
	}
	if _, err := os.Stat(s.Kubeconfig); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("kubeconfig of the ephemeral cluster is still there: %v", err)
	}
	found, err = local.Find(t.Context(), o)
	if !errors.Is(err, local.ErrNotRunning) || found.Phase != local.Stopped {
		t.Errorf("find after down: got %q, %v", found.Phase, err)
	}
}

// upElsewhere calls Up in another program, which then ends, and returns the
// supervisor's process.
func upElsewhere(t *testing.T, o local.Options, env ...string) int {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), envHelper+"="+o.Dir, "KUBELUA_LOCALCLUSTER="+o.Binary)
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.Output()
	if err != nil {
		t.Errorf("up in another program: %v", err)
	}
	pid, _ := strconv.Atoi(string(out))
	return pid
}

func TestClusterOutlivesTheProgramUnlessAttached(t *testing.T) {
	t.Parallel()
	o := options(t)
	pid := upElsewhere(t, o)
	if s, err := local.Find(t.Context(), o); err != nil || s.PID != pid || s.Phase != local.Ready {
		t.Errorf("find after the program's end: got %+v, %v", s, err)
	}
	if err := local.Down(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	upElsewhere(t, o, envAttached+"=1")
	eventually(t, "the cluster to end with the program", func() bool { return len(living(t, o.Dir)) == 0 })
	if s, err := local.Find(t.Context(), o); !errors.Is(err, local.ErrNotRunning) || s.Phase != local.Stopped {
		t.Errorf("find: got %q, %v", s.Phase, err)
	}
}

func TestUpGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	o := options(t)
	ctx, cancel := context.WithCancel(t.Context())
	var told []string
	o.Progress = func(waiting string) {
		told = append(told, waiting)
		if strings.Contains(waiting, "API server") {
			cancel()
		}
	}
	_, err := local.Up(ctx, o)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("up: got %v, want it canceled", err)
	}
	if left := living(t, o.Dir); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
	if len(told) == 0 {
		t.Error("nobody was told what is being waited for")
	}
}

func TestSupervisorKilled(t *testing.T) {
	t.Parallel()
	o := options(t)
	o.Ephemeral = true
	s := up(t, o)
	if err := syscall.Kill(s.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the components to end by themselves", func() bool { return len(living(t, o.Dir)) == 0 })
	found, err := local.Find(t.Context(), o)
	if !errors.Is(err, local.ErrNotRunning) || found.Phase != local.Failed {
		t.Errorf("find: got %q, %v", found.Phase, err)
	}
	down(t, o, s)
	if _, err := os.Stat(filepath.Join(o.Dir, "ephemeral")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("data of the ephemeral cluster is still there: %v", err)
	}
	if found, _ := local.Find(t.Context(), o); found.Phase != local.Stopped {
		t.Errorf("find after down: got %q, want stopped", found.Phase)
	}
}

func TestComponentKilled(t *testing.T) {
	t.Parallel()
	o := options(t)
	s := up(t, o)
	for _, c := range s.Components {
		if c.Name == "kube-scheduler" {
			if err := syscall.Kill(c.PID, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		}
	}
	var found local.Status
	var err error
	eventually(t, "the failure to be seen", func() bool {
		found, err = local.Find(t.Context(), o)
		return err != nil
	})
	if !errors.Is(err, local.ErrNotRunning) || !strings.Contains(err.Error(), "kube-scheduler") || strings.Contains(err.Error(), "\n") {
		t.Errorf("find: got %v", err)
	}
	if found.Phase != local.Failed || !strings.Contains(found.Error, "Starting Kubernetes Scheduler") {
		t.Errorf("find: got %q without the end of the log: %s", found.Phase, found.Error)
	}
	eventually(t, "the others to be stopped", func() bool { return len(living(t, o.Dir)) == 0 })
	checkPortFree(t, s.Server)

	// Meanwhile another program has taken the address.
	u, err := url.Parse(s.Server)
	if err != nil {
		t.Fatal(err)
	}
	squatter, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	defer squatter.Close()
	again := up(t, o)
	if again.Error != "" || again.PID == s.PID || again.Server == s.Server {
		t.Errorf("up after the failure: got %+v", again)
	}
	down(t, o, again)
}

func TestWithoutCluster(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "none")
	none := local.Options{Dir: dir, Binary: filepath.Join(dir, "no-such-program")}
	if _, err := local.Find(t.Context(), none); !errors.Is(err, local.ErrNotRunning) {
		t.Errorf("find: got %v", err)
	}
	if err := local.Down(t.Context(), none); err != nil {
		t.Errorf("down: got %v", err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("find or down made the directory")
	}
	_, err := local.Up(t.Context(), none)
	if err == nil || !strings.Contains(err.Error(), none.Binary) || !strings.Contains(err.Error(), "make build") {
		t.Errorf("up without the program: got %v", err)
	}
}

func TestUpTellsWhatTheProgramSaid(t *testing.T) {
	t.Parallel()
	o := local.Options{Dir: t.TempDir(), Binary: filepath.Join(t.TempDir(), "broken")}
	if err := os.WriteFile(o.Binary, []byte("#!/bin/sh\necho out of luck >&2\nexit 1\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := local.Up(ctx, o); err == nil || !strings.Contains(err.Error(), "out of luck") {
		t.Errorf("up: got %v", err)
	}
}
