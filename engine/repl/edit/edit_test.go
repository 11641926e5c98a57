package edit

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/hinshun/vt10x"
	"github.com/stretchr/testify/assert"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is an editor on the screen of a terminal, and the keyboard before it.
type desk struct {
	*Editor
	t        testing.TB
	terminal vt10x.Terminal
	keys     *keyboard
	read     chan reading // what Read returned
}

type reading struct {
	text string
	err  error
}

// keyboard is what an editor reads in a test.
type keyboard struct {
	chunks chan string
	idle   chan struct{} // gets something each time that more is asked for
}

func (k *keyboard) Read(p []byte) (int, error) {
	k.idle <- struct{}{}
	chunk, ok := <-k.chunks
	if !ok {
		return 0, io.EOF
	}
	return copy(p, chunk), nil
}

// newDesk is an editor that reads a text, at a prompt "> ".
func newDesk(t testing.TB, width, height int, options ...func(*Editor)) *desk {
	t.Helper()
	d := &desk{
		t:        t,
		terminal: vt10x.New(vt10x.WithSize(width, height)),
		keys:     &keyboard{make(chan string), make(chan struct{}, 1)},
		read:     make(chan reading, 1),
	}
	keys := NewKeys(d.keys)
	d.Editor = New(keys, d.terminal, d.terminal.Size)
	for _, o := range options {
		o(d.Editor)
	}
	d.begin()
	t.Cleanup(func() {
		close(d.keys.chunks)
		keys.Close()
	})
	return d
}

// begin reads a text.
func (d *desk) begin() {
	go func() {
		text, err := d.Read(d.t.Context(), "> ")
		d.read <- reading{text, err}
	}()
	<-d.keys.idle
}

// press presses keys, each by itself, and returns once they are handled.
func (d *desk) press(keys ...string) {
	for _, k := range keys {
		d.keys.chunks <- k
		<-d.keys.idle
	}
}

// last presses the key that ends the text, and returns it.
func (d *desk) last(key string) (text string, err error) {
	d.keys.chunks <- key
	r := <-d.read
	return r.text, r.err
}

// edited is the text, with a bar where the cursor stands.
func (d *desk) edited() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.buffer.text[:d.buffer.cursor] + "|" + d.buffer.text[d.buffer.cursor:]
}

// shows compares what is on the screen, with a bar where the cursor stands.
func (d *desk) shows(rows ...string) {
	d.t.Helper()
	assert.Equal(d.t, strings.Join(rows, "\n"), screenOf(d.terminal))
}

