package stdlib

import (
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// files is the io library of one VM.
type files struct {
	host          host.Host
	meta          *lua.LTable    // of files
	input, output *lua.LUserData // what io.read reads and io.write writes
	stdout        *lua.LUserData
	open          opened
}

// OpenIO opens the io library: the standard streams, and the files and programs
// that the host grants. Where the host refuses something, a function raises;
// other failures it returns, as in Lua: nil, message, number of the error.
func OpenIO(L *lua.LState, h host.Host) lua.LValue {
	s := &files{host: h, meta: L.NewTable(), open: opened{files: make(map[*file]struct{})}}
	methods := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"close":   s.fileClose,
		"flush":   s.fileFlush,
		"lines":   s.fileLines,
		"read":    s.fileRead,
		"seek":    s.fileSeek,
		"setvbuf": s.fileSetvbuf,
		"write":   s.fileWrite,
	})
	s.meta.RawSetString("__index", methods)
	s.meta.RawSetString("__metatable", lua.LFalse)
	s.meta.RawSetString(host.ClassKey, lua.LString("io.File"))
	s.meta.RawSetString("__tostring", L.NewFunction(fileTostring))
	s.input = s.standard(L, standardInput(h.Stdin()))
	s.stdout = s.standard(L, standardOutput("stdout", h.Stdout()))
	s.output = s.stdout
	h.AtClose(s.open.close)

	lib := L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"close":   s.close,
		"flush":   s.flush,
		"input":   s.setInput,
		"lines":   s.lines,
		"open":    s.openFile,
		"output":  s.setOutput,
		"popen":   s.popen,
		"read":    s.read,
		"tmpfile": s.tmpfile,
		"type":    ioType,
		"write":   s.write,
	})
	lib.RawSetString("stdin", s.input)
	lib.RawSetString("stdout", s.stdout)
	lib.RawSetString("stderr", s.standard(L, standardOutput("stderr", h.Stderr())))
	return lib
}

// close is io.close([file]): without a file it closes the default output.
func (s *files) close(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.SetTop(0)
		L.Push(s.output)
	}
	return s.fileClose(L)
}

// flush is io.flush().
func (s *files) flush(L *lua.LState) int {
	L.SetTop(0)
	L.Push(s.output)
	return s.fileFlush(L)
}

// setInput is io.input([file or path]).
func (s *files) setInput(L *lua.LState) int {
	s.input = s.choose(L, s.input, os.O_RDONLY)
	L.Push(s.input)
	return 1
}

// setOutput is io.output([file or path]).
func (s *files) setOutput(L *lua.LState) int {
	s.output = s.choose(L, s.output, modes["w"])
	L.Push(s.output)
	return 1
}

// choose is the file that argument 1 is, or that it names; without one it stays
// with the present one. It raises where the file can't be opened.
func (s *files) choose(L *lua.LState, present *lua.LUserData, flags int) *lua.LUserData {
	switch value := L.Get(1).(type) {
	case *lua.LNilType:
		return present
	case *lua.LUserData:
		checkOpen(L)
		return value
	default:
		return s.mustOpen(L, L.CheckString(1), flags)
	}
}

// mustOpen opens a file or raises.
func (s *files) mustOpen(L *lua.LState, path string, flags int) *lua.LUserData {
	ud, err := s.openPath(L, path, flags)
	if err != nil {
		fail(s.host, L, err)
		L.RaiseError("%s: %v", path, reason(err))
	}
	return ud
}

// lines is io.lines([path]): an iterator over the lines of a file, which is
// closed at its end, or of the default input.
func (s *files) lines(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		return s.pushLines(L, s.input, false)
	}
	return s.pushLines(L, s.mustOpen(L, L.CheckString(1), os.O_RDONLY), true)
}

// modes are the flags by the mode of io.open, without its "b".
var modes = map[string]int{
	"r":  os.O_RDONLY,
	"w":  os.O_WRONLY | os.O_CREATE | os.O_TRUNC,
	"a":  os.O_WRONLY | os.O_CREATE | os.O_APPEND,
	"r+": os.O_RDWR,
	"w+": os.O_RDWR | os.O_CREATE | os.O_TRUNC,
	"a+": os.O_RDWR | os.O_CREATE | os.O_APPEND,
}

// openFile is io.open(path [, mode]).
func (s *files) openFile(L *lua.LState) int {
	path, mode := L.CheckString(1), optString(L, 2, "r")
	flags, known := modes[strings.Replace(mode, "b", "", 1)]
	if !known {
		L.ArgError(2, "invalid mode (want r, w, a, r+, w+ or a+, with or without b)")
	}
	ud, err := s.openPath(L, path, flags)
	if err != nil {
		return failure(s.host, L, path, err)
	}
	L.Push(ud)
	return 1
}

// read is io.read(formats...).
func (s *files) read(L *lua.LState) int {
	return s.readFormats(L, s.input.Value.(*file).checkOpen(L), arguments(L, 1))
}

// tmpfile is io.tmpfile(): a file without a name, which is gone once it is
// closed.
func (s *files) tmpfile(L *lua.LState) int {
	path := temporaryName()
	ud, err := s.openPath(L, path, os.O_RDWR|os.O_CREATE|os.O_EXCL)
	if err != nil {
		return failure(s.host, L, path, err)
	}
	ud.Value.(*file).onClose = func() { _ = s.host.Remove(path) }
	L.Push(ud)
	return 1
}

func ioType(L *lua.LState) int {
	ud, ok := L.CheckAny(1).(*lua.LUserData)
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	switch f, ok := ud.Value.(*file); {
	case !ok:
		L.Push(lua.LNil)
	case f.closed:
		L.Push(lua.LString("closed file"))
	default:
		L.Push(lua.LString("file"))
	}
	return 1
}

// write is io.write(values...).
func (s *files) write(L *lua.LState) int {
	return s.writeValues(L, s.output, 1)
}
