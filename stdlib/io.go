package stdlib

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// streams is the io library of one VM: its three standard streams.
type streams struct {
	host          host.Host
	input         *input
	stdin, stdout *lua.LUserData
}

// OpenIO opens what of the io library a host offers to scripts: reading stdin,
// writing stdout and stderr.
func OpenIO(L *lua.LState, h host.Host) lua.LValue {
	s := &streams{host: h, input: newInput(h.Stdin())}
	methods := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"close":   fileClose,
		"flush":   fileFlush,
		"lines":   s.fileLines,
		"read":    s.fileRead,
		"setvbuf": fileSetvbuf,
		"write":   fileWrite,
	})
	meta := L.NewTable()
	meta.RawSetString("__index", methods)
	meta.RawSetString("__metatable", lua.LFalse)
	meta.RawSetString("__tostring", L.NewFunction(fileTostring))
	stream := func(f *file) *lua.LUserData {
		ud := L.NewUserData()
		ud.Value, ud.Metatable = f, meta
		return ud
	}
	s.stdin = stream(&file{name: "stdin"})
	s.stdout = stream(&file{name: "stdout", to: h.Stdout()})

	lib := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"input":   notOffered("io.input", "read files"),
		"lines":   s.lines,
		"open":    notOffered("io.open", "read or change files"),
		"output":  notOffered("io.output", "change files"),
		"popen":   notOffered("io.popen", "run commands"),
		"read":    s.read,
		"tmpfile": notOffered("io.tmpfile", "change files"),
		"type":    ioType,
		"write":   s.write,
	})
	lib.RawSetString("stdin", s.stdin)
	lib.RawSetString("stdout", s.stdout)
	lib.RawSetString("stderr", stream(&file{name: "stderr", to: h.Stderr()}))
	return lib
}

// lines is io.lines(): an iterator over the lines of stdin.
func (s *streams) lines(L *lua.LState) int {
	if L.Get(1) != lua.LNil {
		L.RaiseError("io.lines reads stdin only: scripts may not read files")
	}
	L.Push(L.NewFunction(func(L *lua.LState) int {
		return s.readFormats(L, []lua.LValue{lua.LString("*l")})
	}))
	return 1
}

// read is io.read(formats...).
func (s *streams) read(L *lua.LState) int { return s.readFormats(L, arguments(L, 1)) }

// write is io.write(values...).
func (s *streams) write(L *lua.LState) int {
	writeValues(L, s.host.Stdout(), 1)
	L.Push(s.stdout)
	return 1
}

func ioType(L *lua.LState) int {
	ud, ok := L.CheckAny(1).(*lua.LUserData)
	if ok {
		_, ok = ud.Value.(*file)
	}
	if ok {
		L.Push(lua.LString("file"))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

// readFormats reads one value for each format: "*l" a line, "*L" a line with
// its end, "*a" all that is left, "*n" a number, n so many bytes. What isn't
// there is nil, and nothing after it is read.
func (s *streams) readFormats(L *lua.LState, formats []lua.LValue) int {
	if len(formats) == 0 {
		formats = []lua.LValue{lua.LString("*l")}
	}
	for i, format := range formats {
		read := readerFor(L, i+1, format)
		var text string
		err := s.host.Block(L, func(ctx context.Context) (err error) {
			text, err = s.input.read(ctx, read)
			return err
		})
		switch {
		case errors.Is(err, io.EOF):
			L.Push(lua.LNil)
			return i + 1
		case err != nil:
			L.RaiseError("read stdin: %v", err)
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

// readerFor is how a format is read. Its error is io.EOF if nothing is left.
func readerFor(L *lua.LState, n int, format lua.LValue) func(*bufio.Reader) (string, error) {
	if count, ok := format.(lua.LNumber); ok {
		return func(in *bufio.Reader) (string, error) { return readCount(in, int(count)) }
	}
	switch {
	case isFormat(format, "l"), isFormat(format, "L"):
		return readLine
	case isFormat(format, "a"):
		return readAll
	case isFormat(format, "n"):
		return readNumber
	}
	L.ArgError(n, "invalid format")
	return nil
}

// isFormat tells whether a format is the given one, with or without the star
// that Lua 5.1 wants before it.
func isFormat(format lua.LValue, name string) bool {
	text, ok := format.(lua.LString)
	return ok && strings.TrimPrefix(string(text), "*") == name
}

// writeValues writes the arguments from the given one on: strings and numbers.
func writeValues(L *lua.LState, to io.Writer, first int) {
	var b strings.Builder
	for i := first; i <= L.GetTop(); i++ {
		if n, ok := L.Get(i).(lua.LNumber); ok {
			b.WriteString(NumberText(n))
		} else {
			b.WriteString(L.CheckString(i))
		}
	}
	writeTo(L, to, b.String())
}

// writeTo writes text, or raises an error.
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
