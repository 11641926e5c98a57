package bindings

import (
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// record is a read-only mapping of values that were made in Go.
type record struct {
	values map[string]lua.LValue
	secret bool // never printed
}

// recordOf gives a Go map to Lua.
func recordOf[T any](c call, values map[string]T, secret bool, wrap func(T) lua.LValue) lua.LValue {
	wrapped := make(map[string]lua.LValue, len(values))
	for k, v := range values {
		wrapped[k] = wrap(v)
	}
	return c.userdata(&record{wrapped, secret}, c.record)
}

// names are the keys in order.
func (r *record) names() []string { return slices.Sorted(maps.Keys(r.values)) }

// get is the value at key, or nil.
func (r *record) get(key lua.LValue) lua.LValue {
	if v, ok := r.values[key.String()]; ok && key.Type() == lua.LTString {
		return v
	}
	return lua.LNil
}

var recordClass = class[*record]{
	name:    "mapping",
	mapping: true,
	change:  changeCopy,
	index:   func(_ call, r *record, key lua.LValue) (lua.LValue, bool) { return r.get(key), true },
	length:  func(r *record) int { return len(r.values) },
	pairs:   func(c call, r *record) lua.LValue { return c.entries(r) },
	iter:    func(c call, r *record) lua.LValue { return c.entries(r) },
	next: func(_ call, r *record, key lua.LValue) (lua.LValue, lua.LValue) {
		names := r.names()
		i := 0
		if key != lua.LNil {
			i = slices.Index(names, key.String()) + 1
		}
		if i == len(names) {
			return lua.LNil, lua.LNil
		}
		return lua.LString(names[i]), r.values[names[i]]
	},
	meta: map[string]func(call) int{"__tostring": func(c call) int {
		r := c.L.CheckUserData(1).Value.(*record)
		if r.secret {
			return c.push(lua.LString("***"))
		}
		var parts []string
		for _, name := range r.names() {
			parts = append(parts, name+"="+c.L.ToStringMeta(r.values[name]).String())
		}
		return c.push(lua.LString("{" + strings.Join(parts, ", ") + "}"))
	}},
}

// entries is the iterator function over a record.
func (c call) entries(r *record) lua.LValue {
	names := r.names()
	return c.L.NewFunction(func(L *lua.LState) int {
		if len(names) == 0 {
			L.Push(lua.LNil)
			return 1
		}
		name := names[0]
		names = names[1:]
		L.Push(lua.LString(name))
		L.Push(r.values[name])
		return 2
	})
}
