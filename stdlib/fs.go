package stdlib

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// fsFunctions are the functions of the module fs. What they do is for the host to
// grant, path by path.
var fsFunctions = functions{
	"append": func(c call) int {
		path, text := c.text(1, "fs.append: the path"), c.text(2, "fs.append: the text")
		c.file("append to", path, func() error {
			return c.writeFile(path, text, os.O_WRONLY|os.O_CREATE|os.O_APPEND)
		})
		return 0
	},
	"base": func(c call) int { return c.push(lua.LString(filepath.Base(c.text(1, "fs.base: the path")))) },
	"copy": func(c call) int {
		from, to := c.text(1, "fs.copy: the path"), c.text(2, "fs.copy: the new path")
		c.file("copy", from, func() error {
			text, err := c.host.ReadFile(from)
			if err != nil {
				return err
			}
			return c.replaceFile(to, string(text))
		})
		return 0
	},
	"dir": func(c call) int { return c.push(lua.LString(filepath.Dir(c.text(1, "fs.dir: the path")))) },
	"exists": func(c call) int {
		return c.push(lua.LBool(c.stat(c.text(1, "fs.exists: the path")) != nil))
	},
	"ext":  func(c call) int { return c.push(lua.LString(filepath.Ext(c.text(1, "fs.ext: the path")))) },
	"glob": fsGlob,
	"join": func(c call) int {
		var parts []string
		for i := range c.L.GetTop() {
			parts = append(parts, c.text(i+1, "fs.join: a part"))
		}
		return c.push(lua.LString(filepath.Join(parts...)))
	},
	"list":  fsList,
	"mkdir": fsMkdir,
	"read": func(c call) int {
		path := c.text(1, "fs.read: the path")
		var text []byte
		c.file("read", path, func() (err error) {
			text, err = c.host.ReadFile(path)
			return err
		})
		return c.pushText(string(text))
	},
	"remove": fsRemove,
	"rename": func(c call) int {
		from, to := c.text(1, "fs.rename: the path"), c.text(2, "fs.rename: the new path")
		c.file("rename", from, func() error { return c.host.Rename(from, to) })
		return 0
	},
	"stat": func(c call) int {
		info := c.stat(c.text(1, "fs.stat: the path"))
		if info == nil {
			return c.push(lua.LNil)
		}
		return c.push(c.fileInfo(info))
	},
	"temp": func(c call) int {
		c.none(1)
		path := filepath.Join(os.TempDir(), "kubelua-"+randomName())
		c.file("make", path, func() error { return c.host.Mkdir(path) })
		return c.push(lua.LString(path))
	},
	"walk": fsWalk,
	"write": func(c call) int {
		path, text := c.text(1, "fs.write: the path"), c.text(2, "fs.write: the text")
		c.file("write", path, func() error { return c.replaceFile(path, text) })
		return 0
	},
}

// file does something to a file and raises what comes of it.
func (c call) file(verb, path string, do func() error) {
	err := c.host.Block(c.L, func(context.Context) error { return do() })
	if err != nil && !errors.Is(err, host.ErrDenied) && c.L.Context().Err() == nil {
		err = fmt.Errorf("%s %s: %w", verb, path, reason(err))
	}
	c.raise(err)
}

// randomName is a name that nothing has yet.
func randomName() string { return strconv.FormatUint(rand.Uint64(), 36) }

// writeFile writes a text to a file that is opened with the given flags.
func (c call) writeFile(path, text string, flags int) error {
	f, err := c.host.OpenFile(path, flags)
	if err != nil {
		return err
	}
	_, err = io.WriteString(f, text)
	return errors.Join(err, f.Close())
}

// replaceFile gives a file a new content at once: who reads it meanwhile finds the
// old or the new one. Where only the file itself is granted, and not its folder, it
// is written in place.
func (c call) replaceFile(path, text string) error {
	beside := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+"."+randomName())
	err := c.writeFile(beside, text, os.O_WRONLY|os.O_CREATE|os.O_EXCL)
	switch {
	case errors.Is(err, host.ErrDenied):
		return c.writeFile(path, text, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	case err == nil:
		err = c.host.Rename(beside, path)
	}
	if err != nil {
		_ = c.host.Remove(beside)
	}
	return err
}

// stat is what is at a path, nil if nothing.
func (c call) stat(path string) (info fs.FileInfo) {
	c.file("look at", path, func() (err error) {
		info, err = c.host.Stat(path)
		if errors.Is(err, fs.ErrNotExist) {
			info, err = nil, nil
		}
		return err
	})
	return info
}

