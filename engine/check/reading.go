package check

import (
	"fmt"
	"slices"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/stdlib/luacats"
)

// reading is one look at a script. It goes through the syntax tree once, to find
// out which variable each name is and what each is given, and notes on the way
// what is to be checked once all that is known.
type reading struct {
	api    *luacats.Index
	kinds  bool // the API has all those of a cluster
	src    engine.Source
	path   []string
	added  Additions
	places *places
	notes  annotations

	variables map[*ast.IdentExpr]*variable // of names that are local variables
	globals   map[string]*variable         // that the script assigns to
	functions map[*ast.FunctionExpr]*function
	sites     map[ast.Expr]site // of what a call is given
	callees   map[*ast.FuncCallExpr]callee

	names     map[string]bool // of all variables, to suggest
	assigned  map[string]bool // the fields that the script assigns to, of whatever
	preloaded map[string]bool // modules that the script makes by itself
	modules   map[string]bool // that it requires, and those that these do
	open      bool            // it changes what its globals are

	scope  []map[string]*variable
	inside []*function // functions around what is read
	quiet  int         // calls around it that are there to fail

	checks []func() // what is to be checked at the end
	found  []Finding
}

// variable is a variable of the script.
type variable struct {
	origins []func() value // what it is given, one by one
	outside bool           // a global one that is assigned to outside of functions
	known   *value         // what it is, once that is known
	asked   bool           // that is being found out
}

// function is a function of the script.
type function struct {
	asked   bool          // what it returns is being found out
	known   map[int]value // what that is, by its place
	returns []*ast.ReturnStmt
}

// site is where a function or table stands that a call is given, or that has a
// name.
type site struct {
	call     *ast.FuncCallExpr // nil for what has a name
	argument int
	path     []string // keys that lead to it, in a table there; or the name
}

// at is the site of what stands under a key.
func (s site) at(key string) site {
	s.path = append(slices.Clone(s.path), key)
	return s
}

// newReading begins to read a script.
func newReading(src engine.Source, text string, o Options) *reading {
	return &reading{
		api: o.API, kinds: o.Kinds, src: src, path: o.Path, added: o.Added, places: newPlaces(text), notes: annotationsOf(text),
		variables: map[*ast.IdentExpr]*variable{}, globals: map[string]*variable{},
		functions: map[*ast.FunctionExpr]*function{}, sites: map[ast.Expr]site{}, callees: map[*ast.FuncCallExpr]callee{},
		names: map[string]bool{}, assigned: map[string]bool{}, preloaded: map[string]bool{}, modules: map[string]bool{},
	}
}

// find notes something that is wrong.
func (r *reading) find(at ast.Position, format string, args ...any) {
	r.found = append(r.found, Finding{r.src.Name, at.Line, at.Column, fmt.Sprintf(format, args...)})
}

// later notes something to be checked.
func (r *reading) later(check func()) { r.checks = append(r.checks, check) }

// unlessQuiet notes something to be checked where no call around expects it to
// fail.
func (r *reading) unlessQuiet(check func()) {
	if r.quiet == 0 {
		r.later(check)
	}
}

// declare makes a local variable, seen from here on.
func (r *reading) declare(name string, origins ...func() value) *variable {
	v := &variable{origins: origins}
	r.scope[len(r.scope)-1][name] = v
	r.names[name] = true
	return v
}

// local is the local variable that a name means here, nil for a global.
func (r *reading) local(name string) *variable {
	for _, names := range slices.Backward(r.scope) {
		if v := names[name]; v != nil {
			return v
		}
	}
	return nil
}

// block reads statements that have a scope of their own.
func (r *reading) block(stmts []ast.Stmt) {
	r.scope = append(r.scope, map[string]*variable{})
	for _, s := range stmts {
		r.places.statement(s.Line())
		r.stmt(s)
	}
	r.scope = r.scope[:len(r.scope)-1]
}

// blockWith reads statements that see what declare makes.
func (r *reading) blockWith(declare func(), stmts []ast.Stmt) {
	r.scope = append(r.scope, map[string]*variable{})
	declare()
	r.block(stmts)
	r.scope = r.scope[:len(r.scope)-1]
}

