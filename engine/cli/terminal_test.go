//go:build unix

package cli

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"github.com/stretchr/testify/require"
)

// terminal is a terminal with a program that runs in it, as a user has it: a
// pseudo-terminal, and a screen on which what is written there shows.
type terminal struct {
	tty    *os.File
	screen vt10x.Terminal
	cmd    *exec.Cmd
	dumb   bool          // the program is told that it is
	ended  chan struct{} // closed when the program has ended, and all it wrote has come

	mu      sync.Mutex
	written bytes.Buffer  // all that the program has written
	changed chan struct{} // closed when the program writes more

	entered int // how often the prompt had read when something was entered
}

// openTerminal starts a program in a terminal of its own.
func openTerminal(cmd *exec.Cmd, width, height int) (*terminal, error) {
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
	if err != nil {
		return nil, err
	}
	t := &terminal{
		tty:     tty,
		screen:  vt10x.New(vt10x.WithSize(width, height)),
		cmd:     cmd,
		dumb:    slices.Contains(cmd.Env, "TERM=dumb"),
		ended:   make(chan struct{}),
		changed: make(chan struct{}),
	}
	go t.show()
	return t, nil
}

// show shows what the program writes, until it has ended.
func (t *terminal) show() {
	defer close(t.ended)
	chunk, rest := make([]byte, 4096), []byte(nil)
	for {
		n, err := t.tty.Read(chunk)
		if err != nil { // that nobody has the other end any more is one
			break
		}
		rest = append(rest, chunk[:n]...)
		whole := wholeRunes(rest)
		t.mu.Lock()
		t.written.Write(rest[:whole])
		_, _ = t.screen.Write(rest[:whole])
		close(t.changed)
		t.changed = make(chan struct{})
		t.mu.Unlock()
		rest = append(rest[:0], rest[whole:]...)
	}
	_ = t.cmd.Wait()
}

// wholeRunes is how much of a text is there when the last character may be still
// to come.
func wholeRunes(text []byte) int {
	for i := 1; i < utf8.UTFMax && i <= len(text); i++ {
		if last := text[len(text)-i:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return len(text) - i
			}
			break
		}
	}
	return len(text)
}

// close ends the program if it hasn't ended.
func (t *terminal) close() {
	_ = t.cmd.Process.Kill()
	<-t.ended
	_ = t.tty.Close()
}

// patience is how long anything may take on a busy machine.
const patience = time.Minute

// until waits until something holds of what the terminal shows, or the program has
// ended, and tells whether it does.
func (t *terminal) until(holds func() bool) bool {
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		t.mu.Lock()
		ok, changed := holds(), t.changed
		t.mu.Unlock()
		if ok {
			return true
		}
		select {
		case <-changed:
		case <-t.ended:
			t.mu.Lock()
			defer t.mu.Unlock()
			return holds()
		case <-late.C:
			return false
		}
	}
}

// settle waits until the program has written nothing for a while.
func (t *terminal) settle() {
	for {
		t.mu.Lock()
		changed := t.changed
		t.mu.Unlock()
		select {
		case <-changed:
		case <-t.ended:
			return
		case <-time.After(time.Second):
			return
		}
	}
}

// rows is what the terminal shows, with a block where the cursor stands and
// without what is empty at the ends.
func (t *terminal) rows() string {
	rows := strings.Split(t.screen.String(), "\n")
	t.screen.Lock()
	at, shown := t.screen.Cursor(), t.screen.CursorVisible()
	t.screen.Unlock()
	if shown {
		row := []rune(rows[at.Y])
		rows[at.Y] = string(row[:at.X]) + "█" + string(row[at.X:])
	}
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n") + "\n"
}

// What the prompt writes when it begins and ends to read: it has the terminal
// bracket what is pasted. Where it knows of no such things it writes a prompt.
var (
	beginsReading = []byte("\x1b[?2004h")
	endsReading   = []byte("\x1b[?2004l")
	dumbPrompt    = regexp.MustCompile(`(?m)^(local\S*> | +\.\. )`)
)

// reads tells how often the prompt has read, and whether it reads now.
func (t *terminal) reads() (times int, now bool) {
	text := t.written.Bytes()
	if prompts := dumbPrompt.FindAllIndex(text, -1); t.dumb && prompts != nil {
		return len(prompts), prompts[len(prompts)-1][1] == len(text)
	}
	return bytes.Count(text, beginsReading), bytes.LastIndex(text, beginsReading) > bytes.LastIndex(text, endsReading)
}

// awaitPrompt waits until the prompt reads anew since something was entered.
func (t *terminal) awaitPrompt() bool {
	return t.until(func() bool {
		times, now := t.reads()
		return now && times > t.entered
	})
}

// enter types a text and Enter when the prompt reads.
func (t *terminal) enter(text string) error {
	if !t.awaitPrompt() {
		return fmt.Errorf("there is no prompt:\n%s", t.shown())
	}
	t.leavePrompt()
	return t.write(text + "\r")
}

// leavePrompt has awaitPrompt wait for the next time that the prompt reads, if it
// reads now.
func (t *terminal) leavePrompt() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if times, now := t.reads(); now {
		t.entered = times
	}
}

func (t *terminal) write(text string) error {
	_, err := io.WriteString(t.tty, text)
	return err
}

// shown is rows for who doesn't hold the lock.
func (t *terminal) shown() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.rows()
}

// resize changes the size of the terminal.
func (t *terminal) resize(width, height int) error {
	t.mu.Lock()
	t.screen.Resize(width, height)
	t.mu.Unlock()
	return pty.Setsize(t.tty, &pty.Winsize{Rows: uint16(height), Cols: uint16(width)})
}

// keySequences are the keys that have a name and no letter, as a terminal sends
// them.
var keySequences = map[string]string{
	"Enter": "\r", "Tab": "\t", "BackTab": "\x1b[Z", "Esc": "\x1b", "Backspace": "\x7f", "Delete": "\x1b[3~",
	"Up": "\x1b[A", "Down": "\x1b[B", "Right": "\x1b[C", "Left": "\x1b[D", "Home": "\x1b[H", "End": "\x1b[F",
}

// control is a key that is pressed together with Ctrl, or with Alt.
var control = regexp.MustCompile(`^(Ctrl|Alt)-(.+)$`)

// sequenceOf is what a terminal sends for a key: Tab, Ctrl-C, Alt-Enter, or a
// character.
func sequenceOf(key string) (string, error) {
	if named, ok := keySequences[key]; ok {
		return named, nil
	}
	switch m := control.FindStringSubmatch(key); {
	case m != nil && m[1] == "Alt":
		sequence, err := sequenceOf(m[2])
		return "\x1b" + sequence, err
	case m != nil && len(m[2]) == 1:
		return string(rune(m[2][0] & 0x1f)), nil
	case len([]rune(key)) == 1:
		return key, nil
	}
	return "", fmt.Errorf("there is no key %q", key)
}

// inTerminal starts kubelua in a terminal for a test that has no script, with
// variables of the environment before its arguments.
func inTerminal(t *testing.T, width, height int, args ...string) *terminal {
	t.Helper()
	env := append(os.Environ(), "TERM=xterm-256color", "PAGER=", "NO_COLOR=1", "XDG_STATE_HOME="+t.TempDir(), "XDG_CACHE_HOME="+t.TempDir())
	for len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		env, args = append(env, args[0]), args[1:]
	}
	cmd := program(t, args...)
	cmd.Env = env
	terminal, err := openTerminal(cmd, width, height)
	require.NoError(t, err)
	t.Cleanup(terminal.close)
	return terminal
}
