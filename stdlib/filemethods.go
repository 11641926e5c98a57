package stdlib

import (
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// The methods of files.

// checkFile is the file that a method was called on.
func checkFile(L *lua.LState) *file {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			return f
		}
	}
	L.ArgError(1, "file expected, got "+L.Get(1).Type().String())
	return nil
}

// checkOpen is the same, and raises where it was closed.
func checkOpen(L *lua.LState) *file { return checkFile(L).checkOpen(L) }

func (f *file) checkOpen(L *lua.LState) *file {
	if f.closed {
		L.RaiseError("attempt to use a closed file (%s)", f.name)
	}
	return f
}

// fileClose is file:close(). Standard streams stay open: they are the host's. A
// program's end is waited for, and told as Lua 5.2 does.
func (s *files) fileClose(L *lua.LState) int {
	f := checkOpen(L)
	if f.standard {
		L.Push(lua.LTrue)
		return 1
	}
	f.closed = true
	s.open.forget(f)
	var err error
	if f.writer != nil {
		_, err = use(s, L, f, func() (any, error) { return nil, f.writer.Flush() }, func(any) {})
	}
	if f.release != nil {
		err = errors.Join(err, f.release())
	}
	if f.program != nil {
		return s.pushExit(L, f.program)
	}
	if f.onClose != nil {
		f.onClose()
	}
	if err != nil {
		return failure(s.host, L, f.name, err)
	}
	L.Push(lua.LTrue)
	return 1
}

// fileFlush is file:flush(). Standard streams are written in time by themselves.
func (s *files) fileFlush(L *lua.LState) int {
	f := checkOpen(L)
	if f.writer != nil {
		if _, err := use(s, L, f, func() (any, error) { return nil, f.writer.Flush() }, func(any) {}); err != nil {
			return failure(s.host, L, f.name, err)
		}
	}
	L.Push(L.Get(1))
	return 1
}

func (s *files) fileLines(L *lua.LState) int {
	checkOpen(L)
	return s.pushLines(L, L.Get(1).(*lua.LUserData), false)
}

func (s *files) fileRead(L *lua.LState) int {
	return s.readFormats(L, checkOpen(L), arguments(L, 2))
}

// fileSeek is file:seek([whence [, offset]]): the position after it, from the
// start of the file.
func (s *files) fileSeek(L *lua.LState) int {
	f := checkOpen(L)
	var whence int
	switch name := optString(L, 2, "cur"); name {
	case "set":
		whence = io.SeekStart
	case "cur":
		whence = io.SeekCurrent
	case "end":
		whence = io.SeekEnd
	default:
		L.ArgError(2, "invalid option '"+name+"' (want set, cur or end)")
	}
	offset := L.OptInt64(3, 0)
	if f.under == nil {
		return failure(s.host, L, f.name, errors.New("there is no place to go to in it"))
	}
	at, err := use(s, L, f, func() (int64, error) { return f.seek(offset, whence) }, func(int64) {})
	if err != nil {
		return failure(s.host, L, f.name, err)
	}
	L.Push(lua.LNumber(at))
	return 1
}

// seek goes to a place, as the script counts: what was written is written
// before, and what was read ahead wasn't read.
func (f *file) seek(offset int64, whence int) (int64, error) {
	if f.writer != nil {
		if err := f.writer.Flush(); err != nil {
			return 0, err
		}
	}
	if f.reader != nil {
		if whence == io.SeekCurrent {
			offset -= int64(f.reader.Buffered())
		}
		defer f.reader.Reset(f.under)
	}
	return f.under.Seek(offset, whence)
}

// fileSetvbuf is file:setvbuf(mode): "no" writes every piece at once, others
// when there is enough. Standard streams are the host's.
func (s *files) fileSetvbuf(L *lua.LState) int {
	f := checkOpen(L)
	switch mode := L.CheckString(2); mode {
	case "no", "line":
		f.each = true
	case "full":
		f.each = false
	default:
		L.ArgError(2, "invalid option '"+mode+"' (want no, line or full)")
	}
	L.Push(lua.LTrue)
	return 1
}

func fileTostring(L *lua.LState) int {
	f := checkFile(L)
	if f.closed {
		L.Push(lua.LString("file (closed)"))
	} else {
		L.Push(lua.LString("file (" + f.name + ")"))
	}
	return 1
}

func (s *files) fileWrite(L *lua.LState) int {
	checkOpen(L)
	return s.writeValues(L, L.Get(1).(*lua.LUserData), 2)
}

// writeValues writes the arguments from the given one on, strings and numbers,
// and returns the file.
func (s *files) writeValues(L *lua.LState, to *lua.LUserData, first int) int {
	f := to.Value.(*file).checkOpen(L)
	var b strings.Builder
	for i := first; i <= L.GetTop(); i++ {
		if n, ok := L.Get(i).(lua.LNumber); ok {
			b.WriteString(NumberText(n))
		} else {
			b.WriteString(L.CheckString(i))
		}
	}
	switch {
	case f.stream != nil:
		writeTo(L, f.stream, b.String())
	case f.writer == nil:
		L.RaiseError("%s can only be read", f.name)
	default:
		if err := s.writeText(L, f, b.String()); err != nil {
			return failure(s.host, L, f.name, err)
		}
	}
	L.Push(to)
	return 1
}

// writeText writes to a file. What fits in its buffer waits there for more.
func (s *files) writeText(L *lua.LState, f *file, text string) error {
	fits := false
	if !f.each {
		f.atOnce(func() {
			if fits = len(text) <= f.writer.Available() && (f.reader == nil || f.reader.Buffered() == 0); fits {
				_, _ = f.writer.WriteString(text)
			}
		})
	}
	if fits {
		return nil
	}
	_, err := use(s, L, f, func() (any, error) {
		if f.reader != nil && f.reader.Buffered() > 0 && f.under != nil {
			if _, err := f.seek(0, io.SeekCurrent); err != nil {
				return nil, err
			}
		}
		_, err := f.writer.WriteString(text)
		if err == nil && f.each {
			err = f.writer.Flush()
		}
		return nil, err
	}, func(any) {})
	return err
}

// writeTo writes text to a stream of the host, or raises an error.
func writeTo(L *lua.LState, to io.Writer, text string) {
	if _, err := io.WriteString(to, text); err != nil {
		L.RaiseError("write: %v", err)
	}
}

// arguments are the arguments from the given one on.
func arguments(L *lua.LState, first int) []lua.LValue {
	var values []lua.LValue
	for i := first; i <= L.GetTop(); i++ {
		values = append(values, L.Get(i))
	}
	return values
}
