package repl

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/kubelua/kubelua/stdlib/columns"
)

// pagerCommand is the user's pager, less where $PAGER isn't set, none where it is
// empty or cat.
func pagerCommand(lookup func(string) (string, bool)) []string {
	command, set := lookup("PAGER")
	if !set {
		command = "less"
	}
	words := strings.Fields(command)
	if len(words) == 0 || words[0] == "cat" {
		return nil
	}
	if _, err := exec.LookPath(words[0]); err != nil {
		return nil
	}
	return words
}

// page writes text, through the pager where it is longer than the terminal.
func (p *printer) page(text string) error {
	width, height := p.room()
	if p.pager != nil && height > 0 && rows(text, width) >= height {
		command := exec.Command(p.pager[0], p.pager[1:]...)
		command.Stdin, command.Stdout, command.Stderr = strings.NewReader(text), p.out, p.out
		if os.Getenv("LESS") == "" {
			// Keep colours, and what was shown; don't wait where all fits (as git does).
			command.Env = append(os.Environ(), "LESS=FRX")
		}
		if err := command.Start(); err == nil {
			// How it ends is between it and the user, who may have left it early.
			_ = command.Wait()
			return nil
		}
	}
	_, err := io.WriteString(p.out, text)
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

// rows is how many rows of a screen a text takes.
func rows(text string, width int) int {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if width > 0 {
			n += max(columns.Of(strings.TrimSuffix(line, "\n"))-1, 0) / width
		}
	}
	return n
}
