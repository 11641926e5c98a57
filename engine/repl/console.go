package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/signal"
	"strings"
	"sync"

	"golang.org/x/term"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/repl/edit"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/columns"
)

// console is where the user sits: a terminal with an editor, or streams.
type console struct {
	keys   *edit.Keys
	editor *edit.Editor // nil where lines are read as they come
	fd     int          // of the terminal that the editor reads
	cooked *term.State  // of the terminal while it is raw
	size   func() (width, height int)
	paint  paint

	out, err io.Writer
	direct   io.Writer // the same as out, but for what has the whole screen, see alone
	prompts  io.Writer // gets the prompts where there is no editor
	stdin    io.Reader // what scripts read
	asks     bool      // somebody is there who can be asked

	mu      sync.Mutex
	calling context.Context // of the call that goes on, nil while none does
	taken   bool            // by a call that has the whole screen, or a pager
	cancel  context.CancelCauseFunc
	signals int // how often the user has interrupted the call
}

// newConsole is the console of some streams, which are the process's.
func newConsole(in, out, errout *os.File, getenv func(string) string) *console {
	c := &console{keys: edit.NewKeys(in), out: out, err: errout, direct: out, prompts: out}
	c.stdin = scriptInput{c}
	terminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	c.paint = coloured(terminal(out), getenv)
	if !terminal(out) {
		c.prompts = errout
		return c
	}
	c.size = func() (int, int) {
		width, height, err := term.GetSize(int(out.Fd()))
		if err != nil || width <= 0 || height <= 0 {
			return 80, 24
		}
		return width, height
	}
	c.asks = terminal(in)
	if !terminal(in) || getenv("TERM") == "dumb" {
		return c
	}
	c.fd = int(in.Fd())
	c.editor = edit.New(c.keys, out, c.size)
	c.editor.Incomplete = incomplete
	c.editor.Suspend = c.suspend
	c.editor.Highlight = c.paint.highlight
	c.out = terminalOutput{c.editor}
	if terminal(errout) {
		c.err = c.out
	}
	return c
}

// terminalOutput writes above what is being edited.
type terminalOutput struct{ *edit.Editor }

// IsTerminal tells the engine to write at once and to show progress.
func (terminalOutput) IsTerminal() bool { return true }

// incomplete tells whether a text needs another line. Commands don't.
func incomplete(text string) bool {
	trimmed := strings.TrimSpace(text)
	if strings.HasPrefix(trimmed, ":") && !strings.HasPrefix(trimmed, "::") || strings.HasPrefix(trimmed, "?") {
		return false
	}
	return engine.Incomplete(text)
}

// read reads a text. The errors are those of [edit.Editor.Read].
func (c *console) read(ctx context.Context, prompt string) (text string, err error) {
	ctx, done := c.begin(ctx)
	defer done()
	if c.editor == nil {
		text, err = c.readLines(ctx, prompt)
	} else {
		restore, failed := c.raw()
		if failed != nil {
			return "", failed
		}
		defer restore()
		text, err = c.editor.Read(ctx, prompt)
	}
	if errors.Is(err, engine.Interrupted) {
		err = edit.ErrInterrupted
	}
	return text, err
}

// readLines reads lines until they are complete.
func (c *console) readLines(ctx context.Context, prompt string) (string, error) {
	text := ""
	for {
		fmt.Fprint(c.prompts, prompt)
		line, err := c.keys.Line(ctx)
		if err != nil {
			fmt.Fprintln(c.prompts)
			return "", err
		}
		text += line
		if !incomplete(text) {
			return text, nil
		}
		text += "\n"
		prompt = strings.Repeat(" ", max(columns.Of(prompt)-3, 0)) + ".. "
	}
}

// call runs something that Ctrl-C ends.
func (c *console) call(ctx context.Context, fn func(ctx context.Context) error) error {
	ctx, done := c.begin(ctx)
	defer done()
	c.mu.Lock()
	c.calling = ctx
	c.mu.Unlock()
	return fn(ctx)
}

// alone is call for something that writes to direct and may take the whole
// screen: what tasks write meanwhile comes after it.
func (c *console) alone(ctx context.Context, fn func(ctx context.Context) error) error {
	if c.editor != nil {
		defer c.editor.Hold()()
	}
	defer c.take()()
	return c.call(ctx, fn)
}

// take has the terminal taken until back is called.
func (c *console) take() (back func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	was := c.taken
	c.taken = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.taken = was
	}
}

