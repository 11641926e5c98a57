package localtest

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/kubelua/kubelua/kube/local"
)

// guardVariable turns a test program into the guard of the cluster in the
// directory that it names.
const guardVariable = "KUBELUA_TEST_GUARD"

// guardian is a process that waits for the end of this one and then stops the
// cluster: a test program that panics, times out or is killed can't do it
// itself.
type guardian struct {
	cmd  *exec.Cmd
	life io.Closer // ends with this process at the latest
}

// startGuard starts a guard of the cluster in dir.
func startGuard(dir string) (*guardian, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), guardVariable+"="+dir)
	cmd.Stderr = os.Stderr
	life, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return &guardian{cmd, life}, nil
}

// release has the guard stop the cluster and waits for it.
func (g *guardian) release() error {
	_ = g.life.Close()
	if err := g.cmd.Wait(); err != nil {
		return fmt.Errorf("stop the local cluster: %w", err)
	}
	return nil
}

// guard is what the guard does. It returns its exit code.
func guard(dir string) int {
	// Ctrl-C reaches the whole group of processes; this one has work to do.
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin)
	err := local.Down(context.Background(), local.Options{Dir: dir})
	if err == nil {
		err = os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "localtest:", err)
		return 1
	}
	return 0
}