// screenOf is what a terminal shows, without what is empty at the ends.
func screenOf(terminal vt10x.Terminal) string {
	rows := strings.Split(terminal.String(), "\n")
	terminal.Lock()
	at := terminal.Cursor()
	terminal.Unlock()
	row := []rune(rows[at.Y])
	rows[at.Y] = string(row[:at.X]) + "|" + string(row[at.X:])
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// Keys as terminals send them.
const (
	keyUp       = "\x1b[A"
	keyDown     = "\x1b[B"
	keyRight    = "\x1b[C"
	keyLeft     = "\x1bOD"
	keyHome     = "\x1b[H"
	keyEnd      = "\x1b[F"
	keyDelete   = "\x1b[3~"
	keyBackTab  = "\x1b[Z"
	keyEnter    = "\r"
	keyAltEnter = "\x1b\r"
	keyTab      = "\t"
	keyEscape   = "\x1b"
	keyBack     = "\x7f"
)

// ctrl is Ctrl with a letter.
func ctrl(letter byte) string { return string(rune(letter - '@')) }

func paste(text string) string { return "\x1b[200~" + text + "\x1b[201~" }

func TestEditing(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		keys []string
		want string
	}{
		{"typed", []string{"a", "b"}, "ab|"},
		{"in one go", []string{"pods"}, "pods|"},
		{"left and right", []string{"abc", keyLeft, keyLeft, keyRight, "x"}, "abx|c"},
		{"beyond the ends", []string{"a", keyLeft, keyLeft, "x", keyRight, keyRight, keyRight, "y"}, "xay|"},
		{"Ctrl-B and Ctrl-F", []string{"ab", ctrl('B'), ctrl('B'), ctrl('F'), "x"}, "ax|b"},
		{"Home and End", []string{"ab", keyHome, "x", keyEnd, "y"}, "xaby|"},
		{"Ctrl-A and Ctrl-E", []string{"ab", ctrl('A'), "x", ctrl('E'), "y"}, "xaby|"},
		{"Backspace", []string{"abc", keyLeft, keyBack}, "a|c"},
		{"Backspace at the start", []string{keyBack, "a"}, "a|"},
		{"Ctrl-H", []string{"ab", ctrl('H')}, "a|"},
		{"Delete", []string{"abc", keyHome, keyDelete}, "|bc"},
		{"Ctrl-D in a text", []string{"abc", keyHome, ctrl('D')}, "|bc"},
		{"Ctrl-D at the end", []string{"abc", ctrl('D')}, "abc|"},
		{"words", []string{"one.two three", "\x1bb", "\x1bb", "x", "\x1bf", "y"}, "one.xtwoy| three"},
		{"words by arrows", []string{"one two", "\x1b[1;5D", "\x1b[1;3D", "\x1b[1;5C"}, "one| two"},
		{"Ctrl-W", []string{"a = b.c", ctrl('W')}, "a = |"},
		{"Alt-Backspace", []string{"a = b.c", "\x1b\x7f"}, "a = b.|"},
		{"Alt-D", []string{"a = b.c", ctrl('A'), "\x1bd"}, "| = b.c"},
		{"Ctrl-K and Ctrl-Y", []string{"abc", keyLeft, ctrl('K'), keyHome, ctrl('Y')}, "c|ab"},
		{"Ctrl-K joins lines", []string{"a", keyAltEnter, "b", keyUp, ctrl('K')}, "a|b"},
		{"Ctrl-U", []string{"abc", keyLeft, ctrl('U'), ctrl('Y'), ctrl('Y')}, "abab|c"},
		{"cuts that follow each other are one", []string{"a b c", ctrl('W'), ctrl('W'), "x", ctrl('Y')}, "a xb c|"},
		{"cuts apart are not", []string{"a b c", ctrl('W'), "x", ctrl('W'), ctrl('Y')}, "a b x|"},
		{"undo", []string{"a", "b", " ", "c", ctrl('_')}, "ab |"},
		{"undo a word", []string{"a", "b", " ", "c", ctrl('_'), ctrl('_')}, "ab|"},
		{"undo all", []string{"a", " ", "b", ctrl('_'), ctrl('_'), ctrl('_'), ctrl('_')}, "|"},
		{"undo a cut", []string{"abc", ctrl('U'), ctrl('_')}, "abc|"},
		{"undo is where it was", []string{"abc", keyHome, ctrl('K'), ctrl('_')}, "|abc"},
		{"characters of several bytes", []string{"aä日e\u0301", keyBack, keyLeft, "x"}, "aäx|日"},
		{"a character that comes in two parts", []string{"\xc3", "\xa4"}, "ä|"},
		{"no character at all", []string{"a\xffb"}, "a\ufffdb|"},
		{"control characters that mean nothing", []string{"a", ctrl('O'), ctrl('T'), "b"}, "ab|"},
		{"keys that mean nothing", []string{"a", "\x1b[5~", "\x1b[24~", "\x1b[1;2A", "\x1bx", "b"}, "ab|"},
		{"Escape", []string{"a", keyEscape, "b"}, "ab|"},
		{"paste", []string{"(", paste("a\r\nb\rc\td"), ")"}, "(a\nb\nc\td)|"},
		{"a paste in parts", []string{"\x1b[20", "0~a", "b\x1b[201", "~c"}, "abc|"},
		{"a paste is undone at once", []string{"x", paste("a b c"), ctrl('_')}, "x|"},
		{"up and down", []string{"abc", keyAltEnter, "d", keyAltEnter, "efg", keyUp, keyUp, keyDown, "x"}, "abc\ndx|\nefg"},
		{"up keeps the column", []string{"日本", keyAltEnter, "ab", keyUp}, "日本|\nab"},
		{"Home of a line", []string{"ab", keyAltEnter, "cd", keyHome, "x", keyUp, keyEnd, "y"}, "aby|\nxcd"},
		{"Alt-< and Alt->", []string{"ab", keyAltEnter, "cd", "\x1b<", "x", "\x1b>", "y"}, "xab\ncdy|"},
		{"Tab indents a line of several", []string{"do", keyAltEnter, ctrl('U'), keyTab, "x"}, "do\n  x|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 80, 24)
			d.press(tt.keys...)
			assert.Equal(t, tt.want, d.edited())
		})
	}
}

