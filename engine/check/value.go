package check

import (
	"reflect"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// value is what is known of the value of an expression. The zero value is
// nothing.
type value struct {
	typ      luacats.Type
	symbol   *luacats.Symbol   // a function or method of the API
	on       luacats.Type      // what that was read of
	function *ast.FunctionExpr // a function of the script
}

// typed is a value of a named type.
func typed(name string) value { return value{typ: luacats.ClassType(name)} }

// same tells whether two values are known to be alike, but for that one may be
// nil.
func (v value) same(other value) bool {
	return v.symbol == other.symbol && v.function == other.function && reflect.DeepEqual(v.typ.Given(), other.typ.Given())
}

// joined is what a value is that is one of several; those that are nil or not
// known yet say nothing.
func joined(values []value) value {
	var all value
	for i, v := range values {
		switch {
		case i == 0:
			all = v
		case !all.same(v):
			return value{}
		}
	}
	return all
}

// of is the value of a variable.
func (r *reading) of(v *variable) value {
	if v.known != nil {
		return *v.known
	}
	if v.asked {
		return undecided
	}
	v.asked = true
	var values []value
	for _, origin := range v.origins {
		if got := origin(); !got.void() {
			values = append(values, got)
		}
	}
	v.asked = false
	known := joined(values)
	v.known = &known
	return known
}

// undecided is the type of a variable that is asked for while it is being found
// out: "pod = pod:fetch()".
var undecided = typed("?")

// undecided tells whether a value is that of such a variable, or comes from it.
func (v value) undecided() bool { return v.typ.Name == undecided.typ.Name }

// void tells whether a value says nothing of a variable that may be it.
func (v value) void() bool {
	return v.undecided() || v.typ.Form == luacats.Named && v.typ.Name == "nil"
}

// value is what is known of an expression.
func (r *reading) value(expr ast.Expr) value {
	switch e := expr.(type) {
	case *ast.NilExpr:
		return typed("nil")
	case *ast.TrueExpr, *ast.FalseExpr, *ast.RelationalOpExpr, *ast.UnaryNotOpExpr:
		return typed("boolean")
	case *ast.NumberExpr, *ast.UnaryLenOpExpr:
		return typed("number")
	case *ast.StringExpr, *ast.StringConcatOpExpr:
		return typed("string")
	case *ast.TableExpr:
		return typed("table")
	case *ast.FunctionExpr:
		return value{function: e}
	case *ast.IdentExpr:
		return r.named(e)
	case *ast.AttrGetExpr:
		return r.field(e)
	case *ast.FuncCallExpr:
		return r.result(e, 0)
	case *ast.LogicalOpExpr:
		left, right := r.value(e.Lhs), r.value(e.Rhs)
		if e.Operator == "and" {
			return right
		}
		switch {
		case right.void() || left.same(right):
			return left
		case left.void():
			return right
		}
	}
	return value{}
}

// valueAt is what is known of the i-th value of a list of expressions.
func (r *reading) valueAt(exprs []ast.Expr, i int) value {
	switch {
	case i < len(exprs)-1:
		return r.value(exprs[i])
	case len(exprs) == 0:
		return value{}
	}
	last := exprs[len(exprs)-1]
	if call, ok := last.(*ast.FuncCallExpr); ok && !call.AdjustRet {
		return r.result(call, i-len(exprs)+1)
	}
	if i == len(exprs)-1 {
		return r.value(last)
	}
	return value{}
}

// named is the value of a variable.
func (r *reading) named(e *ast.IdentExpr) value {
	if v := r.variables[e]; v != nil {
		return r.of(v)
	}
	if v := r.globals[e.Value]; v != nil {
		return r.of(v)
	}
	if s := r.api.Global(e.Value); s != nil {
		return r.read(luacats.Type{}, s)
	}
	return value{}
}

// read is the value that a symbol of a receiver leads to.
func (r *reading) read(on luacats.Type, s *luacats.Symbol) value {
	if s.Kind != luacats.Field {
		return value{symbol: s, on: on}
	}
	return value{typ: r.api.Value(on, s)}
}

// field is the value of a field or an element.
func (r *reading) field(e *ast.AttrGetExpr) value {
	object := r.value(e.Object)
	key, ok := e.Key.(*ast.StringExpr)
	switch {
	case object.undecided():
		return undecided
	case !ok:
		return value{typ: r.api.Element(object.typ)}
	case r.assigned[key.Value]:
		return value{}
	}
	if s := r.api.Member(object.typ, key.Value); s != nil {
		return r.read(object.typ, s)
	}
	return value{}
}

// looped is what the i-th variable of a loop over something gets.
func (r *reading) looped(exprs []ast.Expr, i int) value {
	if len(exprs) != 1 {
		return value{}
	}
	if call, ok := exprs[0].(*ast.FuncCallExpr); ok && call.Method == "" && len(call.Args) == 1 {
		if s := r.value(call.Func).symbol; s != nil && s.Owner == "" && (s.Name == "ipairs" || s.Name == "pairs") {
			if i == 1 {
				return value{typ: r.api.Element(r.value(call.Args[0]).typ)}
			}
			return value{}
		}
	}
	over := r.value(exprs[0])
	for _, t := range r.api.Alternatives(over.typ) {
		if t.Form == luacats.Function {
			return value{typ: returned(t.Returns, i).Given()}
		}
	}
	if i > 0 {
		return value{}
	}
	return value{typ: r.api.Element(over.typ).Given()}
}

// parameter is what a function of the script gets as its i-th parameter.
func (r *reading) parameter(f *ast.FunctionExpr, i int) value {
	if t, ok := r.notes.parameter(f.Line(), f.ParList.Names[i]); ok {
		return value{typ: t}
	}
	where, ok := r.sites[f]
	switch {
	case !ok:
		return value{}
	case where.call == nil: // a function that has a name
		if i == 0 && strings.HasSuffix(r.src.Name, "_test.lua") && ofTest(where.path[0]) {
			return typed(testClass)
		}
		return value{}
	}
	for _, t := range r.api.Alternatives(r.taken(where)) {
		if t.Form == luacats.Function && i < len(t.Params) {
			return value{typ: t.Params[i].Type}
		}
	}
	return value{}
}

// testClass is what the functions of tests get.
const testClass = "test.T"

// ofTest tells whether kubelua test calls a function of that name.
func ofTest(name string) bool {
	return strings.HasPrefix(name, "test_") || name == "setup" || name == "teardown"
}

// taken is the type of what a call takes at a place.
func (r *reading) taken(where site) luacats.Type {
	t := r.callee(where.call).argument(where.argument)
	for _, key := range where.path {
		s := r.api.Member(t, key)
		if s == nil {
			return luacats.Type{}
		}
		t = s.Type
	}
	return t
}

// returned is the type of the i-th value that is returned.
func returned(returns []luacats.Return, i int) luacats.Type {
	if n := len(returns); i >= n || returns[i].Name == "..." && returns[i].Type.Form == luacats.Unknown {
		return luacats.Type{}
	}
	return returns[i].Type
}

// result is the i-th value that a call returns.
func (r *reading) result(e *ast.FuncCallExpr, i int) value {
	c := r.callee(e)
	switch {
	case c.undecided:
		return undecided
	case c.function != nil:
		return r.returned(c.function, i)
	case c.symbol == nil:
		return value{typ: returned(c.returns, i)}
	}
	if c.symbol.Owner == "" {
		switch c.symbol.Name {
		case "require":
			return r.module(e)
		case "assert", "setmetatable":
			if i < len(e.Args) && c.symbol.Name == "assert" {
				return r.valueAt(e.Args, i)
			}
			return value{}
		}
	}
	of := []luacats.Type{returned(c.returns, i)}
	for _, o := range c.symbol.Overloads {
		of = append(of, returned(o.Returns, i))
	}
	if slices.ContainsFunc(of, func(t luacats.Type) bool { return !reflect.DeepEqual(t, of[0]) }) {
		return value{}
	}
	return value{typ: of[0]}
}

// returned is the i-th value that a function of the script returns.
func (r *reading) returned(f *ast.FunctionExpr, i int) value {
	mine := r.functions[f]
	if mine == nil || mine.asked {
		return undecided
	}
	if v, ok := mine.known[i]; ok {
		return v
	}
	mine.asked = true
	defer func() { mine.asked = false }()
	var values []value
	for _, s := range mine.returns {
		v := typed("nil")
		if len(s.Exprs) > 0 {
			v = r.valueAt(s.Exprs, i)
		}
		if !v.void() {
			values = append(values, v)
		}
	}
	mine.known[i] = joined(values)
	return mine.known[i]
}

// module is the value of a module that is built in.
func (r *reading) module(e *ast.FuncCallExpr) value {
	if len(e.Args) == 1 {
		if name, ok := e.Args[0].(*ast.StringExpr); ok && !r.preloaded[name.Value] {
			for _, s := range []*luacats.Symbol{r.api.Module(name.Value), r.api.Global(name.Value)} {
				if s != nil {
					return r.read(luacats.Type{}, s)
				}
			}
		}
	}
	return value{}
}