// fileInfo is what fs.stat tells.
func (c call) fileInfo(info fs.FileInfo) *lua.LTable {
	t := c.L.NewTable()
	t.RawSetString("is_dir", lua.LBool(info.IsDir()))
	t.RawSetString("mode", lua.LString(info.Mode().String()))
	t.RawSetString("modified", c.time(info.ModTime().UTC()))
	t.RawSetString("size", lua.LNumber(info.Size()))
	return t
}

// readDir lists a folder.
func (c call) readDir(path string) (entries []fs.DirEntry) {
	c.file("list", path, func() (err error) {
		entries, err = c.host.ReadDir(path)
		return err
	})
	return entries
}

// dirEntry is an entry of a folder.
func (c call) dirEntry(entry fs.DirEntry) *lua.LTable {
	t := c.L.NewTable()
	t.RawSetString("is_dir", lua.LBool(entry.IsDir()))
	t.RawSetString("name", lua.LString(entry.Name()))
	return t
}

// fsList implements fs.list(path).
func fsList(c call) int {
	list := c.host.Array(c.L)
	for _, entry := range c.readDir(c.textOr(1, "fs.list: the path", ".")) {
		list.Append(c.dirEntry(entry))
	}
	return c.push(list)
}

// fsMkdir implements fs.mkdir(path): the folders above it are made, too.
func fsMkdir(c call) int {
	path := c.text(1, "fs.mkdir: the path")
	c.file("make", path, func() error { return c.host.Mkdir(path) })
	return 0
}

// fsRemove implements fs.remove(path, {recursive = true}).
func fsRemove(c call) int {
	path := c.text(1, "fs.remove: the path")
	given := options[struct{ Recursive bool }](c, 2)
	c.file("remove", path, func() error {
		err := c.host.Remove(path)
		if err == nil || !given.Recursive || errors.Is(err, host.ErrDenied) {
			return err
		}
		return c.removeAll(path)
	})
	return 0
}

// removeAll removes what is below a folder, and the folder. Links are not
// followed.
func (c call) removeAll(path string) error {
	entries, err := c.host.ReadDir(path)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		below := filepath.Join(path, entry.Name())
		if entry.IsDir() {
			err = c.removeAll(below)
		} else {
			err = c.host.Remove(below)
		}
		if err != nil {
			return err
		}
	}
	return c.host.Remove(path)
}

// granted is the file system of the host, for [fs.Glob]. It keeps the error for
// what isn't granted, which that leaves out.
type granted struct {
	host   host.Host
	denied error
}

// Open is not used.
func (g *granted) Open(string) (fs.File, error) { return nil, fs.ErrInvalid }

// ReadDir lists a folder.
func (g *granted) ReadDir(path string) ([]fs.DirEntry, error) {
	entries, err := g.host.ReadDir(path)
	return entries, g.noted(err)
}

// Stat tells what is at a path.
func (g *granted) Stat(path string) (fs.FileInfo, error) {
	info, err := g.host.Stat(path)
	return info, g.noted(err)
}

func (g *granted) noted(err error) error {
	if errors.Is(err, host.ErrDenied) {
		g.denied = err
	}
	return err
}

// fsGlob implements fs.glob(pattern): the paths that match, in order.
func fsGlob(c call) int {
	pattern := c.text(1, "fs.glob: the pattern")
	var paths []string
	c.file("look for", pattern, func() (err error) {
		in := &granted{host: c.host}
		if paths, err = fs.Glob(in, filepath.ToSlash(pattern)); err == nil {
			err = in.denied
		}
		return err
	})
	list := c.host.Array(c.L)
	for _, path := range paths {
		list.Append(lua.LString(filepath.FromSlash(path)))
	}
	return c.push(list)
}

// fsWalk implements fs.walk(path): an iterator over all that is below a folder, the
// path of each and its entry. A folder comes before what is in it; links are not
// followed.
func fsWalk(c call) int {
	type found struct {
		path  string
		entry fs.DirEntry
	}
	var waiting []found
	enter := func(c call, path string) {
		entries := c.readDir(path)
		for i := len(entries) - 1; i >= 0; i-- {
			waiting = append(waiting, found{filepath.Join(path, entries[i].Name()), entries[i]})
		}
	}
	h := c.host
	enter(c, c.textOr(1, "fs.walk: the path", "."))
	return c.push(c.L.NewFunction(func(L *lua.LState) int {
		c := call{L, h}
		if len(waiting) == 0 {
			return c.push(lua.LNil)
		}
		next := waiting[len(waiting)-1]
		waiting = waiting[:len(waiting)-1]
		if next.entry.IsDir() {
			enter(c, next.path)
		}
		return c.push(lua.LString(next.path), c.dirEntry(next.entry))
	}))
}