// What begins a block indents the next line; Enter ends what is complete.
func TestEnter(t *testing.T) {
	t.Parallel()
	begin, end := regexp.MustCompile(`\bdo\b|\bfunction\b|\{`), regexp.MustCompile(`\bend\b|\}`)
	open := func(text string) bool {
		return len(begin.FindAllString(text, -1)) > len(end.FindAllString(text, -1))
	}
	for _, tt := range []struct {
		name string
		keys []string
		want string
	}{
		{"complete", []string{"x", keyEnter}, "x"},
		{"Ctrl-J", []string{"x", ctrl('J')}, "x"},
		{"block", []string{"while x do", keyEnter, "y()", keyEnter, "end", keyEnter}, "while x do\n  y()\nend"},
		{"block in a block", []string{"while x do", keyEnter, "while y do", keyEnter, "z()", keyEnter, "end", keyEnter, "end", keyEnter}, "while x do\n  while y do\n    z()\n  end\nend"},
		{"else", []string{"while do", keyEnter, "if y then", keyEnter, "z()", keyEnter, "else", keyEnter, "end end", keyEnter}, "while do\n  if y then\n    z()\n  else\n  end end"},
		{"moved by hand", []string{"while x do", keyEnter, "y()", keyEnter, keyBack, keyBack, "end", keyEnter}, "while x do\n  y()\nend"},
		{"a name that begins with end", []string{"while x do", keyEnter, "ending()", keyEnter, "end", keyEnter}, "while x do\n  ending()\nend"},
		{"tabs", []string{"while x do", keyEnter, keyBack, keyBack, "\x1b[200~\t\x1b[201~", "end", keyEnter}, "while x do\n\tend"},
		{"function", []string{"function f(a)", keyEnter, "end", keyEnter}, "function f(a)\nend"},
		{"function on one line", []string{"f = { function(a) end", keyEnter, "}", keyEnter}, "f = { function(a) end\n}"},
		{"lines that come at once", []string{"while x do\n\ty()\nend\n"}, "while x do\n  y()\nend"},
		{"a name that ends in do", []string{"{undo", keyEnter, "}", keyEnter}, "{undo\n}"},
		{"table", []string{"  x = {", keyEnter, "}", keyEnter}, "  x = {\n  }"},
		{"in the middle of a line", []string{"ab", keyLeft, keyEnter}, "ab"},
		{"not in the last line", []string{"a", keyAltEnter, "b", keyUp, keyEnter, "c", keyDown, keyEnter}, "a\nc\nb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t, 80, 24, func(e *Editor) { e.Incomplete = open })
			n := len(tt.keys) - 1
			d.press(tt.keys[:n]...)
			text, err := d.last(tt.keys[n])
			assert.NoError(t, err)
			assert.Equal(t, tt.want, text)
		})
	}
}

