package engine

import (
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// rewriter walks a syntax tree without recursion, since its depth is what it
// has to bound.
type rewriter struct {
	todo    []visit
	calls   []plantedCall   // calls that were put in
	strings map[string]bool // string literals that start like a marker
	err     *SyntaxError
}

// visit is a part of the tree still to be walked, and how deep it lies.
type visit struct {
	node  any // ast.Stmt or ast.Expr
	depth int
}

// plantedCall is a call that was put into the tree. Its function is a marker
// until the code is compiled.
type plantedCall struct {
	fn   *ast.StringExpr
	kind planted
}

// planted says which function a call that was put in calls.
type planted int

const (
	// loopOne is called with what a loop goes over, and asks it for __iter.
	loopOne planted = iota
	// loopMore is called with what a loop over several expressions goes over,
	// and only returns it: the compiler loses values where a loop has fewer
	// variables than expressions.
	loopMore
	// operand is called with an operand of "..", and makes a text of a number,
	// for which the VM has no setting.
	operand
)

// markers are the constants that stand for the functions of planted calls.
type markers [3]lua.LString

// markerStart is how markers start. Nearly no literal does.
const markerStart = "\x00planted"

// rewrite prepares a chunk for the compiler. What a generic loop goes over and
// what ".." joins gets wrapped in a call of a constant (see [planted]); the
// constants are returned, empty if there is no such call. Numbers that the scanner lets through but
// the compiler misreads are corrected or refused.
func rewrite(chunk *[]ast.Stmt) (m markers, err error) {
	r := &rewriter{strings: make(map[string]bool)}
	r.block(chunk, 1, false)
	for len(r.todo) > 0 && r.err == nil {
		v := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		if v.depth > maxDepth {
			return m, tooDeep("", v.node.(ast.PositionHolder).Line())
		}
		switch node := v.node.(type) {
		case ast.Stmt:
			r.stmt(node, v.depth+1)
		case ast.Expr:
			r.expr(node, v.depth+1)
		}
	}
	if r.err != nil {
		return m, r.err
	}
	if len(r.calls) == 0 {
		return m, nil
	}
	for i := range m {
		name := markerStart
		for n := i; r.strings[name]; n += len(m) {
			name = markerStart + strconv.Itoa(n)
		}
		r.strings[name] = true
		m[i] = lua.LString(name)
	}
	for _, c := range r.calls {
		c.fn.Value = string(m[c.kind])
	}
	return m, nil
}

// block takes the statements of a block, of a loop's body or another.
func (r *rewriter) block(stmts *[]ast.Stmt, depth int, loop bool) {
	*stmts = anchor(*stmts, loop)
	for _, s := range *stmts {
		r.todo = append(r.todo, visit{s, depth})
	}
}

func (r *rewriter) exprs(depth int, exprs ...ast.Expr) {
	for _, e := range exprs {
		if e != nil {
			r.todo = append(r.todo, visit{e, depth})
		}
	}
}

func (r *rewriter) stmt(stmt ast.Stmt, depth int) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		r.exprs(depth, s.Lhs...)
		r.exprs(depth, s.Rhs...)
	case *ast.LocalAssignStmt:
		r.exprs(depth, s.Exprs...)
	case *ast.FuncCallStmt:
		r.exprs(depth, s.Expr)
	case *ast.DoBlockStmt:
		r.block(&s.Stmts, depth, false)
	case *ast.WhileStmt:
		r.exprs(depth, s.Condition)
		r.block(&s.Stmts, depth, true)
	case *ast.RepeatStmt:
		r.exprs(depth, s.Condition)
		r.block(&s.Stmts, depth, true)
	case *ast.IfStmt:
		r.exprs(depth, s.Condition)
		r.block(&s.Then, depth, false)
		r.block(&s.Else, depth, false)
	case *ast.NumberForStmt:
		r.exprs(depth, s.Init, s.Limit, s.Step)
		r.block(&s.Stmts, depth, false)
	case *ast.GenericForStmt:
		r.exprs(depth, s.Exprs...)
		r.block(&s.Stmts, depth, true)
		r.loop(s)
	case *ast.FuncDefStmt:
		r.exprs(depth, s.Name.Func, s.Name.Receiver, s.Func)
	case *ast.ReturnStmt:
		r.exprs(depth, s.Exprs...)
	}
}

