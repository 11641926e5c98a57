package check

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/engine"
)

// assignGlobal notes an assignment to a global variable.
func (r *reading) assignGlobal(name string, at ast.Position, origin func() value) {
	v := r.globals[name]
	if v == nil {
		v = &variable{}
		r.globals[name] = v
	}
	v.origins = append(v.origins, origin)
	r.names[name] = true
	if len(r.inside) == 0 {
		v.outside = true
		return
	}
	r.later(func() {
		if !v.outside && r.api.Global(name) == nil && !r.open {
			r.find(at, "%s becomes a global variable here; is local missing?", name)
		}
	})
}

// assignField notes an assignment to a field that has a meaning of its own: _G.x,
// and package.preload.x.
func (r *reading) assignField(object ast.Expr, key string, origin func() value) {
	switch e := object.(type) {
	case *ast.IdentExpr:
		if e.Value == "_G" && r.local("_G") == nil {
			r.assignGlobal(key, ast.Position{Line: e.Line()}, origin)
			r.globals[key].outside = true
		}
	case *ast.AttrGetExpr:
		if name := nameOf(e); name == "preload" || name == "loaded" {
			r.preloaded[key] = true
		}
	}
}

// checkGlobal checks that a global variable can be there.
func (r *reading) checkGlobal(name string, at ast.Position) {
	if r.globals[name] != nil || r.api.Global(name) != nil || r.open {
		return
	}
	known := slices.Collect(maps.Keys(r.names))
	for _, s := range r.api.Globals() {
		known = append(known, s.Name)
	}
	slices.Sort(known)
	r.find(at, "there is no variable %s%s", name, suggestion(name, slices.Compact(known)))
}

// special notes the calls that say something about the variables and modules of
// a script.
func (r *reading) special(e *ast.FuncCallExpr, name string, at ast.Position) {
	if e.Method != "" || len(e.Args) == 0 {
		return
	}
	if f, ok := e.Func.(*ast.IdentExpr); !ok || r.variables[f] != nil {
		return
	}
	first, _ := e.Args[0].(*ast.IdentExpr)
	text, isText := e.Args[0].(*ast.StringExpr)
	switch {
	case name == "setfenv", name == "dofile",
		(name == "setmetatable" || name == "rawset") && first != nil && first.Value == "_G":
		r.open = true
	case name == "require" && isText && r.quiet == 0:
		r.takeGlobals(text.Value)
		r.later(func() { r.checkRequire(text.Value, at) })
	}
}

// takeGlobals takes the global variables that a module of the script assigns to.
func (r *reading) takeGlobals(module string) {
	if r.modules[module] {
		return
	}
	r.modules[module] = true
	src, ok := engine.ModuleSource(module, r.folders()...)
	if !ok {
		return
	}
	tree, text, err := engine.Tree(src)
	if err != nil {
		return
	}
	src.Dir = r.src.Dir
	of := newReading(src, text, Options{API: r.api, Path: r.path})
	of.modules = r.modules
	of.block(tree)
	for name := range of.globals {
		r.assignGlobal(name, ast.Position{}, func() value { return value{} })
		r.globals[name].outside = true
	}
	r.open = r.open || of.open
}

// folders are where require looks: a module is looked for from the folder of the
// script, which is above that of the module.
func (r *reading) folders() []string {
	if r.src.Dir == "" {
		return r.path
	}
	var folders []string
	for dir := filepath.Clean(r.src.Dir); ; dir = filepath.Dir(dir) {
		folders = append(folders, dir)
		if dir == filepath.Dir(dir) {
			return append(folders, r.path...)
		}
	}
}

// checkRequire checks that a module is there.
func (r *reading) checkRequire(name string, at ast.Position) {
	builtIn := engine.ModuleNames()
	if slices.Contains(builtIn, name) || r.preloaded[name] {
		return
	}
	if _, ok := engine.ModuleSource(name, r.folders()...); !ok {
		r.find(at, "there is no module %q, neither built in nor as a file beside the script or below --path%s", name, suggestion(name, builtIn))
	}
}
