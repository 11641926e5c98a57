package stdlib

import (
	"bufio"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"sync"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// fileBuffer is how much of what is written to a file waits for more.
const fileBuffer = 32 << 10

// file is a file as a script sees it: one of the machine, a standard stream, an
// end of a program's input or output.
type file struct {
	name   string
	reader *input        // nil where it can't be read
	writer *bufio.Writer // nil where it can't be written, and for a stream
	stream io.Writer     // a standard stream to write to: it needs no buffer
	under  host.File     // nil where there is no place to seek in
	each   bool          // write every piece at once

	// turn has room for one: who uses reader, writer and under. An operation
	// that was left behind because its run has ended keeps it until it ends.
	turn chan struct{}

	standard bool // it is the host's, and stays open
	closed   bool
	release  func() error // closes what is below, nil for nothing
	onClose  func()       // called after that, nil for nothing
	program  *program     // whose input or output it is, nil for none
}

// input is what was read ahead. Who has the turn may replace the reader.
type input struct{ *bufio.Reader }

func newInput(from io.Reader) *input { return &input{bufio.NewReader(from)} }

func newFile(name string) *file { return &file{name: name, turn: make(chan struct{}, 1)} }

func standardInput(from io.Reader) *file {
	f := newFile("stdin")
	f.standard, f.reader = true, newInput(from)
	return f
}

func standardOutput(name string, to io.Writer) *file {
	f := newFile(name)
	f.standard, f.stream = true, to
	return f
}

// standard makes a value of a stream of the host.
func (s *files) standard(L *lua.LState, f *file) *lua.LUserData {
	ud := L.NewUserData()
	ud.Value, ud.Metatable = f, s.meta
	return ud
}

// opened are the files that scripts have opened and not closed.
type opened struct {
	mu    sync.Mutex
	files map[*file]struct{}
}

// value makes a value of a file. One that no script refers to any more is closed.
func (s *files) value(L *lua.LState, f *file) *lua.LUserData {
	s.open.mu.Lock()
	s.open.files[f] = struct{}{}
	s.open.mu.Unlock()
	ud := s.standard(L, f)
	runtime.AddCleanup(ud, s.open.abandon, f)
	return ud
}

// abandon closes a file that nobody uses any more.
func (o *opened) abandon(f *file) {
	if o.forget(f) {
		go func() { _ = f.end() }() // it may take a while
	}
}

// forget takes a file out; false if it was not in.
func (o *opened) forget(f *file) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, open := o.files[f]
	delete(o.files, f)
	return open
}

// closingTime bounds how long closing what scripts left open may take.
const closingTime = 2 * time.Second

// close closes all.
func (o *opened) close() {
	o.mu.Lock()
	files := o.files
	o.files = make(map[*file]struct{})
	o.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), closingTime)
	defer cancel()
	for f := range files {
		_, _, _ = await(ctx, func() (any, error) { return nil, f.end() }, func(any) {})
	}
}

// end writes what is left, unless an operation was left behind, and closes what
// is below.
func (f *file) end() error {
	var err error
	select {
	case f.turn <- struct{}{}:
		if f.writer != nil {
			err = f.writer.Flush()
		}
		<-f.turn
	default:
	}
	if f.release != nil {
		err = errors.Join(err, f.release())
	}
	if f.onClose != nil {
		f.onClose()
	}
	return err
}

// openPath opens a file of the machine.
func (s *files) openPath(L *lua.LState, path string, flags int) (*lua.LUserData, error) {
	var under host.File
	err := s.host.Block(L, func(ctx context.Context) (err error) {
		under, _, err = await(ctx, func() (host.File, error) { return s.host.OpenFile(path, flags) }, func(late host.File) {
			if late != nil {
				_ = late.Close()
			}
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	f := newFile(path)
	f.under, f.release = under, under.Close
	if flags&os.O_WRONLY == 0 {
		f.reader = newInput(under)
	}
	if flags&(os.O_WRONLY|os.O_RDWR) != 0 {
		f.writer = bufio.NewWriterSize(under, fileBuffer)
	}
	return s.value(L, f), nil
}

// await runs a call that can't be interrupted, for callers that can: when ctx
// ends it goes on by itself, late gets its result, and came is false.
func await[T any](ctx context.Context, call func() (T, error), late func(T)) (value T, came bool, err error) {
	type result struct {
		value T
		err   error
	}
	done := make(chan result)
	go func() {
		value, err := call()
		select {
		case done <- result{value, err}:
		case <-ctx.Done():
			late(value)
		}
	}()
	select {
	case r := <-done:
		return r.value, true, r.err
	case <-ctx.Done():
		return value, false, context.Cause(ctx)
	}
}

// use runs an operation on a file, which it has for itself, while others of the
// VM go on. When the script is told to end the operation goes on by itself, and
// late gets what it found.
func use[T any](s *files, L *lua.LState, f *file, op func() (T, error), late func(T)) (value T, err error) {
	err = s.host.Block(L, func(ctx context.Context) (err error) {
		select {
		case f.turn <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		var came bool
		value, came, err = await(ctx, op, func(value T) {
			late(value)
			<-f.turn
		})
		if came {
			<-f.turn
		}
		return err
	})
	return value, err
}

// atOnce runs an operation that doesn't wait, unless somebody uses the file.
func (f *file) atOnce(op func()) bool {
	select {
	case f.turn <- struct{}{}:
		op()
		<-f.turn
		return true
	default:
		return false
	}
}

// fail raises an error that no script should go on with: what the host refuses,
// and that the run has ended. It returns otherwise.
func fail(h host.Host, L *lua.LState, err error) {
	ended := L.Context() != nil && L.Context().Err() != nil
	if ended || errors.Is(err, host.ErrDenied) {
		h.Raise(L, err)
	}
}

// failure returns an error as Lua's io functions do: nil, a message that starts
// with the name of the file, if any, and the number that the system has for it.
func failure(h host.Host, L *lua.LState, name string, err error) int {
	fail(h, L, err)
	message := reason(err).Error()
	if name != "" {
		message = name + ": " + message
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(message))
	var number syscall.Errno
	if !errors.As(err, &number) {
		return 2
	}
	L.Push(lua.LNumber(number))
	return 3
}

// reason is an error without the name of the file, which is told already.
func reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
