package engine

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// search is where require finds modules: what is loaded, what is built in, and
// *.lua files below some folders. The folders are the host's choice, not the
// script's: package.path only shows them.
type search struct {
	loaded, preload, pkg *lua.LTable
	loading              []*load         // modules that are being loaded
	waiting              map[*task]*load // what tasks wait for that others load
	script               *folder         // where the running script lies, nil for none
	path                 []*folder
}

// load is a module that is being loaded.
type load struct {
	name  string
	task  *task      // that loads it
	co    *coroutine // in which it does, nil in none
	ended bell
}

// folder is a folder that modules are read from. Nothing outside of it is: not
// by "..", not by a symbolic link.
type folder struct {
	name string
	root *os.Root // opened by the first search
}

func newSearch(path []string) search {
	s := search{waiting: make(map[*task]*load)}
	for _, name := range path {
		s.path = append(s.path, &folder{name: name})
	}
	return s
}

// folders are the folders in the order of search.
func (s *search) folders() []*folder {
	if s.script == nil {
		return s.path
	}
	return append([]*folder{s.script}, s.path...)
}

// setScript changes the folder that is searched first; "" is none.
func (s *search) setScript(name string) {
	if s.script != nil {
		s.script.close()
		s.script = nil
	}
	if name != "" {
		s.script = &folder{name: name}
	}
	var patterns []string
	for _, f := range s.folders() {
		patterns = append(patterns, filepath.Join(f.name, "?.lua"), filepath.Join(f.name, "?", "init.lua"))
	}
	s.pkg.RawSetString("path", lua.LString(strings.Join(patterns, ";")))
}

func (s *search) close() {
	for _, f := range s.folders() {
		f.close()
	}
}

func (f *folder) close() {
	if f.root != nil {
		_ = f.root.Close()
		f.root = nil
	}
}

// read reads a file below the folder.
func (f *folder) read(file string) (string, error) {
	if f.root == nil {
		root, err := os.OpenRoot(f.name)
		if err != nil {
			return "", err
		}
		f.root = root
	}
	in, err := f.root.Open(file)
	if err != nil {
		return "", err
	}
	defer in.Close()
	return readSource(in)
}

// readSource reads a source file, but not more than the loader takes.
func readSource(in *os.File) (string, error) {
	if info, err := in.Stat(); err == nil && info.IsDir() {
		return "", errors.New("is a folder")
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSource+1))
	return string(text), err
}

// openPackage opens the package library: tables that show and seed what
// require does.
func (vm *VM) openPackage(L *lua.LState, _ host.Host) lua.LValue {
	vm.search.pkg = L.NewTable()
	vm.search.pkg.RawSetString("loaded", vm.search.loaded)
	vm.search.pkg.RawSetString("preload", vm.search.preload)
	vm.search.setScript("")
	return vm.search.pkg
}

// require is Lua's require(name): the value of a module, which is loaded once.
func (vm *VM) require(L *lua.LState) int {
	name := L.CheckString(1)
	s := &vm.search
	if value := s.loaded.RawGetString(name); value != lua.LNil {
		L.Push(value)
		return 1
	}
	by := scopeOf(L)
	task := by.task
	if other := s.loads(name); other != nil {
		if other.task == task && other.co != by.co && other.co != nil && other.co.status == suspended {
			L.RaiseError("module '%s' is being loaded by a coroutine that is suspended", name)
		}
		for l := other; l != nil; l = s.waiting[l.task] {
			if l.task == task {
				around := append(s.chain(l), name)
				if name != l.name {
					around = append(around, l.name) // another task is there
				}
				L.RaiseError("module '%s' requires itself: %s", l.name, strings.Join(around, " -> "))
			}
		}
		// Another task loads it: its result is this one's too, and if it
		// fails, this one tries.
		s.waiting[task] = other
		err := vm.await(L, "require()", -1, &other.ended)
		delete(s.waiting, task)
		if err != nil {
			vm.raise(L, err)
		}
		return vm.require(L)
	}
	loader := vm.findModule(L, name)
	mine := &load{name: name, task: task, co: by.co}
	s.loading = append(s.loading, mine)
	defer func() {
		s.loading = slices.DeleteFunc(s.loading, func(l *load) bool { return l == mine })
		mine.ended.ringAll()
	}()
	L.Push(loader)
	L.Push(lua.LString(name))
	L.Call(1, 1)
	value := L.Get(-1)
	if value == lua.LNil {
		// A module may have put itself there; else Lua notes that it was loaded.
		if value = s.loaded.RawGetString(name); value == lua.LNil {
			value = lua.LTrue
		}
	}
	s.loaded.RawSetString(name, value)
	L.Push(value)
	return 1
}

// loads is the load of a module that is going on, nil if there is none.
func (s *search) loads(name string) *load {
	for _, l := range s.loading {
		if l.name == name {
			return l
		}
	}
	return nil
}

// chain names the modules that the task of first is loading from first on.
func (s *search) chain(first *load) (names []string) {
	for _, l := range s.loading[slices.Index(s.loading, first):] {
		if l.task == first.task {
			names = append(names, l.name)
		}
	}
	return names
}

// findModule finds the function that loads a module, or raises an error that
// lists where it looked.
func (vm *VM) findModule(L *lua.LState, name string) lua.LValue {
	if loader := vm.search.preload.RawGetString(name); loader != lua.LNil {
		return loader
	}
	tried := []string{"no built-in module of that name"}
	for _, f := range vm.search.folders() {
		for _, file := range moduleFiles(name) {
			shown := filepath.Join(f.name, file)
			text, err := f.read(file)
			switch {
			case err == nil:
				return vm.loadModule(L, text, shown)
			case errors.Is(err, fs.ErrNotExist):
				tried = append(tried, "no file "+shown)
			default:
				tried = append(tried, fmt.Sprintf("%s: %v", shown, innermostError(err)))
			}
		}
	}
	L.RaiseError("module '%s' not found:\n\t%s", name, strings.Join(tried, "\n\t"))
	return nil
}

// moduleFiles are the files that can hold a module, relative to a folder; none
// for a name that no module can have.
func moduleFiles(name string) []string {
	file := strings.ReplaceAll(name, ".", "/")
	if !filepath.IsLocal(file) {
		return nil
	}
	return []string{filepath.FromSlash(file + ".lua"), filepath.FromSlash(file + "/init.lua")}
}

// loadModule compiles the text of a module.
func (vm *VM) loadModule(L *lua.LState, text, name string) lua.LValue {
	text = skipShebang(text)
	vm.sources[name] = text
	fn, err := vm.Load(L, text, name)
	if err != nil {
		L.Error(lua.LString(err.Error()), 0)
	}
	return fn
}

// innermostError is the reason at the bottom of a file system error, without
// the name, which the message has already.
func innermostError(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	return err
}
