package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
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
	"kindimpl": kindImpl,
	"now":      now,
	"proxy": func(c call) int {
		return c.push(c.userdata(c.connectCluster(1).Proxy(), c.proxy))
	},
	"time":    parseTime,
	"totable": toTable,
	"with":    with,
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
	if closer := c.L.GetField(x, "close"); closer.Type() != lua.LTFunction {
		c.invalid("kube.with: %s has no method close", typeName(x))
	}
	top := c.L.GetTop()
	c.L.Push(fn)
	c.L.Push(x)
	err := c.L.PCall(1, lua.MultRet, nil)
	var closing error
	c.host.Cleanup(c.L, func() {
		closing = c.L.CallByParam(lua.P{Fn: c.L.GetField(x, "close"), Protect: true}, x)
	})
	if err == nil {
		err = closing
	}
	if err != nil {
		// Raised on as it is, the error keeps the place where it arose.
		if api, ok := err.(*lua.ApiError); ok {
			panic(api)
		}
		c.raise(err)
	}
	return c.L.GetTop() - top
}