func TestReadEnds(t *testing.T) {
	t.Parallel()
	t.Run("Ctrl-C", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 5)
		d.press("abc", keyLeft)
		text, err := d.last(ctrl('C'))
		assert.Equal(t, ErrInterrupted, err)
		assert.Empty(t, text)
		d.shows("> abc^C", "|")
	})
	t.Run("Ctrl-D", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 5)
		_, err := d.last(ctrl('D'))
		assert.Equal(t, io.EOF, err)
		d.shows(">", "|")
	})
	t.Run("end of the input", func(t *testing.T) {
		t.Parallel()
		in := NewKeys(strings.NewReader("ab"))
		defer in.Close()
		_, err := New(in, io.Discard, func() (int, int) { return 80, 24 }).Read(t.Context(), "> ")
		assert.Equal(t, io.EOF, err)
	})
	t.Run("context", func(t *testing.T) {
		t.Parallel()
		read, write := io.Pipe()
		defer write.Close()
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(io.ErrClosedPipe)
		in := NewKeys(read)
		defer in.Close()
		_, err := New(in, io.Discard, func() (int, int) { return 80, 24 }).Read(ctx, "> ")
		assert.Equal(t, io.ErrClosedPipe, err)
	})
	t.Run("what has come is there for the next", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 5)
		d.keys.chunks <- paste("x") + "\r"
		assert.Equal(t, reading{"x", nil}, <-d.read)
		d.begin()
		text, err := d.last("y\x01\r")
		assert.NoError(t, err)
		assert.Equal(t, "y", text)
		d.shows("> x", "> y", "|")
	})
}

func TestScreens(t *testing.T) {
	t.Parallel()
	t.Run("a text wider than the screen", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 12, 6)
		d.press("abcdefghijklm")
		d.shows("> abcdefghi", "jklm|")
		d.press(keyHome)
		d.shows("> |abcdefghi", "jklm")
	})
	t.Run("that fills its row", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 12, 6)
		d.press("abcdefghi")
		d.shows("> abcdefghi", "|")
		d.press(keyBack)
		d.shows("> abcdefgh|")
	})
	t.Run("several lines", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 6)
		d.press("one", keyAltEnter, "two", keyUp)
		d.shows("> one|", ".. two")
		_, _ = d.last(ctrl('C'))
		d.shows("> one", ".. two^C", "|")
	})
	t.Run("more lines than the screen has", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 4)
		d.press(paste("1\n2\n3\n4\n5\n6"))
		d.shows(".. 4", ".. 5", ".. 6|")
		d.press(keyUp, keyUp, keyUp)
		d.shows(".. 2", ".. 3|", ".. 4")
		d.press(keyUp, keyUp)
		d.shows("> 1|", ".. 2", ".. 3")
	})
	t.Run("on a terminal of no use", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 3, 1)
		d.press(paste("some text\nof lines"), keyUp, keyTab)
		text, err := d.last(ctrl('C'))
		assert.Equal(t, ErrInterrupted, err)
		assert.Empty(t, text)
	})
	t.Run("tabs and control characters", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 30, 4)
		d.press(paste("a\tb\x1b[31mc\x00"))
		d.shows("> a    b^[[31mc^@|")
	})
	t.Run("Ctrl-L", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 4)
		_, _ = d.last(ctrl('C'))
		d.begin()
		d.press("abc", ctrl('L'))
		d.shows("> abc|")
	})
	t.Run("colours", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 4, func(e *Editor) {
			e.Highlight = func(text string) []Span { return []Span{{0, 1, "\x1b[31m"}, {2, 4, "\x1b[32m"}} }
		})
		d.press("abcde")
		d.shows("> abcde|")
		d.terminal.Lock()
		defer d.terminal.Unlock()
		for x, want := range map[int]vt10x.Color{2: vt10x.Red, 3: vt10x.DefaultFG, 4: vt10x.Green, 5: vt10x.Green, 6: vt10x.DefaultFG} {
			assert.Equal(t, want, d.terminal.Cell(x, 0).FG, "column %d", x)
		}
	})
	t.Run("hint", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 12, 4, func(e *Editor) {
			e.Hint = func(text string, cursor int) string {
				if cursor == 0 {
					return ""
				}
				return "about " + text[:cursor]
			}
		})
		d.shows("> |")
		d.press("abcdefg")
		d.shows("> abcdefg|", "about abcde")
		_, _ = d.last(ctrl('C'))
		d.shows("> abcdefg^C", "|")
	})
}

