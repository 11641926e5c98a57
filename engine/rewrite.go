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
	in      *constants                       // of the function that is being walked
	costs   int                              // of the constants of all functions
	markers map[lua.LValue][]*ast.StringExpr // that stand for values in the tree
	strings map[string]bool                  // string literals that start like a marker
	err     *SyntaxError
}

// visit is a part of the tree still to be walked, and how deep it lies.
type visit struct {
	node  any // ast.Stmt or ast.Expr
	depth int
	in    *constants // of the function that it lies in
}

// The functions that a rewritten tree calls. No script gets hold of them.
var (
	// loopOne is called with what a loop goes over, and asks it for __iter.
	loopOne = &lua.LFunction{IsG: true, GFunction: iterate}
	// loopMore is called with what a loop over several expressions goes over,
	// and only returns it: the compiler loses values where a loop has fewer
	// variables than expressions.
	loopMore = &lua.LFunction{IsG: true, GFunction: (*lua.LState).GetTop}
	// joinAll is called with the operands of "..".
	joinAll = &lua.LFunction{IsG: true, GFunction: concat}
)

// markerStart is how markers start. Nearly no literal does.
const markerStart = "\x00planted"

// rewrite prepares a chunk for the compiler. What a generic loop goes over and
// what ".." joins become arguments of a function that has no name, and the
// variables of a session get a place in it (see [locals]); nil has none. Such
// values stand in the tree as markers until the code is compiled, see [plant].
// Numbers that the scanner lets through but the compiler misreads are corrected
// or refused.
func rewrite(chunk *[]ast.Stmt, vars *locals) (planted map[lua.LString]lua.LValue, err error) {
	r := &rewriter{in: newConstants(), markers: make(map[lua.LValue][]*ast.StringExpr), strings: make(map[string]bool)}
	r.block(chunk, 1, false)
	for len(r.todo) > 0 && r.err == nil {
		v := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		if v.depth > maxDepth {
			return nil, tooDeep("", v.node.(ast.PositionHolder).Line())
		}
		r.in = v.in
		switch node := v.node.(type) {
		case ast.Stmt:
			r.insideStmt(node, v.depth+1)
		case ast.Expr:
			r.insideExpr(node, v.depth+1)
		}
	}
	if r.err != nil {
		return nil, r.err
	}
	if vars != nil {
		vars.place(*chunk, r)
	}
	return r.name(), nil
}

// marker is an expression that stands for a value.
func (r *rewriter) marker(value lua.LValue, line int) ast.Expr {
	m := &ast.StringExpr{}
	m.SetLine(line)
	r.markers[value] = append(r.markers[value], m)
	return m
}

// name gives the markers of each value a text that is no literal of the chunk.
func (r *rewriter) name() map[lua.LString]lua.LValue {
	planted := make(map[lua.LString]lua.LValue, len(r.markers))
	n := 0
	for value, markers := range r.markers {
		text := markerStart
		for ; r.strings[text]; n++ {
			text = markerStart + strconv.Itoa(n)
		}
		r.strings[text] = true
		planted[lua.LString(text)] = value
		for _, m := range markers {
			m.Value = text
		}
	}
	return planted
}

// block takes the statements of a block, of a loop's body or another.
func (r *rewriter) block(stmts *[]ast.Stmt, depth int, loop bool) {
	*stmts = anchor(*stmts, loop)
	for _, s := range *stmts {
		r.todo = append(r.todo, visit{s, depth, r.in})
	}
}

// exprs takes a list of expressions.
func (r *rewriter) exprs(depth int, exprs []ast.Expr) {
	for i := range exprs {
		r.expr(depth, &exprs[i])
	}
}

// expr takes expressions, which may be replaced.
func (r *rewriter) expr(depth int, exprs ...*ast.Expr) {
	for _, e := range exprs {
		if *e == nil {
			continue
		}
		if c, ok := (*e).(*ast.StringConcatOpExpr); ok {
			*e = r.joined(c)
		}
		r.todo = append(r.todo, visit{*e, depth, r.in})
	}
}