// typed is the call that what the user types is for, or why there is none.
func (c *console) typed() (context.Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.calling == nil:
		return nil, errPromptReads
	case c.taken:
		return nil, errTaken
	}
	return c.calling, nil
}

// begin makes a context that Ctrl-C ends, until done is called. In a call that
// goes on already it is the inner one that ends.
func (c *console) begin(ctx context.Context) (_ context.Context, done func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	outer, around := c.calling, c.cancel
	c.cancel, c.signals = cancel, 0
	return ctx, func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.calling, c.cancel = outer, around
		cancel(nil)
	}
}

// watch obeys signals until stop is called: an interrupt ends the call that goes
// on. One that doesn't end can be left with the process.
func (c *console) watch() (stop func()) {
	interrupts, resizes := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Reset(os.Interrupt) // the host's handler would end the run
	signal.Notify(interrupts, os.Interrupt)
	if len(resizeSignals) > 0 {
		signal.Notify(resizes, resizeSignals...)
	}
	quit := make(chan struct{})
	go func() {
		for {
			select {
			case <-interrupts:
				c.interrupt()
			case <-resizes:
				if c.editor != nil {
					c.editor.Resize()
				}
			case <-quit:
				return
			}
		}
	}()
	return func() {
		signal.Stop(interrupts)
		signal.Stop(resizes)
		close(quit)
	}
}

// interrupt is Ctrl-C outside of the editor.
func (c *console) interrupt() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel == nil {
		return
	}
	c.signals++
	switch c.signals {
	case 1:
		if c.calling != nil && c.size != nil {
			fmt.Fprintln(c.direct) // the terminal has written ^C
		}
		c.cancel(engine.Interrupted)
	case 2:
		fmt.Fprintln(c.err, c.paint.as(dim, "it is still ending; Ctrl-C once more leaves kubelua"))
	default:
		os.Exit(engine.ExitInterrupted)
	}
}

// painted paints a line; one that is wider than the terminal is broken between
// words.
func (c *console) painted(code, line string) string {
	lines := []string{line}
	if c.size != nil {
		if width, _ := c.size(); columns.Of(line) > width {
			lines = wrap(line, width, math.MaxInt)
		}
	}
	for i := range lines {
		lines[i] = c.paint.as(code, lines[i])
	}
	return strings.Join(lines, "\n")
}

// raw has the terminal pass on each key, until restore is called.
func (c *console) raw() (restore func(), err error) {
	state, err := term.MakeRaw(c.fd)
	if err != nil {
		return nil, err
	}
	c.cooked = state
	return func() { _ = term.Restore(c.fd, state) }, nil
}

// suspend is Ctrl-Z: the process stops, with the terminal as it was.
func (c *console) suspend() {
	_ = term.Restore(c.fd, c.cooked)
	stopProcess()
	_, _ = term.MakeRaw(c.fd)
}

// setHistory and addHistory tell the editor what was entered.
func (c *console) setHistory(texts []string) {
	for _, text := range texts {
		c.addHistory(text)
	}
}

func (c *console) addHistory(text string) {
	if c.editor != nil {
		c.editor.History.Add(text)
	}
}

// asker asks the user; nil where nobody is there.
func (c *console) asker() kube.Asker {
	if !c.asks {
		return nil
	}
	return func(ctx context.Context, question string) (bool, error) {
		if _, why := c.typed(); why != nil {
			err := kube.Errorf(kube.DeniedError, "%s (this can't be asked now: %w)", question, why)
			err.Reason = kube.ReasonDenied
			return false, err
		}
		fmt.Fprint(c.direct, question, " [y/N] ")
		text, err := c.keys.Line(ctx)
		if err == io.EOF {
			fmt.Fprintln(c.direct)
			return false, nil
		}
		return kube.IsYes(text), err
	}
}

// scriptInput is what a script reads: what the user types while it runs.
type scriptInput struct{ *console }

// keyInput is what the user types, as long as a context lasts.
type keyInput struct {
	ctx  context.Context
	keys *edit.Keys
}

func (k keyInput) Read(p []byte) (int, error) { return k.keys.Read(k.ctx, p) }

var errNoTerminal = errors.New("this needs a terminal")

// What else what is typed may be for.
var (
	errPromptReads = errors.New("the prompt reads what is typed")
	errTaken       = errors.New("something else has the terminal")
)

func (s scriptInput) Read(p []byte) (int, error) {
	ctx, err := s.typed()
	if err != nil {
		return 0, err
	}
	return s.keys.Read(ctx, p)
}
