//go:build linux || darwin

package local

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// Up makes sure that the cluster runs and returns when it is ready. A cluster
// that runs already is left as it is; calls at the same time, also of several
// programs, make one cluster. The error of a cluster that fails to start is one
// line, and the status has the end of the log.
//
// When ctx is done Up gives up waiting, and stops the cluster if this call
// started it.
func Up(ctx context.Context, o Options) (Status, error) {
	dir, err := o.directory()
	if err != nil {
		return Status{}, err
	}
	p := place(dir)
	for {
		pid, started, err := p.ensure(ctx, o)
		if err != nil {
			return Status{}, err
		}
		s, err := p.follow(ctx, o, pid)
		switch {
		case err != nil:
			if started && ctx.Err() != nil {
				err = fmt.Errorf("%w; stopped what was started", err)
				if derr := p.down(context.WithoutCancel(ctx)); derr != nil {
					err = derr
				}
			}
			return s, err
		case s.Phase == Ready && !started:
			return s, o.check(s)
		case s.Phase == Ready:
			return s, nil
		case s.Phase == Failed:
			return s, fmt.Errorf("start the local cluster: %s", firstLine(s.Error))
		case started:
			return s, fmt.Errorf("start the local cluster: it was stopped before it was ready")
		}
		// The call that had started it gave up; this one has not.
	}
}

// ensure returns the process of a supervisor that is neither stopping nor
// failed, and starts one (started) when there is none.
func (p place) ensure(ctx context.Context, o Options) (pid int, started bool, err error) {
	for _, dir := range []string{string(p), p.file("logs")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return 0, false, fmt.Errorf("make the local cluster's directory: %w", err)
		}
	}
	release, err := exclude(ctx, p.file("up.lock"))
	if err != nil {
		return 0, false, fmt.Errorf("start the local cluster in %s: wait for another start or stop: %w", p, err)
	}
	defer release()
	err = poll(ctx, func() (bool, error) {
		s, alive, err := p.status()
		if err != nil {
			return false, fmt.Errorf("look for the local cluster in %s: %w", p, err)
		}
		if !alive {
			return true, nil
		}
		if s.Phase == Stopped || s.Phase == Failed {
			return false, nil // it is going; wait until it is gone
		}
		pid = s.PID
		return true, nil
	})
	if err != nil || pid != 0 {
		return pid, false, err
	}
	pid, err = p.spawn(ctx, o)
	return pid, err == nil, err
}

// spawn starts a supervisor in a session of its own, so that it outlives this
// program's terminal, and returns once it holds its lock.
func (p place) spawn(ctx context.Context, o Options) (pid int, err error) {
	program, err := o.program()
	if err != nil {
		return 0, err
	}
	path := p.file("logs/supervisor.log")
	log, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, err
	}
	defer log.Close()
	args := []string{"serve", "--dir=" + string(p), "--nodes=" + strconv.Itoa(o.Nodes)}
	if o.Exec {
		args = append(args, "--exec")
	}
	if o.Ephemeral {
		args = append(args, "--ephemeral")
	}
	cmd := exec.Command(program, args...)
	cmd.Dir = string(p)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	// The supervisor reads from a pipe whose other end is open until this
	// program ends; from nothing when it is to outlive it.
	var life *os.File
	if o.Attached {
		stdin, w, err := os.Pipe()
		if err != nil {
			return 0, err
		}
		defer stdin.Close()
		cmd.Args, cmd.Stdin, life = append(cmd.Args, "--attached"), stdin, w
	}
	if err := cmd.Start(); err != nil {
		life.Close()
		return 0, fmt.Errorf("start the local cluster: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		_ = cmd.Wait() // or it would stay a zombie of this program
		life.Close()
		close(ended)
	}()
	err = poll(ctx, func() (bool, error) {
		if holder, err := p.supervisor(); err != nil || holder == cmd.Process.Pid {
			return true, err
		}
		select {
		case <-ended:
			return false, fmt.Errorf("start the local cluster: %s", lastLine(path))
		default:
			return false, nil
		}
	})
	if err != nil {
		_ = cmd.Process.Kill()
		<-ended
		return 0, err
	}
	return cmd.Process.Pid, nil
}

// follow waits for the supervisor pid until its cluster is ready or has ended,
// and returns its state at that moment.
func (p place) follow(ctx context.Context, o Options, pid int) (s Status, err error) {
	told := ""
	err = poll(ctx, func() (bool, error) {
		now, alive, err := p.status()
		if err != nil {
			return false, fmt.Errorf("look for the local cluster in %s: %w", p, err)
		}
		if alive && now.PID != pid {
			s = Status{Phase: Stopped} // another has taken its place
			return true, nil
		}
		s = now
		if o.Progress != nil && s.Waiting != told && s.Waiting != "" {
			told = s.Waiting
			o.Progress(told)
		}
		return s.Phase != Starting, nil
	})
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("wait for the local cluster (for %s): %w", cmp.Or(s.Waiting, "the supervisor"), err)
	}
	return s, err
}

// check returns an error when a running cluster is not what the options ask for.
func (o Options) check(s Status) error {
	var is string
	switch {
	case o.Nodes != 0 && o.Nodes != s.Nodes:
		is = fmt.Sprintf("with %d nodes, not %d", s.Nodes, o.Nodes)
	case o.Exec && !s.Exec:
		is = "without exec"
	case o.Ephemeral && !s.Ephemeral:
		is = "and keeps its data"
	default:
		return nil
	}
	return fmt.Errorf("the local cluster runs already, %s: run `kubelua cluster down` first", is)
}

// lastLine returns the last line of a log, or where the log is.
func lastLine(path string) string {
	data, err := os.ReadFile(path)
	text := strings.TrimSpace(string(data))
	if err != nil || text == "" {
		return "the supervisor ended at once, see " + path
	}
	return text[strings.LastIndexByte(text, '\n')+1:]
}