func (r *rewriter) insideStmt(stmt ast.Stmt, depth int) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		r.exprs(depth, s.Lhs)
		r.exprs(depth, s.Rhs)
	case *ast.LocalAssignStmt:
		r.exprs(depth, s.Exprs)
	case *ast.FuncCallStmt:
		r.expr(depth, &s.Expr)
	case *ast.DoBlockStmt:
		r.block(&s.Stmts, depth, false)
	case *ast.WhileStmt:
		r.expr(depth, &s.Condition)
		r.block(&s.Stmts, depth, true)
	case *ast.RepeatStmt:
		r.expr(depth, &s.Condition)
		r.block(&s.Stmts, depth, true)
	case *ast.IfStmt:
		r.expr(depth, &s.Condition)
		r.block(&s.Then, depth, false)
		r.block(&s.Else, depth, false)
	case *ast.NumberForStmt:
		r.expr(depth, &s.Init, &s.Limit, &s.Step)
		r.block(&s.Stmts, depth, false)
	case *ast.GenericForStmt:
		r.exprs(depth, s.Exprs)
		r.block(&s.Stmts, depth, true)
		r.loop(s)
	case *ast.FuncDefStmt:
		var fn ast.Expr = s.Func
		r.expr(depth, &s.Name.Func, &s.Name.Receiver, &fn)
	case *ast.ReturnStmt:
		r.exprs(depth, s.Exprs)
	}
}

func (r *rewriter) insideExpr(expr ast.Expr, depth int) {
	switch e := expr.(type) {
	case *ast.NumberExpr:
		r.number(e)
		r.constant(e.Value, e.Line())
	case *ast.IdentExpr:
		r.constant(e.Value, e.Line()) // it may be a global
	case *ast.StringExpr:
		r.constant(e.Value, e.Line())
		if strings.HasPrefix(e.Value, markerStart) {
			r.strings[e.Value] = true
		}
	case *ast.AttrGetExpr:
		r.expr(depth, &e.Object, &e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			r.expr(depth, &f.Key, &f.Value)
		}
		oneValue(e)
	case *ast.FuncCallExpr:
		r.constant(e.Method, e.Line())
		r.expr(depth, &e.Func, &e.Receiver)
		r.exprs(depth, e.Args)
	case *ast.LogicalOpExpr:
		r.expr(depth, &e.Lhs, &e.Rhs)
	case *ast.RelationalOpExpr:
		r.expr(depth, &e.Lhs, &e.Rhs)
	case *ast.ArithmeticOpExpr:
		r.expr(depth, &e.Lhs, &e.Rhs)
	case *ast.UnaryMinusOpExpr:
		r.expr(depth, &e.Expr)
	case *ast.UnaryNotOpExpr:
		r.expr(depth, &e.Expr)
	case *ast.UnaryLenOpExpr:
		r.expr(depth, &e.Expr)
	case *ast.FunctionExpr:
		r.in = newConstants()
		r.block(&e.Stmts, depth, false)
	}
}

// call makes a call of a function that has no name.
func (r *rewriter) call(fn *lua.LFunction, line int, args []ast.Expr) *ast.FuncCallExpr {
	call := &ast.FuncCallExpr{Func: r.marker(fn, line), Args: args}
	call.SetLine(line)
	return call
}

// loop wraps what a loop goes over.
func (r *rewriter) loop(loop *ast.GenericForStmt) {
	fn := loopOne
	if len(loop.Exprs) > 1 {
		fn = loopMore
	}
	loop.Exprs = []ast.Expr{r.call(fn, loop.Line(), loop.Exprs)}
}

// oneValue has the last field of a table take one value where it has a key. The
// compiler lets a call or "..." there spill into the list: {"a", k = f()}.
func oneValue(table *ast.TableExpr) {
	if len(table.Fields) == 0 {
		return
	}
	last := table.Fields[len(table.Fields)-1]
	if last.Key != nil {
		adjust(last.Value)
	}
}

// adjust has an expression be one value, whatever it is.
func adjust(e ast.Expr) {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
}

// mostJoined is how many operands one call joins; there are not enough registers
// for many more.
const mostJoined = 100

// joined is the call that joins the operands of "..". They are grouped from the
// right, as Lua does.
func (r *rewriter) joined(e *ast.StringConcatOpExpr) ast.Expr {
	operands := []ast.Expr{e.Lhs}
	rest := e.Rhs
	for more, ok := rest.(*ast.StringConcatOpExpr); ok; more, ok = rest.(*ast.StringConcatOpExpr) {
		operands, rest = append(operands, more.Lhs), more.Rhs
	}
	if operands = append(operands, rest); len(operands) > maxDepth {
		r.err = tooDeep("", e.Line())
	}
	for len(operands) > mostJoined {
		at := len(operands) - mostJoined
		operands = append(operands[:at:at], r.join(operands[at:], e.Line()))
	}
	return r.join(operands, e.Line())
}

// join is one call that joins operands.
func (r *rewriter) join(operands []ast.Expr, line int) ast.Expr {
	adjust(operands[len(operands)-1]) // a call among arguments would spill
	call := r.call(joinAll, line, operands)
	call.AdjustRet = true // one value, and no tail call
	return call
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
