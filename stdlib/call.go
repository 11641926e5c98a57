package stdlib

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// call is one call from Lua into a module.
type call struct {
	L    *lua.LState
	host host.Host
}

// raise raises err in Lua; nil does nothing. It doesn't return otherwise.
func (c call) raise(err error) {
	if err != nil {
		c.host.Raise(c.L, err)
	}
}

// invalid raises a ValueError.
func (c call) invalid(format string, args ...any) { c.raise(host.Invalidf(format, args...)) }

// push pushes values and returns their number.
func (c call) push(values ...lua.LValue) int {
	for _, v := range values {
		c.L.Push(v)
	}
	return len(values)
}

// pushText pushes a string, unless it is longer than strings may be.
func (c call) pushText(text string) int {
	host.CheckLength(c.L, len(text))
	return c.push(lua.LString(text))
}

// absent tells whether argument i is missing.
func (c call) absent(i int) bool { return c.L.Get(i) == lua.LNil }

// none raises where there are arguments from i on.
func (c call) none(i int) {
	if !c.absent(i) {
		c.invalid("unexpected argument %d: %s", i, host.Quoted(c.L.Get(i)))
	}
}

// text is the string argument at i.
func (c call) text(i int, name string) string { return c.textOf(c.L.Get(i), name) }

// textOf is a value that must be a string.
func (c call) textOf(v lua.LValue, name string) string {
	s, ok := v.(lua.LString)
	if !ok {
		c.invalid("%s must be a string, not %s", name, host.TypeName(v))
	}
	return string(s)
}

// textOr is the string argument at i, or missing where there is none.
func (c call) textOr(i int, name, missing string) string {
	if c.absent(i) {
		return missing
	}
	return c.text(i, name)
}

// number is the number argument at i, which is neither infinite nor NaN.
func (c call) number(i int, name string) float64 {
	n, ok := c.L.Get(i).(lua.LNumber)
	if !ok || math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		c.invalid("%s must be a number, not %s", name, host.Quoted(c.L.Get(i)))
	}
	return float64(n)
}

// whole is the whole number argument at i, from least on.
func (c call) whole(i int, name string, least int) int {
	return c.wholeOf(c.L.Get(i), name, least)
}

// wholeOf is a value that must be a whole number from least on.
func (c call) wholeOf(v lua.LValue, name string, least int) int {
	n, ok := v.(lua.LNumber)
	if !ok || n != lua.LNumber(int(n)) || int(n) < least || n > math.MaxInt32 {
		c.invalid("%s must be a whole number from %d, not %s", name, least, host.Quoted(v))
	}
	return int(n)
}

// function is the argument at i, which can be called.
func (c call) function(i int, name string) lua.LValue {
	fn := c.L.Get(i)
	if fn.Type() != lua.LTFunction && c.L.GetMetaField(fn, "__call") == lua.LNil {
		c.invalid("%s must be a function, not %s", name, host.TypeName(fn))
	}
	return fn
}

// table is the table argument at i.
func (c call) table(i int, name string) *lua.LTable {
	t, ok := c.L.Get(i).(*lua.LTable)
	if !ok {
		c.invalid("%s must be a table, not %s", name, host.TypeName(c.L.Get(i)))
	}
	return t
}

// each calls fn with the elements of a list: of a table its elements, of
// anything else what a plain for loop gets first.
func (c call) each(i int, fn func(v lua.LValue)) {
	n := c.iterator(i)
	top := c.L.GetTop()
	step, state, control := c.L.Get(top-n+1), c.L.Get(top-n+2), c.L.Get(top-n+3)
	c.L.Pop(n)
	for {
		c.push(step, state, control)
		c.L.Call(2, 1)
		control = c.L.Get(-1)
		c.L.Pop(1)
		if control == lua.LNil {
			return
		}
		fn(control)
	}
}

// iterator pushes the three values of a loop over argument i: over the elements
// of a table, and over anything else what a plain for loop is over.
func (c call) iterator(i int) int {
	v := c.L.Get(i)
	if iter := c.L.GetMetaField(v, "__iter"); iter != lua.LNil {
		c.push(iter, v)
		c.L.Call(1, 3)
		return 3
	}
	if v.Type() == lua.LTFunction || c.L.GetMetaField(v, "__call") != lua.LNil {
		return c.push(v, c.L.Get(i+1), c.L.Get(i+2))
	}
	if v.Type() != lua.LTTable && c.L.GetMetaField(v, "__len") == lua.LNil {
		c.invalid("a %s is nothing to loop over", host.TypeName(v))
	}
	at := 0
	return c.push(c.L.NewFunction(func(L *lua.LState) int {
		at++
		L.Push(element(L, v, at))
		return 1
	}), lua.LNil, lua.LNil)
}

// duration is a time span: a number of seconds, a text like "90s" or "1h30m", or
// what time.duration makes.
func (c call) duration(v lua.LValue, name string) time.Duration {
	switch v := v.(type) {
	case lua.LNumber:
		if s := float64(v) * float64(time.Second); math.Abs(s) < math.MaxInt64 {
			return time.Duration(s)
		}
	case lua.LString:
		if d, err := ParseDuration(string(v)); err == nil {
			return d
		}
	case *lua.LUserData:
		if d, ok := DurationOf(v); ok {
			return d
		}
	}
	c.invalid(`%s must be a duration (seconds, or a text like "90s", "5m" or "2d"), not %s`, name, host.Quoted(v))
	return 0
}
