package engine

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// locals are the local variables that live on from one chunk of a session to
// the next: those that a chunk declares outside of any block.
//
// Each declaration makes a cell, a table that holds the value, and the code
// refers to the cell itself. So a chunk sees the latest variable of a name, a
// closure keeps the one that it was compiled with, and nothing else sees any:
// not the globals, not code that load or require compile.
type locals struct {
	cells map[string]*lua.LTable

	// declared are the cells of the chunk that is being compiled.
	declared map[string]*lua.LTable
	inner    []string // variables of blocks and functions around the place that is being looked at
	r        *rewriter
}

// cellItself is the field by which a cell refers to itself. Code that assigns
// to a field of a constant is beyond the compiler; a field of a constant's
// field it can assign to.
const cellItself = ""

func newCell() *lua.LTable {
	cell := &lua.LTable{Metatable: lua.LNil}
	cell.RawSetString(cellItself, cell)
	return cell
}

// names are the variables that there are, sorted.
func (l *locals) names() []string { return slices.Sorted(maps.Keys(l.cells)) }

// get is the value of a variable; false if there is none of that name.
func (l *locals) get(name string) (lua.LValue, bool) {
	cell, ok := l.cells[name]
	if !ok {
		return lua.LNil, false
	}
	return cell.RawGetString(name), true
}

// set makes a variable, or changes the one that there is.
func (l *locals) set(name string, value lua.LValue) {
	cell, ok := l.cells[name]
	if !ok {
		cell = newCell()
		l.cells[name] = cell
	}
	cell.RawSetString(name, value)
}

// keep takes over what the chunk has declared that was compiled last. One that
// failed on its way has declared what it gave a value.
func (l *locals) keep(failed bool) {
	for name, cell := range l.declared {
		if !failed || cell.RawGetString(name) != lua.LNil {
			l.cells[name] = cell
		}
	}
	l.declared = nil
}

// place has a chunk use cells where it means variables of the session.
func (l *locals) place(chunk []ast.Stmt, r *rewriter) {
	l.declared, l.inner, l.r = make(map[string]*lua.LTable), nil, r
	for i := range chunk {
		if local, ok := chunk[i].(*ast.LocalAssignStmt); ok {
			chunk[i] = l.declare(local)
		} else {
			l.stmt(chunk[i])
		}
	}
	l.r = nil
}

// declare makes an assignment of a declaration.
func (l *locals) declare(local *ast.LocalAssignStmt) ast.Stmt {
	function := isLocalFunction(local)
	if !function {
		l.exprs(local.Exprs)
	}
	assign := &ast.AssignStmt{Rhs: local.Exprs}
	assign.SetLine(local.Line())
	assign.SetLastLine(local.LastLine())
	for _, name := range local.Names {
		cell := newCell()
		l.declared[name] = cell
		assign.Lhs = append(assign.Lhs, l.field(cell, name, local.Line(), true))
	}
	if function {
		l.exprs(local.Exprs)
	}
	if len(assign.Rhs) == 0 {
		none := &ast.NilExpr{}
		none.SetLine(local.Line())
		assign.Rhs = []ast.Expr{none}
	}
	return assign
}

// isLocalFunction tells whether a declaration is visible in its own value, as
// that of a local function is; the parser makes no difference between one and a
// variable that gets a function.
func isLocalFunction(local *ast.LocalAssignStmt) bool {
	if len(local.Names) != 1 || len(local.Exprs) != 1 {
		return false
	}
	_, ok := local.Exprs[0].(*ast.FunctionExpr)
	return ok
}

// field is the variable in a cell, to be read or to be assigned to.
func (l *locals) field(cell *lua.LTable, name string, line int, assigned bool) ast.Expr {
	get := func(object ast.Expr, key string) ast.Expr {
		k, e := &ast.StringExpr{Value: key}, &ast.AttrGetExpr{Object: object}
		e.Key = k
		k.SetLine(line)
		e.SetLine(line)
		return e
	}
	object := l.r.marker(cell, line)
	if assigned {
		object = get(object, cellItself)
	}
	return get(object, name)
}

