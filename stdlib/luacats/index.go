package luacats

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
)

// File is a file of stubs.
type File struct {
	Name string // with slashes, below the folder of all stubs: "kube/view.lua"
	Text string
}

// Read reads the .lua files that lie in a file system, in the order of their
// names, and puts folder before their names. It panics where that fails: stubs
// are part of the program.
func Read(embedded fs.FS, folder string) []File {
	var files []File
	err := fs.WalkDir(embedded, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(embedded, name)
		files = append(files, File{folder + "/" + entry.Name(), string(text)})
		return err
	})
	if err != nil {
		panic(err)
	}
	return files
}

// Index is what stubs say. It doesn't change, so it may be used by several
// goroutines.
type Index struct {
	classes map[string]*Class
	aliases map[string]*Alias
	globals map[string]*Symbol
	modules map[string]*Symbol
}

// Class is a class of values, or the table of a module.
type Class struct {
	Name    string // "kube.View"
	Doc     string
	Parents []string // the classes whose members it has too

	// Members are its own fields, functions and methods, in the order of the
	// stubs.
	Members []*Symbol

	// Keys are its fields that have no names but keys of a type, as in
	// "@field [string] kube.View".
	Keys []Key

	// Overloads are what calling a value of it does.
	Overloads []Type

	Where string // the line of the stub where it stands first: "kube/view.lua:9"
}

// Key is what a class has at all keys of a type.
type Key struct {
	Key   Type
	Value Type
	Doc   string
}

// Alias is a name for a type, such as for a choice of strings.
type Alias struct {
	Name    string
	Doc     string
	Type    Type
	Choices []Choice // what it lists one by one, "" each without a text
	Where   string   // the line of the stub
}

// Choice is one of the types of an alias.
type Choice struct {
	Type Type
	Doc  string
}

// SymbolKind says what a [Symbol] is.
type SymbolKind uint8

// The kinds of symbols.
const (
	Field  SymbolKind = iota // of a class, or a global variable
	Func                     // called with a dot, or global
	Method                   // called with a colon
)

// Symbol is something that has a name: a field, function or method of a class,
// or a global.
type Symbol struct {
	Kind  SymbolKind
	Name  string // "fetch"
	Owner string // the class that it belongs to, "" for a global
	Path  string // how one says it: "kube.View:fetch", "task.parallel", "cluster"
	Doc   string

	Type     Type // of a Field
	Optional bool // a Field that may be nil or left out

	Params    []Param  // of a Func or Method, without self
	Returns   []Return // of a Func or Method
	Overloads []Type   // further ways to call a Func or Method
	Generics  []string // the names in its types that stand for any type

	Where string // the line of the stub: "kube/view.lua:12"
}

// Signature is how a function is called, without types:
// "fetch(name, options?) -> kube.Item". Of a field it is its name and type.
func (s *Symbol) Signature() string {
	if s.Kind == Field {
		return s.Name + ": " + s.Type.String()
	}
	return s.Name + parameters(s.Params, false) + results(s.Returns, " -> ", Type.String)
}

// Load reads files into an index. The error is the first mistake, with its file
// and line. Parts of a class may stand in several files.
func Load(files ...File) (*Index, error) {
	x := &Index{classes: map[string]*Class{}, aliases: map[string]*Alias{}, globals: map[string]*Symbol{}, modules: map[string]*Symbol{}}
	r := &reader{index: x}
	for _, f := range files {
		if err := r.file(f); err != nil {
			return nil, err
		}
	}
	if err := r.check(); err != nil {
		return nil, err
	}
	return x, nil
}

// Class is the class with the given name, nil if there is none.
func (x *Index) Class(name string) *Class { return x.classes[name] }

// Classes lists all classes by name.
func (x *Index) Classes() []*Class { return sorted(x.classes) }

// Alias is the alias with the given name, nil if there is none.
func (x *Index) Alias(name string) *Alias { return x.aliases[name] }

// Aliases lists all aliases by name.
func (x *Index) Aliases() []*Alias { return sorted(x.aliases) }

// Global is the global with the given name, nil if there is none.
func (x *Index) Global(name string) *Symbol { return x.globals[name] }

// Globals lists all globals by name.
func (x *Index) Globals() []*Symbol { return sorted(x.globals) }

// Module is what require returns for a name: a table of a class, or nil.
func (x *Index) Module(name string) *Symbol { return x.modules[name] }

// Modules lists all modules that aren't globals by name.
func (x *Index) Modules() []*Symbol { return sorted(x.modules) }

// sorted are the values of a map in the order of their keys.
func sorted[T any](m map[string]T) []T {
	var values []T
	for _, name := range slices.Sorted(maps.Keys(m)) {
		values = append(values, m[name])
	}
	return values
}

// class is the class with the given name, made where there is none yet: its
// parts may stand in several files.
func (x *Index) class(name string) *Class {
	c := x.classes[name]
	if c == nil {
		c = &Class{Name: name}
		x.classes[name] = c
	}
	return c
}

// own is the class's own member with the given name.
func (c *Class) own(name string) *Symbol {
	for _, m := range c.Members {
		if m.Name == name {
			return m
		}
	}
	return nil
}

// add adds a member, whose name must be new.
func (c *Class) add(s *Symbol) error {
	if other := c.own(s.Name); other != nil {
		return fmt.Errorf("%s has a %s already, see %s", c.Name, s.Name, other.Where)
	}
	c.Members = append(c.Members, s)
	return nil
}

// IsOptions tells whether a class is of the tables of options.
func IsOptions(name string) bool { return strings.HasSuffix(name, "Options") }
