// Package localtest gives tests a local cluster: one for each test process,
// started by the first test that asks for it and gone when the process is,
// however that ends. A test that breaks its cluster gets one of its own.
//
// A package's TestMain must be
//
//	func TestMain(m *testing.M) { os.Exit(localtest.Main(m)) }
//
// Where the program of the local cluster isn't there, tests that ask for the
// cluster are skipped, or with KUBELUA_REQUIRE_CLUSTER=1 fail.
package localtest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kubelua/kubelua/kube/local"
)

const (
	programName     = "kubelua-localcluster"
	programVariable = "KUBELUA_LOCALCLUSTER"
	requireVariable = "KUBELUA_REQUIRE_CLUSTER"

	// startTime is how long the cluster may take to be ready. It takes some
	// 4 seconds; the machine may be busy with other tests.
	startTime = 3 * time.Minute
)

// process is the cluster of this test process.
var process cluster

// Main runs the tests of a package and returns their exit code once the
// cluster is stopped.
func Main(m *testing.M) int {
	process.main = true
	code := m.Run()
	if err := process.stop(); err != nil {
		fmt.Fprintln(os.Stderr, "localtest:", err)
		return max(code, 1)
	}
	return code
}

// Own starts a cluster that is the test's alone, for one that breaks it, and
// stops it when the test ends. The options name it to the functions of package
// local.
func Own(t testing.TB) (local.Options, local.Status) {
	t.Helper()
	c := &cluster{}
	c.start()
	t.Cleanup(func() {
		if err := c.stop(); err != nil {
			t.Errorf("localtest: %v", err)
		}
	})
	c.check(t)
	return c.options(), c.status
}

// Kubeconfig returns the path of a kubeconfig with an administrator's login.
func Kubeconfig(t testing.TB) string {
	t.Helper()
	return running(t).status.Kubeconfig
}

// Kubectl runs kubectl as the cluster's administrator and returns what it
// printed. The test fails where kubectl does.
func Kubectl(t testing.TB, args ...string) string {
	t.Helper()
	out, err := Command(t, args...).Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s", err, exit.Stderr)
		}
		t.Fatalf("kubectl %s: %v", strings.Join(args, " "), err)
	}
	return string(out)
}

// Command prepares a call of kubectl as the cluster's administrator: the
// witness that tests ask about what they did.
func Command(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	c := running(t)
	cmd := exec.Command(c.program, append([]string{"kubectl"}, args...)...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+c.status.Kubeconfig, "KUBECACHEDIR="+filepath.Join(c.dir, "kubectl"))
	return cmd
}

// cluster is a cluster that is started when it is needed.
type cluster struct {
	main bool // Main runs, so what is started will be stopped
	once sync.Once

	program string
	dir     string
	status  local.Status
	server  string
	http    *http.Client
	missing string // why there can't be a cluster
	err     error
}

// running returns the cluster, started.
func running(t testing.TB) *cluster {
	t.Helper()
	if !process.main {
		t.Fatal("localtest: TestMain must call localtest.Main, which stops the cluster")
	}
	process.once.Do(process.start)
	process.check(t)
	return &process
}

// check skips or fails a test that has no cluster.
func (c *cluster) check(t testing.TB) {
	t.Helper()
	switch {
	case c.missing != "" && os.Getenv(requireVariable) == "":
		t.Skip(c.missing)
	case c.missing != "":
		t.Fatal(c.missing)
	case c.err != nil:
		t.Fatalf("localtest: %v\n%s", c.err, c.status.Error)
	}
}

func (c *cluster) start() {
	if c.program, c.missing = program(); c.missing != "" {
		return
	}
	if c.dir, c.err = os.MkdirTemp("", "kubelua-test-"); c.err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTime)
	defer cancel()
	c.status, c.err = local.Up(ctx, c.options())
	if errors.Is(c.err, local.ErrUnsupported) {
		c.missing = "no local cluster: " + c.err.Error()
	}
	if c.err == nil {
		c.err = c.login()
	}
}

func (c *cluster) stop() error {
	if c.http != nil {
		c.http.CloseIdleConnections()
	}
	if c.dir == "" {
		return nil
	}
	if err := local.Down(context.Background(), c.options()); err != nil && !errors.Is(err, local.ErrUnsupported) {
		return err
	}
	return os.RemoveAll(c.dir)
}

// options are those of a cluster that ends with this process at the latest: a
// test program that panics, times out or is killed can't stop it.
func (c *cluster) options() local.Options {
	return local.Options{Dir: c.dir, Binary: c.program, Ephemeral: true, Exec: true, Attached: true}
}

// program finds the local cluster's program: where the variable says, else in
// the folder bin of this folder or one above it. missing tells why there is
// none.
func program() (path, missing string) {
	if path := os.Getenv(programVariable); path != "" {
		path, err := exec.LookPath(path)
		if err != nil {
			return "", fmt.Sprintf("no local cluster: $%s: %v", programVariable, err)
		}
		return path, ""
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", "no local cluster: " + err.Error()
	}
	for {
		path, err := exec.LookPath(filepath.Join(dir, "bin", programName))
		if err == nil {
			return path, ""
		}
		above := filepath.Dir(dir)
		if above == dir {
			return "", fmt.Sprintf("no local cluster: no bin/%s here or above, and $%s is not set (`make build` makes it)", programName, programVariable)
		}
		dir = above
	}
}
