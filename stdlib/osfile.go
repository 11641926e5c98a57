package stdlib

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// The functions of the os library that change files. Like those of the io
// library they raise what the host refuses, and return other failures.

// remove is os.remove(path): of a file or an empty folder.
func (s *system) remove(L *lua.LState) int {
	path := L.CheckString(1)
	return s.change(L, path, func() error { return s.host.Remove(path) })
}

// rename is os.rename(from, to).
func (s *system) rename(L *lua.LState) int {
	from, to := L.CheckString(1), L.CheckString(2)
	return s.change(L, from, func() error { return s.host.Rename(from, to) })
}

// tmpname is os.tmpname(): the path of a new, empty file.
func (s *system) tmpname(L *lua.LState) int {
	path := temporaryName()
	err := s.host.Block(L, func(context.Context) error {
		f, err := s.host.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL)
		if err != nil {
			return err
		}
		return f.Close()
	})
	if err != nil {
		fail(s.host, L, err)
		L.RaiseError("%s: %v", path, reason(err))
	}
	L.Push(lua.LString(path))
	return 1
}

// temporaryName is a name that nobody has used, in the folder for such files.
func temporaryName() string {
	return filepath.Join(os.TempDir(), "lua_"+strconv.FormatUint(rand.Uint64(), 36))
}

// change changes a file: true, or what failure returns.
func (s *system) change(L *lua.LState, path string, change func() error) int {
	if err := s.host.Block(L, func(context.Context) error { return change() }); err != nil {
		return failure(s.host, L, path, err)
	}
	L.Push(lua.LTrue)
	return 1
}
