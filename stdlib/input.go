package stdlib

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// Reading from files.

// readFormats reads one value for each format: "*l" a line, "*L" a line with
// its end, "*a" all that is left, "*n" a number, n so many bytes. What isn't
// there is nil, and nothing after it is read.
func (s *files) readFormats(L *lua.LState, f *file, formats []lua.LValue) int {
	if f.reader == nil {
		L.RaiseError("%s can only be written", f.name)
	}
	if len(formats) == 0 {
		formats = []lua.LValue{lua.LString("*l")}
	}
	for i, format := range formats {
		text, err := s.readText(L, f, readerFor(L, i+1, format))
		switch {
		case errors.Is(err, io.EOF):
			L.Push(lua.LNil)
			return i + 1
		case err != nil:
			if f.standard {
				fail(s.host, L, err)
				L.RaiseError("read %s: %v", f.name, err)
			}
			return failure(s.host, L, f.name, err)
		case isFormat(format, "n"):
			L.Push(parseNumber(text))
		case isFormat(format, "l"):
			L.Push(lua.LString(strings.TrimSuffix(text, "\n")))
		default:
			L.Push(lua.LString(text))
		}
		if L.Get(-1) == lua.LNil {
			return i + 1
		}
	}
	return len(formats)
}

// readText reads by a function that returns what it took, unchanged. What it
// finds after the script has ended is there for the next one.
func (s *files) readText(L *lua.LState, f *file, read reader) (text string, err error) {
	came := false
	f.atOnce(func() {
		if came = (f.writer == nil || f.writer.Buffered() == 0) && read.ready(f.reader.Reader); came {
			text, err = read.read(f.reader.Reader)
		}
	})
	if came {
		s.host.Turn(L)
		return text, err
	}
	return use(s, L, f, func() (string, error) {
		if f.writer != nil {
			if err := f.writer.Flush(); err != nil {
				return "", err
			}
		}
		return read.read(f.reader.Reader)
	}, func(text string) {
		f.reader.Reader = bufio.NewReader(io.MultiReader(strings.NewReader(text), f.reader.Reader))
	})
}

// pushLines pushes an iterator over the lines of a file, which it may close at
// the end.
func (s *files) pushLines(L *lua.LState, of *lua.LUserData, closes bool) int {
	L.Push(L.NewFunction(func(L *lua.LState) int {
		n := s.readFormats(L, of.Value.(*file).checkOpen(L), []lua.LValue{lua.LString("*l")})
		switch {
		case L.Get(-n) != lua.LNil:
		case n > 1:
			L.RaiseError("%s", L.Get(-n+1).String())
		case closes:
			L.SetTop(0)
			L.Push(of)
			s.fileClose(L)
			L.Push(lua.LNil)
		}
		return 1
	}))
	return 1
}

// reader is how a format is read.
type reader struct {
	// read takes what it returns. Its error is io.EOF if nothing is left.
	read func(*bufio.Reader) (string, error)
	// ready tells whether read would not have to wait.
	ready func(*bufio.Reader) bool
}

// readerFor is how a format is read.
func readerFor(L *lua.LState, n int, format lua.LValue) reader {
	never := func(*bufio.Reader) bool { return false }
	most := host.MaxString(L)
	if count, ok := format.(lua.LNumber); ok {
		return reader{
			func(in *bufio.Reader) (string, error) { return readCount(in, int(count), most) },
			func(in *bufio.Reader) bool { return count > 0 && int(count) <= in.Buffered() },
		}
	}
	switch {
	case isFormat(format, "l"), isFormat(format, "L"):
		return reader{func(in *bufio.Reader) (string, error) { return readLine(in, most) }, hasLine}
	case isFormat(format, "a"):
		return reader{func(in *bufio.Reader) (string, error) { return readAll(in, most) }, never}
	case isFormat(format, "n"):
		return reader{readNumber, never}
	}
	L.ArgError(n, "invalid format")
	return reader{}
}

// isFormat tells whether a format is the given one, with or without the star
// that Lua 5.1 wants before it.
func isFormat(format lua.LValue, name string) bool {
	text, ok := format.(lua.LString)
	return ok && strings.TrimPrefix(string(text), "*") == name
}

// hasLine tells whether a whole line was read ahead.
func hasLine(in *bufio.Reader) bool {
	ahead, _ := in.Peek(in.Buffered())
	return bytes.IndexByte(ahead, '\n') >= 0
}

// tooLong is the error for more than most bytes in one string.
func tooLong(most int) error {
	if most < 1<<20 {
		return fmt.Errorf("there are more than %d bytes to read at once", most)
	}
	return fmt.Errorf("there are more than %d MiB to read at once", most>>20)
}

// readLine reads a line with its end, of at most so many bytes.
func readLine(in *bufio.Reader, most int) (string, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > most:
			return "", tooLong(most)
		case err == bufio.ErrBufferFull:
		case err != nil && (err != io.EOF || len(line) == 0):
			return "", err
		default:
			return string(line), nil
		}
	}
}

// readAll reads what is left, which may be nothing, up to so many bytes.
func readAll(in *bufio.Reader, most int) (string, error) {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(in, int64(most)+1))
	if n > int64(most) {
		return "", tooLong(most)
	}
	return b.String(), err
}

// readCount reads up to n bytes; 0 only asks whether there are more. It fails
// where these are more than most.
func readCount(in *bufio.Reader, n, most int) (string, error) {
	if _, err := in.Peek(1); err != nil {
		return "", err
	}
	var b strings.Builder
	if _, err := io.CopyN(&b, in, int64(min(n, most+1))); err != nil && err != io.EOF {
		return "", err
	}
	if b.Len() > most {
		return "", tooLong(most)
	}
	return b.String(), nil
}

// maxNumeral is how many characters of a number are read, as in Lua 5.4.
const maxNumeral = 200

// readNumber skips blanks and reads what could be a number, up to the first
// byte that can't go on with it.
func readNumber(in *bufio.Reader) (string, error) {
	var number []byte
	for {
		c, err := in.ReadByte()
		if err != nil {
			return string(number), nil
		}
		if len(number) == 0 && strings.IndexByte(" \t\n\v\f\r", c) >= 0 {
			continue
		}
		if len(number) == maxNumeral || !continuesNumber(number, c) {
			return string(number), in.UnreadByte()
		}
		number = append(number, c)
	}
}

// continuesNumber tells whether c can stand behind the start of a number.
func continuesNumber(number []byte, c byte) bool {
	digits := strings.TrimLeft(strings.ToLower(string(number)), "+-")
	hex := strings.HasPrefix(digits, "0x")
	switch {
	case isDigit(c):
		return true
	case c == '+' || c == '-':
		return len(number) == 0 || !hex && strings.HasSuffix(digits, "e")
	case c == '.':
		return !hex && !strings.ContainsAny(digits, ".e")
	case c == 'x' || c == 'X':
		return digits == "0"
	case c == 'e' || c == 'E':
		return hex || digits != "" && digits != "." && !strings.Contains(digits, "e")
	}
	return hex && inClass(c, 'x')
}
