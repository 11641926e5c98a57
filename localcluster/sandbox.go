package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/creack/pty"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/cri-streaming/pkg/streaming/remotecommand"
	utilexec "k8s.io/utils/exec"
)

// commandPath is where commands are looked for.
const commandPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// commandsAnnotation on a pod lists, between commas, the commands that its images
// have. Without it they have those of this machine.
const commandsAnnotation = domain + "/commands"

// sandbox runs a pod's commands: on this machine, as this user, in a folder of
// the pod's own that is empty at first, without the user's environment. It is no
// protection against what the command does.
type sandbox struct {
	dir string
	pod *corev1.Pod
}

// ExecInContainer implements remotecommand.Executor.
func (s *sandbox) ExecInContainer(ctx context.Context, _, _, _ string, command []string, in io.Reader, out, errOut io.WriteCloser, tty bool, resize <-chan remotecommand.TerminalSize, _ time.Duration) error {
	if len(command) == 0 {
		return errors.New("no command")
	}
	if list, ok := s.pod.Annotations[commandsAnnotation]; ok && !slices.Contains(strings.Split(list, ","), command[0]) {
		return exitCode(&exec.Error{Name: command[0], Err: exec.ErrNotFound})
	}
	dir := filepath.Join(s.dir, string(s.pod.UID))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{"PATH=" + commandPath, "HOME=" + dir, "HOSTNAME=" + s.pod.Name}
	if tty {
		return exitCode(runTerminal(cmd, in, out, resize))
	}
	return exitCode(runPiped(cmd, in, out, errOut))
}

// runPiped runs cmd on streams. Unlike cmd.Stdin, it does not wait for the end
// of in after the command has ended: the caller may never send one.
func runPiped(cmd *exec.Cmd, in io.Reader, out, errOut io.Writer) error {
	if out != nil { // a nil stream in an interface would be written to
		cmd.Stdout = out
	}
	if errOut != nil {
		cmd.Stderr = errOut
	}
	if in != nil {
		stdin, err := cmd.StdinPipe()
		if err != nil {
			return err
		}
		go func() {
			_, _ = io.Copy(stdin, in)
			stdin.Close()
		}()
	}
	return cmd.Run()
}

// runTerminal runs cmd on a terminal of its own.
func runTerminal(cmd *exec.Cmd, in io.Reader, out io.Writer, resize <-chan remotecommand.TerminalSize) error {
	cmd.Env = append(cmd.Env, "TERM=xterm")
	terminal, err := pty.Start(cmd)
	if err != nil {
		return err
	}
	defer terminal.Close()
	go func() {
		for size := range resize {
			_ = pty.Setsize(terminal, &pty.Winsize{Rows: size.Height, Cols: size.Width})
		}
	}()
	if in != nil {
		go func() { _, _ = io.Copy(terminal, in) }()
	}
	if out != nil {
		_, _ = io.Copy(out, terminal) // ends with EIO when the command closes it
	}
	return cmd.Wait()
}

// exitCode makes of a command's failure what the stream's protocol knows: the
// code it ended with, by a shell's rules when it never ran or was killed.
func exitCode(err error) error {
	exit := new(exec.ExitError)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &exit):
		code := exit.ExitCode()
		if code < 0 {
			code = 137
		}
		return utilexec.CodeExitError{Err: fmt.Errorf("command terminated with exit code %d", code), Code: code}
	default: // as container runtimes say it
		return fmt.Errorf("failed to exec in container: %w", err)
	}
}