func (r *reading) stmt(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.LocalAssignStmt:
		r.localAssign(s)
	case *ast.AssignStmt:
		for i, target := range s.Lhs {
			r.assign(target, r.given(s.Rhs, i))
		}
		r.exprs(s.Rhs)
	case *ast.FuncDefStmt:
		r.functionDef(s)
	case *ast.FuncCallStmt:
		r.expr(s.Expr)
	case *ast.DoBlockStmt:
		r.block(s.Stmts)
	case *ast.WhileStmt:
		r.expr(s.Condition)
		r.block(s.Stmts)
	case *ast.RepeatStmt: // its condition sees the variables of its block
		r.scope = append(r.scope, map[string]*variable{})
		for _, inner := range s.Stmts {
			r.places.statement(inner.Line())
			r.stmt(inner)
		}
		r.expr(s.Condition)
		r.scope = r.scope[:len(r.scope)-1]
	case *ast.IfStmt:
		r.expr(s.Condition)
		r.block(s.Then)
		r.block(s.Else)
	case *ast.NumberForStmt:
		r.exprs([]ast.Expr{s.Init, s.Limit, s.Step})
		r.blockWith(func() { r.declare(s.Name, func() value { return typed("number") }) }, s.Stmts)
	case *ast.GenericForStmt:
		r.exprs(s.Exprs)
		r.blockWith(func() {
			for i, name := range s.Names {
				r.declare(name, func() value { return r.looped(s.Exprs, i) })
			}
		}, s.Stmts)
	case *ast.ReturnStmt:
		if n := len(r.inside); n > 0 {
			r.inside[n-1].returns = append(r.inside[n-1].returns, s)
		}
		r.exprs(s.Exprs)
	}
}

// given is the i-th value of a list of expressions.
func (r *reading) given(exprs []ast.Expr, i int) func() value {
	return func() value { return r.valueAt(exprs, i) }
}

func (r *reading) localAssign(s *ast.LocalAssignStmt) {
	var made []*variable
	for i, name := range s.Names {
		r.places.take(name, s.Line())
		v := &variable{}
		if t, ok := r.notes.typed(s.Line()); ok && i == 0 {
			v.origins = append(v.origins, func() value { return value{typ: t} })
		} else if len(s.Exprs) > 0 {
			v.origins = append(v.origins, r.given(s.Exprs, i))
		}
		made = append(made, v)
		r.names[name] = true
	}
	show := func() {
		for i, name := range s.Names {
			r.scope[len(r.scope)-1][name] = made[i]
		}
	}
	// A local function is visible in itself; the tree tells no difference between
	// one and a variable that is given a function.
	if len(s.Exprs) == 1 {
		if _, ok := s.Exprs[0].(*ast.FunctionExpr); ok {
			show()
		}
	}
	r.exprs(s.Exprs)
	show()
}

// assign reads what is assigned to.
func (r *reading) assign(target ast.Expr, origin func() value) {
	switch e := target.(type) {
	case *ast.IdentExpr:
		at := r.places.take(e.Value, e.Line())
		if v := r.local(e.Value); v != nil {
			v.origins = append(v.origins, origin)
			r.variables[e] = v
			return
		}
		r.assignGlobal(e.Value, at, origin)
	case *ast.AttrGetExpr:
		r.expr(e.Object)
		if key, ok := e.Key.(*ast.StringExpr); ok {
			r.places.take(key.Value, key.Line())
			r.assigned[key.Value] = true
			r.assignField(e.Object, key.Value, origin)
			return
		}
		r.expr(e.Key)
		if name, ok := e.Object.(*ast.IdentExpr); ok && name.Value == "_G" {
			r.open = true
		}
	}
}

// functionDef reads a function that is given to a variable or a field.
func (r *reading) functionDef(s *ast.FuncDefStmt) {
	origin := func() value { return value{function: s.Func} }
	if s.Name.Method == "" {
		r.assign(s.Name.Func, origin)
		if name, ok := s.Name.Func.(*ast.IdentExpr); ok {
			r.sites[s.Func] = site{path: []string{name.Value}}
		}
		r.function(s.Func)
		return
	}
	r.expr(s.Name.Receiver)
	r.places.take(s.Name.Method, s.Line())
	r.assigned[s.Name.Method] = true
	r.scope = append(r.scope, map[string]*variable{})
	r.declare("self")
	r.function(s.Func)
	r.scope = r.scope[:len(r.scope)-1]
}

