package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// functions are the functions of the module kube, in the order of their names.
var functions = map[string]func(call) int{
	"array": toArray,
	"cluster": func(c call) int {
		return c.push(c.clusterValue(c.connectCluster(1)))
	},
	"get":      get,
	"int64":    toInteger,
	"is":       is,
	"json":     toJSON,
	"kindimpl": kindImpl,
	"logs":     logs,
	"now":      now,
	"parse":    parse,
	"proxy": func(c call) int {
		return c.push(c.userdata(c.connectCluster(1).Proxy(), c.proxy))
	},
	"time":    parseTime,
	"totable": toTable,
	"with":    with,
	"yaml":    toYAML,
}

// module makes the module kube.
func (b *binding) module(L *lua.LState) *lua.LTable {
	t := L.NewTable()
	for name, fn := range functions {
		t.RawSetString(name, L.NewFunction(func(L *lua.LState) int { return fn(call{b, L}) }))
	}
	t.RawSetString("null", b.nullValue)
	for _, e := range kube.Enums() {
		t.RawSetString(e.Name, b.userdata(&e, b.enum))
	}
	return t
}

// with implements kube.with(x, fn): calls fn(x) and closes x afterwards, also
// when fn raises or the run is cancelled. It returns what fn returned.
func with(c call) int {
	x, fn := c.L.Get(1), c.function(2, "the function")
	closer := c.closer(x)
	top, finished := c.L.GetTop(), false
	// The function isn't protected: an error that it raises goes on its way
	// with the place where it arose.
	defer func() {
		var failed error
		c.host.Cleanup(c.L, func() {
			failed = c.L.CallByParam(lua.P{Fn: closer, Protect: true}, x)
		})
		if finished {
			c.raiseAgain(failed)
		}
	}()
	c.L.Push(fn)
	c.L.Push(x)
	c.L.Call(1, lua.MultRet)
	finished = true
	return c.L.GetTop() - top
}

// closer is the method close of x. Views and the like raise for a name they
// don't have, so they are asked in protection.
func (c call) closer(x lua.LValue) lua.LValue {
	field := c.L.NewFunction(func(L *lua.LState) int {
		L.Push(L.GetField(x, "close"))
		return 1
	})
	err := c.L.CallByParam(lua.P{Fn: field, NRet: 1, Protect: true})
	if err == nil {
		closer := c.L.Get(-1)
		c.L.Pop(1)
		if closer.Type() == lua.LTFunction {
			return closer
		}
	}
	c.invalid("kube.with: %s has no method close", host.TypeName(x))
	return nil
}
