//go:build linux || darwin

package local_test

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube/local"
)

// envHelper makes the test binary a program that calls Up for the directory
// that the variable names, prints the supervisor's process and ends; with
// envAttached the cluster is to end as well.
const (
	envHelper   = "KUBELUA_TEST_UP"
	envAttached = "KUBELUA_TEST_ATTACHED"
)

// envSecret stands for what a user has in the environment.
const envSecret = "KUBELUA_TEST_SECRET"

func TestMain(m *testing.M) {
	if dir := os.Getenv(envHelper); dir != "" {
		s, err := local.Up(context.Background(), local.Options{
			Dir: dir, Ephemeral: true, Attached: os.Getenv(envAttached) != "",
		})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		fmt.Print(s.PID)
		os.Exit(0)
	}
	if err := os.Setenv(envSecret, "private"); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// program returns the local cluster's program, and skips the test where there
// is none.
func program(t *testing.T) string {
	t.Helper()
	path := os.Getenv("KUBELUA_LOCALCLUSTER")
	if path == "" {
		path = "../../bin/kubelua-localcluster"
	}
	path, err := filepath.Abs(path)
	if err == nil {
		_, err = os.Stat(path)
	}
	if err != nil {
		if os.Getenv("KUBELUA_REQUIRE_CLUSTER") != "" {
			t.Fatalf("no local cluster: %v", err)
		}
		t.Skipf("no local cluster (make build makes it): %v", err)
	}
	return path
}

// options returns options for a cluster of the test's own, which is stopped
// when the test ends, however it ends.
func options(t *testing.T) local.Options {
	t.Helper()
	o := local.Options{Dir: t.TempDir(), Binary: program(t), Attached: true}
	t.Cleanup(func() {
		if err := local.Down(context.Background(), o); err != nil {
			t.Errorf("down at the end of the test: %v", err)
		}
	})
	return o
}

// up brings a cluster up.
func up(t *testing.T, o local.Options) local.Status {
	t.Helper()
	s, err := local.Up(t.Context(), o)
	if err != nil {
		t.Fatalf("up: %v\n%s", err, s.Error)
	}
	return s
}

// down stops a cluster and checks that nothing of it is left.
func down(t *testing.T, o local.Options, s local.Status) {
	t.Helper()
	if err := local.Down(t.Context(), o); err != nil {
		t.Fatalf("down: %v", err)
	}
	if left := living(t, o.Dir); len(left) > 0 {
		t.Errorf("processes left after down: %v", left)
	}
	checkPortFree(t, s.Server)
}

// checkPortFree checks that nobody listens at a server's address. It gives the
// kernel a moment: a killed process may lose its lock before its port.
func checkPortFree(t *testing.T, server string) {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, u.Host+" to be free", func() bool {
		conn, err := net.DialTimeout("tcp", u.Host, time.Second)
		if err == nil {
			conn.Close()
		}
		return err != nil
	})
}

// living returns the names of the processes of a cluster that hold their lock.
// (Their pids would not do: one that nobody has waited for is still there.)
func living(t *testing.T, dir string) (names []string) {
	t.Helper()
	locks, err := filepath.Glob(filepath.Join(dir, "run", "*.lock"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range locks {
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		lock := syscall.Flock_t{Type: syscall.F_WRLCK}
		err = syscall.FcntlFlock(f.Fd(), syscall.F_GETLK, &lock)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if lock.Type != syscall.F_UNLCK {
			names = append(names, strings.TrimSuffix(filepath.Base(path), ".lock"))
		}
	}
	return names
}

// eventually waits until done returns true.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for !done() {
		if time.Now().After(deadline) {
			t.Fatalf("waited 30s for %s", what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// kubectl runs the kubectl of the local cluster's program, the independent
// witness, and returns what it printed and its exit code.
func kubectl(t *testing.T, s local.Status, stdin string, args ...string) (out string, code int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program(t), append([]string{"kubectl"}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+s.Kubeconfig)
	cmd.Stdin = strings.NewReader(stdin)
	var both bytes.Buffer
	cmd.Stdout, cmd.Stderr = &both, &both
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(both.String()), cmd.ProcessState.ExitCode()
}

// must is kubectl for what has to succeed.
func must(t *testing.T, s local.Status, stdin string, args ...string) string {
	t.Helper()
	out, code := kubectl(t, s, stdin, args...)
	if code != 0 {
		t.Fatalf("kubectl %s: exit code %d: %s", strings.Join(args, " "), code, out)
	}
	return out
}