// function reads a function.
func (r *reading) function(f *ast.FunctionExpr) {
	mine := &function{known: map[int]value{}}
	r.functions[f] = mine
	r.inside = append(r.inside, mine)
	r.blockWith(func() {
		for i, name := range f.ParList.Names {
			r.places.take(name, f.Line())
			r.declare(name, func() value { return r.parameter(f, i) })
		}
	}, f.Stmts)
	r.inside = r.inside[:len(r.inside)-1]
}

func (r *reading) exprs(exprs []ast.Expr) {
	for _, e := range exprs {
		if e != nil {
			r.expr(e)
		}
	}
}

func (r *reading) expr(expr ast.Expr) {
	switch e := expr.(type) {
	case *ast.StringExpr:
		r.places.take(e.Value, e.Line())
	case *ast.IdentExpr:
		r.ident(e)
	case *ast.AttrGetExpr:
		r.expr(e.Object)
		key, ok := e.Key.(*ast.StringExpr)
		if !ok {
			r.expr(e.Key)
			return
		}
		at := r.places.take(key.Value, key.Line())
		r.unlessQuiet(func() { r.checkMember(e.Object, key.Value, at) })
	case *ast.TableExpr:
		r.table(e)
	case *ast.FuncCallExpr:
		r.call(e)
	case *ast.FunctionExpr:
		r.function(e)
	case *ast.LogicalOpExpr:
		r.exprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.RelationalOpExpr:
		r.exprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.StringConcatOpExpr:
		r.exprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.ArithmeticOpExpr:
		r.exprs([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.UnaryMinusOpExpr:
		r.expr(e.Expr)
	case *ast.UnaryNotOpExpr:
		r.expr(e.Expr)
	case *ast.UnaryLenOpExpr:
		r.expr(e.Expr)
	}
}

// ident reads a name.
func (r *reading) ident(e *ast.IdentExpr) {
	at := r.places.take(e.Value, e.Line())
	if v := r.local(e.Value); v != nil {
		r.variables[e] = v
		return
	}
	r.later(func() { r.checkGlobal(e.Value, at) })
}

// table reads a table. Its options are checked where a call takes them.
func (r *reading) table(e *ast.TableExpr) {
	where, given := r.sites[e]
	for _, f := range e.Fields {
		key, named := f.Key.(*ast.StringExpr)
		switch {
		case named:
			at := r.places.take(key.Value, key.Line())
			if given {
				r.sites[f.Value] = where.at(key.Value)
				r.unlessQuiet(func() { r.checkOption(where, key.Value, f.Value, at) })
			}
		case f.Key != nil:
			r.expr(f.Key)
		}
		r.expr(f.Value)
	}
}

// call reads a call.
func (r *reading) call(e *ast.FuncCallExpr) {
	name, at := "", ast.Position{Line: e.Line()}
	if e.Method != "" {
		r.expr(e.Receiver)
		name, at = e.Method, r.places.take(e.Method, e.Line())
		r.unlessQuiet(func() { r.checkMember(e.Receiver, e.Method, at) })
	} else {
		r.expr(e.Func)
		name = nameOf(e.Func)
		if p := r.places; p.next > 0 {
			at = p.tokens[p.next-1].Pos
		}
	}
	expected := failing[name]
	if expected {
		r.quiet++
	}
	for i, a := range e.Args {
		r.sites[a] = site{call: e, argument: i}
		r.expr(a)
	}
	if expected {
		r.quiet--
	}
	r.unlessQuiet(func() { r.checkCall(e, at) })
	r.special(e, name, at)
}

// failing are the functions and methods that are given what should fail.
var failing = map[string]bool{"fails": true, "raises": true}

// nameOf is the name of a function where it is called, "" if it has none.
func nameOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return e.Value
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return key.Value
		}
	}
	return ""
}
