package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// component is one process of the cluster. It is safe for concurrent use once
// started.
type component struct {
	name string
	log  string // path
	cmd  *exec.Cmd
	done chan struct{} // closed when the process has ended
}

// launcher starts components.
type launcher struct {
	binary string   // this program
	logs   string   // directory of the logs
	work   string   // working directory of the components, with their locks
	life   *os.File // read end of the lifeline
}

// newLauncher opens the lifeline. Its write end stays open until this process
// ends, and no child inherits it.
func newLauncher(logs, work string) (*launcher, error) {
	binary, err := os.Executable()
	if err != nil {
		return nil, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	keepOpen(w)
	return &launcher{binary: binary, logs: logs, work: work, life: r}, nil
}

// start runs a component with args. The files are inherited from descriptor 4
// on. The component gets a process group of its own, so that a Ctrl-C at the
// supervisor's terminal does not reach it: the supervisor stops components, in
// the order that they need.
func (l *launcher) start(name string, args []string, files ...*os.File) (*component, error) {
	c := &component{name: name, log: filepath.Join(l.logs, name+".log"), done: make(chan struct{})}
	out, err := os.OpenFile(c.log, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	c.cmd = exec.Command(l.binary, append([]string{name}, args...)...)
	c.cmd.Dir = l.work
	c.cmd.Env = l.environment(name)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	c.cmd.ExtraFiles = append([]*os.File{l.life}, files...)
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		_ = c.cmd.Wait()
		close(c.done)
	}()
	return c, nil
}

// lock returns the path of a component's lock.
func (l *launcher) lock(name string) string { return filepath.Join(l.work, name+".lock") }

// clear kills the component that an earlier supervisor left, if it did, and
// returns when it is gone.
func (l *launcher) clear(name string) error {
	for began := time.Now(); ; time.Sleep(pollInterval) {
		pid, err := holder(l.lock(name))
		if err != nil || pid == 0 {
			return err
		}
		if time.Since(began) > stopGrace {
			return fmt.Errorf("%s of an earlier run (process %d) does not end", name, pid)
		}
		_ = syscall.Kill(-pid, syscall.SIGKILL) // its group, as start made it
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

// environment is what a component sees of the user's: next to nothing, because
// etcd and kwok take flags and files from the environment, and because exec
// runs commands below kwok.
func (l *launcher) environment(name string) []string {
	return []string{
		"PATH=" + commandPath,
		"HOME=" + l.work,
		"TMPDIR=" + os.TempDir(),
		"KWOK_WORKDIR=" + l.work, // or it reads the user's own ~/.kwok/kwok.yaml
		envLock + "=" + l.lock(name),
	}
}

// alive tells whether the process still runs.
func (c *component) alive() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// stop asks the component to end, kills it after grace (at once when 0) and
// returns when it is gone. It does nothing for one that has ended.
func (c *component) stop(grace time.Duration) {
	if grace > 0 {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-c.done:
		case <-time.After(grace):
		}
	}
	if c.alive() {
		_ = syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL) // the group: exec's commands too
	}
	<-c.done
}

// end says how an ended component ended.
func (c *component) end() string {
	state := c.cmd.ProcessState
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return fmt.Sprintf("%s was killed by signal %q", c.name, status.Signal())
	}
	return fmt.Sprintf("%s ended with exit code %d", c.name, state.ExitCode())
}

// tail returns the last lines of the component's log, or why there are none.
func (c *component) tail(lines int) string {
	text, err := tailFile(c.log, lines)
	if err != nil {
		return err.Error()
	}
	return text
}

// tailFile returns the last lines of a file, of its last 64 KB at most.
func tailFile(path string, lines int) (string, error) {
	const most = 64 << 10
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if _, err := f.Seek(-most, io.SeekEnd); err != nil && !errors.Is(err, syscall.EINVAL) {
		return "", err // EINVAL: the file is shorter, read it from its start
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return "", err
	}
	all := strings.Split(string(bytes.TrimRight(data, "\n")), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n"), nil
}
