package check

import (
	"slices"

	"github.com/yuin/gopher-lua/ast"

	"github.com/kubelua/kubelua/stdlib/luacats"
)

// callee is what is known of what a call calls.
type callee struct {
	symbol   *luacats.Symbol   // of the API
	function *ast.FunctionExpr // of the script
	params   []luacats.Param
	returns  []luacats.Return
	known    bool // it is called in no other way
	shift    int  // the parameters that come before the arguments; -1 where self is one

	undecided bool
}

// callee finds what a call calls.
func (r *reading) callee(e *ast.FuncCallExpr) callee {
	c, known := r.callees[e]
	if !known {
		if c = r.findCallee(e); !c.undecided {
			r.callees[e] = c
		}
	}
	return c
}

func (r *reading) findCallee(e *ast.FuncCallExpr) callee {
	var v value
	if e.Method == "" {
		v = r.value(e.Func)
	} else if on := r.value(e.Receiver); on.undecided() {
		v = on
	} else if !r.assigned[e.Method] {
		if s := r.api.Member(on.typ, e.Method); s != nil {
			v = r.read(on.typ, s)
		}
	}
	c := callee{symbol: v.symbol, function: v.function, undecided: v.undecided()}
	switch {
	case v.symbol != nil:
		s := v.symbol.On(v.on)
		c.params, c.returns, c.known = s.Params, s.Returns, len(s.Overloads) == 0
		switch {
		case e.Method == "" && s.Kind == luacats.Method:
			c.shift = -1
		case e.Method != "" && s.Kind == luacats.Func:
			c.shift = 1
		}
		c.bind(r, e, s.Generics)
	case v.function == nil:
		c.overload(r, v.typ, e.Method != "")
	}
	return c
}

// overload takes the one way in which a value of a type can be called.
func (c *callee) overload(r *reading, t luacats.Type, method bool) {
	var ways []luacats.Type
	for _, t := range r.api.Alternatives(t) {
		if t.Form == luacats.Function {
			ways = append(ways, t)
		} else if class := r.api.Class(t.Name); t.Form == luacats.Named && class != nil {
			for _, o := range class.Overloads {
				if len(o.Params) > 0 {
					ways = append(ways, o)
				}
			}
		}
	}
	if len(ways) != 1 {
		return
	}
	c.params, c.returns = ways[0].Params, ways[0].Returns
	if method {
		c.shift = 1
	}
}

// argument is the type of the parameter that takes the i-th argument.
func (c callee) argument(i int) luacats.Type {
	if i += c.shift; i < 0 {
		return luacats.Type{}
	}
	if i < len(c.params) {
		return c.params[i].Type
	}
	if n := len(c.params); n > 0 && c.params[n-1].Name == "..." {
		return c.params[n-1].Type
	}
	return luacats.Type{}
}

// bind has the types that stand for any be what the arguments are. Those that no
// argument says stay unknown.
func (c *callee) bind(r *reading, e *ast.FuncCallExpr, generics []string) {
	if len(generics) == 0 {
		return
	}
	bound := map[string]luacats.Type{}
	for i, a := range e.Args {
		if _, ok := a.(*ast.FunctionExpr); ok {
			continue // its parameters are what is looked for
		}
		given := r.value(a).typ
		switch t := c.argument(i); {
		case t.Form == luacats.Named && slices.Contains(generics, t.Name):
			bound[t.Name] = given
		case t.Form == luacats.Array && slices.Contains(generics, t.Of[0].Name):
			bound[t.Of[0].Name] = r.api.Element(given)
		}
	}
	c.params, c.returns = slices.Clone(c.params), slices.Clone(c.returns)
	for _, name := range generics {
		for i := range c.params {
			c.params[i].Type = c.params[i].Type.Replace(name, bound[name])
		}
		for i := range c.returns {
			c.returns[i].Type = c.returns[i].Type.Replace(name, bound[name])
		}
	}
}
