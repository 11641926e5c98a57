package stdlib

import (
	"io"

	lua "github.com/yuin/gopher-lua"
)

// file is a standard stream as a script sees it: one to write to, or stdin.
type file struct {
	name string
	to   io.Writer // nil for stdin
}

// checkFile is the stream that a method was called on.
func checkFile(L *lua.LState) *file {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if f, ok := ud.Value.(*file); ok {
			return f
		}
	}
	L.ArgError(1, "file expected, got "+L.Get(1).Type().String())
	return nil
}

// fileClose leaves standard streams open: they are the host's.
func fileClose(L *lua.LState) int {
	checkFile(L)
	L.Push(lua.LTrue)
	return 1
}

// fileFlush does nothing: output is written in time by itself.
func fileFlush(L *lua.LState) int {
	checkFile(L)
	L.Push(L.Get(1))
	return 1
}

func (s *streams) fileLines(L *lua.LState) int {
	requireStdin(L)
	L.SetTop(0)
	return s.lines(L)
}

func (s *streams) fileRead(L *lua.LState) int {
	requireStdin(L)
	return s.readFormats(L, arguments(L, 2))
}

// fileSetvbuf does nothing, see fileFlush.
func fileSetvbuf(L *lua.LState) int {
	checkFile(L)
	L.Push(lua.LTrue)
	return 1
}

func fileTostring(L *lua.LState) int {
	L.Push(lua.LString("file (" + checkFile(L).name + ")"))
	return 1
}

func fileWrite(L *lua.LState) int {
	f := checkFile(L)
	if f.to == nil {
		L.RaiseError("stdin can only be read")
	}
	writeValues(L, f.to, 2)
	L.Push(L.Get(1))
	return 1
}

// requireStdin raises an error unless the method was called on stdin.
func requireStdin(L *lua.LState) {
	if f := checkFile(L); f.to != nil {
		L.RaiseError("%s can only be written", f.name)
	}
}