// block looks at the statements of a block, in which variables may be declared
// that are none of the session's; more are those that are there from the start.
func (l *locals) block(stmts []ast.Stmt, more ...string) {
	outer := len(l.inner)
	l.inner = append(l.inner, more...)
	for _, s := range stmts {
		l.stmt(s)
	}
	l.inner = l.inner[:outer]
}

func (l *locals) stmt(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		l.exprs(s.Rhs)
		for i := range s.Lhs {
			l.expr(&s.Lhs[i], true)
		}
	case *ast.LocalAssignStmt:
		if isLocalFunction(s) {
			l.inner = append(l.inner, s.Names...)
			l.exprs(s.Exprs)
		} else {
			l.exprs(s.Exprs)
			l.inner = append(l.inner, s.Names...)
		}
	case *ast.FuncCallStmt:
		l.expr(&s.Expr, false)
	case *ast.DoBlockStmt:
		l.block(s.Stmts)
	case *ast.WhileStmt:
		l.expr(&s.Condition, false)
		l.block(s.Stmts)
	case *ast.RepeatStmt: // its condition sees the variables of its block
		outer := len(l.inner)
		for _, inner := range s.Stmts {
			l.stmt(inner)
		}
		l.expr(&s.Condition, false)
		l.inner = l.inner[:outer]
	case *ast.IfStmt:
		l.expr(&s.Condition, false)
		l.block(s.Then)
		l.block(s.Else)
	case *ast.NumberForStmt:
		l.expr(&s.Init, false)
		l.expr(&s.Limit, false)
		l.expr(&s.Step, false)
		l.block(s.Stmts, s.Name)
	case *ast.GenericForStmt:
		l.exprs(s.Exprs)
		l.block(s.Stmts, s.Names...)
	case *ast.FuncDefStmt:
		l.expr(&s.Name.Func, true)
		l.expr(&s.Name.Receiver, false)
		if s.Name.Method != "" {
			l.function(s.Func, "self")
		} else {
			l.function(s.Func)
		}
	case *ast.ReturnStmt:
		l.exprs(s.Exprs)
	}
}

func (l *locals) exprs(exprs []ast.Expr) {
	for i := range exprs {
		l.expr(&exprs[i], false)
	}
}

// expr looks at an expression, and takes the place of one that is a variable of
// the session.
func (l *locals) expr(at *ast.Expr, assigned bool) {
	switch e := (*at).(type) {
	case *ast.IdentExpr:
		if cell := l.cell(e.Value); cell != nil {
			*at = l.field(cell, e.Value, e.Line(), assigned)
		}
	case *ast.AttrGetExpr:
		l.expr(&e.Object, false)
		l.expr(&e.Key, false)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			l.expr(&f.Key, false)
			l.expr(&f.Value, false)
		}
	case *ast.FuncCallExpr:
		l.expr(&e.Func, false)
		l.expr(&e.Receiver, false)
		l.exprs(e.Args)
	case *ast.LogicalOpExpr:
		l.expr(&e.Lhs, false)
		l.expr(&e.Rhs, false)
	case *ast.RelationalOpExpr:
		l.expr(&e.Lhs, false)
		l.expr(&e.Rhs, false)
	case *ast.StringConcatOpExpr:
		l.expr(&e.Lhs, false)
		l.expr(&e.Rhs, false)
	case *ast.ArithmeticOpExpr:
		l.expr(&e.Lhs, false)
		l.expr(&e.Rhs, false)
	case *ast.UnaryMinusOpExpr:
		l.expr(&e.Expr, false)
	case *ast.UnaryNotOpExpr:
		l.expr(&e.Expr, false)
	case *ast.UnaryLenOpExpr:
		l.expr(&e.Expr, false)
	case *ast.FunctionExpr:
		l.function(e)
	}
}

// function looks at a function, which has the given parameters beside its own.
func (l *locals) function(f *ast.FunctionExpr, more ...string) {
	l.block(f.Stmts, append(more, f.ParList.Names...)...)
}

// cell is the cell that a name means where it stands, nil if it is a variable
// of a block or a global one.
func (l *locals) cell(name string) *lua.LTable {
	if slices.Contains(l.inner, name) {
		return nil
	}
	if cell, ok := l.declared[name]; ok {
		return cell
	}
	return l.cells[name]
}
