package check

import (
	"fmt"
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// checkCall checks how a function of the API is called.
func (r *reading) checkCall(e *ast.FuncCallExpr, at ast.Position) {
	c := r.callee(e)
	s := c.symbol
	if s == nil {
		return
	}
	switch {
	case c.shift == 1 && s.Owner != stringClass:
		r.find(at, "%s is a function: it is called with a dot, not with a colon", s.Path)
		return
	case c.shift == -1 && lacksSelf(e.Args):
		r.find(at, "%s is a method: it is called with a colon, not with a dot", s.Path)
		return
	}
	if !c.known {
		return
	}
	r.checkCount(c, e, at)
	for i, a := range e.Args {
		r.checkValue(c.argument(i), a, at, fmt.Sprintf("argument %d of %s", i+1, s.Name))
	}
}

// stringClass has the functions that are the methods of strings too.
const stringClass = "stringlib"

// lacksSelf tells whether the first argument can't be what a method is called on.
func lacksSelf(args []ast.Expr) bool {
	if len(args) == 0 {
		return true
	}
	switch args[0].(type) {
	case *ast.StringExpr, *ast.NumberExpr, *ast.TrueExpr, *ast.FalseExpr, *ast.NilExpr, *ast.TableExpr, *ast.FunctionExpr:
		return true
	}
	return false
}

// checkCount checks how many arguments a function is given.
func (r *reading) checkCount(c callee, e *ast.FuncCallExpr, at ast.Position) {
	given := len(e.Args)
	least, most := required(c.params)-c.shift, len(c.params)-c.shift
	if n := len(c.params); n > 0 && c.params[n-1].Name == "..." {
		most = given
	}
	if given > 0 {
		switch last := e.Args[given-1].(type) {
		case *ast.Comma3Expr:
			given, least = given-1, 0
		case *ast.FuncCallExpr:
			if !last.AdjustRet { // it returns any number of values, none included
				given, least = given-1, 0
			}
		}
	}
	switch {
	case given > most:
		r.find(at, "%s takes %s, not %d", c.symbol.Name, counted(most, "argument", slices.ContainsFunc(c.params, func(p luacats.Param) bool { return p.Optional })), given)
	case given < least:
		r.find(at, "%s needs %s", c.symbol.Name, missing(c.params[given+c.shift:least+c.shift]))
	}
}

// required is how many parameters have to be given.
func required(params []luacats.Param) int {
	n := len(params)
	for n > 0 && (params[n-1].Optional || params[n-1].Name == "..." || open(params[n-1].Type)) {
		n--
	}
	return n
}

// open tells whether a type may be nil for all that is known.
func open(t luacats.Type) bool {
	return t.Form == luacats.Unknown || t.Form == luacats.Named && t.Name == "any" || t.Optional()
}

// counted is a number of things, or at most so many.
func counted(n int, thing string, atMost bool) string {
	text := fmt.Sprintf("%d %s", n, thing)
	if n == 0 {
		text = "no " + thing
	}
	if n != 1 {
		text += "s"
	}
	if atMost {
		text = "at most " + text
	}
	return text
}

// missing names parameters.
func missing(params []luacats.Param) string {
	var names []string
	for _, p := range params {
		names = append(names, p.Name)
	}
	return strings.Join(names, " and ")
}

// checkOption checks an option in a table that a call is given.
func (r *reading) checkOption(where site, name string, given ast.Expr, at ast.Position) {
	var known []string
	for _, one := range r.api.Alternatives(r.taken(where)) {
		switch {
		case one.Form == luacats.Literal, one.Form == luacats.Function, scalar(one):
		case r.isRecord(one):
			if s := r.api.Member(one, name); s != nil {
				r.checkValue(s.Type, given, at, "option "+name)
				return
			}
			for _, m := range r.api.Members(one) {
				known = append(known, m.Name)
			}
		default:
			return // it may be a table with any keys
		}
	}
	if known == nil {
		return
	}
	slices.Sort(known)
	hint := suggestion(name, known)
	if hint == "" {
		hint = " (known: " + strings.Join(known, ", ") + ")"
	}
	r.find(at, "unknown option %s%s", name, hint)
}

// isRecord tells whether the values of a type are tables with the fields that
// the stubs list: options, and what a class without methods is.
func (r *reading) isRecord(t luacats.Type) bool {
	class := r.api.Class(t.Name)
	if t.Form != luacats.Named || class == nil || class.Overloads != nil || class.Keys != nil {
		return false
	}
	members := r.api.Members(t)
	return luacats.IsOptions(t.Name) || len(members) > 0 &&
		!slices.ContainsFunc(members, func(m *luacats.Symbol) bool { return m.Kind != luacats.Field })
}

// scalar tells whether a type is one of Lua's that isn't a table.
func scalar(t luacats.Type) bool {
	return t.Form == luacats.Named && slices.Contains([]string{"string", "number", "integer", "boolean", "true", "false", "function"}, t.Name)
}

// checkValue checks a value that stands in the script where one of a type is
// taken.
func (r *reading) checkValue(t luacats.Type, given ast.Expr, at ast.Position, what string) {
	is := ""
	text, isText := given.(*ast.StringExpr)
	switch given.(type) {
	case *ast.StringExpr:
		is = "string"
	case *ast.TrueExpr, *ast.FalseExpr:
		is = "boolean"
	case *ast.TableExpr:
		is = "table"
	case *ast.FunctionExpr:
		is = "function"
	default:
		return
	}
	var choices []string
	alternatives := r.api.Alternatives(t)
	for _, one := range alternatives {
		switch {
		case one.Form == luacats.Literal:
			if isText && one.Name == `"`+text.Value+`"` {
				return
			}
			choices = append(choices, strings.Trim(one.Name, `"`))
		case one.Form == luacats.Function, scalar(one):
			if admits(one, is) {
				return
			}
		case is == "table" || !r.isRecord(one):
			return
		}
	}
	switch {
	case len(alternatives) == 0:
	case isText && choices != nil:
		r.find(at, "%s can't be %q (want one of %s)%s", what, text.Value, strings.Join(choices, ", "), suggestion(text.Value, choices))
	default:
		r.find(at, "%s must be %s, not a %s", what, t.Given(), is)
	}
}

// admits tells whether a type of Lua's admits a value; numbers and strings stand
// for each other.
func admits(t luacats.Type, is string) bool {
	switch t.Name {
	case "true", "false":
		return is == "boolean"
	case "number", "integer":
		return is == "string"
	}
	return t.Name == is || t.Form == luacats.Function && is == "function"
}