func (r *rewriter) expr(expr ast.Expr, depth int) {
	switch e := expr.(type) {
	case *ast.NumberExpr:
		r.number(e)
	case *ast.StringExpr:
		if strings.HasPrefix(e.Value, markerStart) {
			r.strings[e.Value] = true
		}
	case *ast.AttrGetExpr:
		r.exprs(depth, e.Object, e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			r.exprs(depth, f.Key, f.Value)
		}
	case *ast.FuncCallExpr:
		r.exprs(depth, e.Func, e.Receiver)
		r.exprs(depth, e.Args...)
	case *ast.LogicalOpExpr:
		r.exprs(depth, e.Lhs, e.Rhs)
	case *ast.RelationalOpExpr:
		r.exprs(depth, e.Lhs, e.Rhs)
	case *ast.StringConcatOpExpr:
		r.exprs(depth, e.Lhs, e.Rhs)
		e.Lhs, e.Rhs = r.joined(e.Lhs), r.joined(e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.exprs(depth, e.Lhs, e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.exprs(depth, e.Expr)
	case *ast.UnaryNotOpExpr:
		r.exprs(depth, e.Expr)
	case *ast.UnaryLenOpExpr:
		r.exprs(depth, e.Expr)
	case *ast.FunctionExpr:
		r.block(&e.Stmts, depth, false)
	}
}

// plant makes a call of a planted function.
func (r *rewriter) plant(kind planted, line int, args []ast.Expr) ast.Expr {
	fn := &ast.StringExpr{}
	call := &ast.FuncCallExpr{Func: fn, Args: args}
	fn.SetLine(line)
	call.SetLine(line)
	r.calls = append(r.calls, plantedCall{fn, kind})
	return call
}

// loop wraps what a loop goes over.
func (r *rewriter) loop(loop *ast.GenericForStmt) {
	kind := loopOne
	if len(loop.Exprs) > 1 {
		kind = loopMore
	}
	loop.Exprs = []ast.Expr{r.plant(kind, loop.Line(), loop.Exprs)}
}

// joined wraps an operand of "..", unless it is plain to see that it is no
// number with a fraction.
func (r *rewriter) joined(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.StringExpr, *ast.StringConcatOpExpr, *ast.UnaryLenOpExpr, *ast.TableExpr, *ast.FunctionExpr:
		return e
	}
	return r.plant(operand, e.Line(), []ast.Expr{e})
}

// number checks a literal: the compiler takes one with leading zeros for octal
// and one that it can't read for NaN. Where the text ends in the middle of one
// the scanner puts a byte 0xff.
func (r *rewriter) number(e *ast.NumberExpr) {
	if len(e.Value) > 1 && e.Value[0] == '0' && '0' <= e.Value[1] && e.Value[1] <= '9' {
		e.Value = strings.TrimLeft(e.Value, "0")
		if e.Value == "" || e.Value[0] < '0' || '9' < e.Value[0] {
			e.Value = "0" + e.Value
		}
	}
	if strings.HasPrefix(e.Value, "0x") || strings.HasPrefix(e.Value, "0X") {
		return
	}
	if _, err := strconv.ParseFloat(e.Value, 64); err != nil && !isRange(err) {
		r.err = &SyntaxError{Line: e.Line(), Message: "malformed number '" + strings.TrimRight(e.Value, "\xff") + "'"}
	}
}

// isRange tells whether a number was read but is too large or small.
func isRange(err error) bool {
	numErr, ok := err.(*strconv.NumError)
	return ok && numErr.Err == strconv.ErrRange
}