func TestResize(t *testing.T) {
	t.Parallel()
	d := newDesk(t, 20, 6)
	_, _ = d.Write([]byte("above\n"))
	d.press("abcdefghijklmnopqrstuvw")
	d.shows("above", "> abcdefghijklmnopq", "rstuvw|")
	d.terminal.Resize(30, 6)
	d.Resize()
	d.shows("above", "> abcdefghijklmnopqrstuvw|")
	d.terminal.Resize(30, 3)
	d.Resize()
	d.shows("above", "> abcdefghijklmnopqrstuvw|")
	_, _ = d.last(keyEnter)
	d.terminal.Resize(40, 6)
	d.Resize() // nothing is read
	d.shows("above", "> abcdefghijklmnopqrstuvw", "|")
}

// A terminal that becomes narrower breaks the rows that it shows.
func TestResizeToNarrower(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	width := 20
	s := screen{out: &out, size: func() (int, int) { return width, 5 }}
	s.draw(block{rows: []string{"> 0123456789abcde", "fgh"}, row: 1, column: 3})
	out.Reset()
	width = 8
	s.draw(block{rows: []string{"> 01234"}, column: 7})
	assert.Contains(t, out.String(), "\x1b[3A\r"+clearBelow, "17 columns are 3 rows of 8")
}

func TestWriteAbove(t *testing.T) {
	t.Parallel()
	t.Run("while a text is edited", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 8)
		d.press("ab", keyAltEnter, "cd", keyLeft)
		_, _ = d.Write([]byte("one\ntwo\n"))
		d.shows("one", "two", "> ab", ".. c|d")
		d.press("x")
		d.shows("one", "two", "> ab", ".. cx|d")
	})
	t.Run("lines that have no end yet", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 8)
		d.press("ab")
		_, _ = d.Write([]byte("10 %"))
		d.shows("10 %", "> ab|")
		_, _ = d.Write([]byte("\r\x1b[K20 %"))
		d.shows("20 %", "> ab|")
		_, _ = d.Write([]byte(" done\n"))
		d.shows("20 % done", "> ab|")
		_, _ = d.Write([]byte("rest"))
		text, err := d.last(keyEnter)
		assert.NoError(t, err)
		assert.Equal(t, "ab", text)
		d.shows("20 % done", "> ab", "rest|")
		d.begin()
		d.shows("20 % done", "> ab", "rest", "> |")
	})
	t.Run("while none is", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 8)
		_, _ = d.last(keyEnter)
		_, _ = d.Write([]byte("no end\x1b[0m"))
		d.begin()
		d.shows(">", "no end", "> |")
		_, _ = d.last(keyEnter)
		_, _ = d.Write([]byte("end\r\n\x1b[0m"))
		d.begin()
		d.shows(">", "no end", ">", "end", "> |")
	})
	t.Run("by many at once", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 12)
		var writers sync.WaitGroup
		for range 4 {
			writers.Go(func() { _, _ = d.Write([]byte("line\n")); d.Refresh(); d.Resize() })
		}
		d.press("a", "b", "c")
		writers.Wait()
		d.shows("line", "line", "line", "line", "> abc|")
	})
	t.Run("held", func(t *testing.T) {
		t.Parallel()
		d := newDesk(t, 20, 8)
		_, _ = d.last(keyEnter)
		release := d.Hold()
		_, _ = d.Write([]byte("later\r\n"))
		d.shows(">", "|")
		release()
		d.shows(">", "later", "|")
	})
}
