package stdlib

import (
	"embed"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/columns"
	"github.com/kubelua/kubelua/stdlib/host"
)

// Module is a module that scripts get by require. It is opened by the first one.
type Module struct {
	Name string
	Open func(L *lua.LState, h host.Host) lua.LValue
}

// Modules is the table of the modules for scripts, one row each. Each has a file
// and a stub of its name.
func Modules() []Module {
	return []Module{
		{"args", inLua("args")},
		{"base64", base64Functions.open},
		{"diff", openDiff},
		{"fs", fsFunctions.open},
		{"hash", openHash},
		{"hex", hexFunctions.open},
		{"http", openHTTP},
		{"ip", ipFunctions.open},
		{"iter", inLua("iter")},
		{"json", openJSON},
		{"log", openLog},
		{"quantity", quantityFunctions.open},
		{"regexp", regexpFunctions.open},
		{"retry", inLua("retry")},
		{"semver", semverFunctions.open},
		{"set", setFunctions.open},
		{"tabular", tabularFunctions.open},
		{"template", templateFunctions.open},
		{"time", timeFunctions.open},
		{"ui", inLua("ui")},
		{"url", urlFunctions.open},
		{"x509", x509Functions.open},
		{"yaml", yamlFunctions.open},
	}
}

// functions are the functions of a module by their names.
type functions map[string]func(call) int

// open makes the module's table.
func (f functions) open(L *lua.LState, h host.Host) lua.LValue {
	t := L.CreateTable(0, len(f))
	for name, fn := range f {
		t.RawSetString(name, L.NewFunction(func(L *lua.LState) int { return fn(call{L, h}) }))
	}
	return t
}

// Modules that read best in Lua are written in it.
//
//go:embed lua/*.lua
var sources embed.FS

// chunkPrefix is what the names of their chunks begin with.
const chunkPrefix = "kubelua:"

// IsModule tells whether a chunk is a module of ours.
func IsModule(chunk string) bool { return strings.HasPrefix(chunk, chunkPrefix) }

// inLua opens a module that is written in Lua. Its chunk gets a table of what
// else modules written in Go have (see luaSupport), and returns the module.
func inLua(name string) func(*lua.LState, host.Host) lua.LValue {
	return func(L *lua.LState, h host.Host) lua.LValue {
		text, err := sources.ReadFile("lua/" + name + ".lua")
		if err != nil {
			panic(err) // it is part of the program
		}
		fn, err := h.Load(L, string(text), chunkPrefix+name)
		if err != nil {
			panic(err)
		}
		L.Push(fn)
		L.Push(luaSupport.open(L, h))
		L.Call(1, 1)
		module := L.Get(-1)
		L.Pop(1)
		return module
	}
}

// luaSupport is what modules in Lua get from Go.
var luaSupport = functions{
	// attended() tells whether somebody can be asked.
	"attended": func(c call) int { return c.push(lua.LBool(c.host.Attended())) },
	// columns(text) is how many columns of a terminal a text takes.
	"columns": func(c call) int { return c.push(lua.LNumber(columns.Of(c.text(1, "the text")))) },
	// invalid(message) raises a ValueError.
	"invalid": func(c call) int {
		c.invalid("%s", c.text(1, "the message"))
		return 0
	},
	// iterator(x) returns the three values of a loop over x: of a table its
	// elements, of anything else what a plain for loop gets.
	"iterator": func(c call) int { return c.iterator(1) },
	// shown(x) is a value as JSON without secrets.
	"shown": func(c call) int {
		text, err := c.host.Shown(c.L, c.L.Get(1), "value")
		c.raise(err)
		return c.push(lua.LString(text))
	},
	// status(text) shows a text at the bottom of a terminal.
	"status": func(c call) int {
		c.host.Status(oneLine(c.text(1, "the text")))
		return 0
	},
	// suggest(name, known) ends a message about an unknown name.
	"suggest": func(c call) int {
		var known []string
		c.L.CheckTable(2).ForEach(func(_, v lua.LValue) { known = append(known, v.String()) })
		return c.push(lua.LString(c.host.Suggest(c.text(1, "the name"), known)))
	},
}
