package bindings

import (
	"maps"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
)

// call is one call from Lua into a binding.
type call struct {
	*binding
	L *lua.LState
}

// class is what Lua sees of one Go type: a row for each attribute and method.
// From it a metatable is made, once a VM.
type class[T any] struct {
	name       string // as messages say it: "view"
	documented string // its class in the stubs, "" for the one that the name makes
	attributes map[string]func(c call, self T) lua.LValue
	methods    map[string]func(c call, self T) int

	// index answers keys that are neither attribute nor method; nil or false
	// means that there is none.
	index func(c call, self T, key lua.LValue) (lua.LValue, bool)
	// elsewhere says where a key that the class lacks is to be found, "" if nowhere.
	elsewhere func(key string) string
	// names lists what index answers, for messages.
	names func(self T) []string
	// mapping makes an unknown key nil; else it raises.
	mapping bool
	// change says what to do instead of assigning to a key.
	change string

	tostring func(self T) string
	printed  func(c call, self T) string // what print shows of it alone, which may have to be waited for; nil for tostring
	equal    func(a, b T) bool
	length   func(self T) int
	pairs    func(c call, self T) lua.LValue // the iterator function of pairs
	iter     func(c call, self T) lua.LValue // the iterator function of a plain for loop
	next     func(c call, self T, key lua.LValue) (lua.LValue, lua.LValue)
	source   func(b *binding, self T) host.Source // nil if task.select can't wait for it
	meta     map[string]func(c call) int          // further metamethods
}

// metatable makes the class's metatable.
func (cl class[T]) metatable(b *binding, L *lua.LState) *lua.LTable {
	mt := L.NewTable()
	methods := make(map[string]*lua.LFunction, len(cl.methods))
	for name, fn := range cl.methods {
		methods[name] = L.NewFunction(func(L *lua.LState) int {
			c := call{b, L}
			return fn(c, cl.self(c, name))
		})
	}
	set := func(name string, fn lua.LGFunction) { mt.RawSetString(name, L.NewFunction(fn)) }
	set("__index", func(L *lua.LState) int {
		c := call{b, L}
		self := cl.self(c, "")
		key := L.Get(2)
		if name, ok := key.(lua.LString); ok {
			if get := cl.attributes[string(name)]; get != nil {
				L.Push(get(c, self))
				return 1
			}
			if m := methods[string(name)]; m != nil {
				L.Push(m)
				return 1
			}
		}
		if cl.index != nil {
			if v, ok := cl.index(c, self, key); ok {
				L.Push(v)
				return 1
			}
		}
		if cl.mapping {
			L.Push(lua.LNil)
			return 1
		}
		suggestion := kube.Suggest(key.String(), cl.known(self))
		if cl.elsewhere != nil {
			if place := cl.elsewhere(key.String()); place != "" {
				suggestion = " (it is " + place + ")"
			}
		}
		c.raise(kube.Errorf(kube.ValueError, "%s has no %q%s", cl.describe(self), key.String(), suggestion))
		return 0
	})
	set("__newindex", func(L *lua.LState) int {
		c := call{b, L}
		change := cl.change
		if change == "" {
			change = "it is read-only"
		}
		c.raise(kube.Errorf(kube.ValueError, "can't set %q of %s: %s", L.Get(2).String(), cl.name, change))
		return 0
	})
	set("__tostring", func(L *lua.LState) int {
		L.Push(lua.LString(cl.describe(cl.self(call{b, L}, ""))))
		return 1
	})
	if cl.printed != nil {
		set("__print", func(L *lua.LState) int {
			c := call{b, L}
			L.Push(lua.LString(cl.printed(c, cl.self(c, ""))))
			return 1
		})
	}
	set("__concat", stdlib.Concat)
	if cl.equal != nil {
		set("__eq", func(L *lua.LState) int {
			a, aok := L.CheckUserData(1).Value.(T)
			o, ook := L.CheckUserData(2).Value.(T)
			L.Push(lua.LBool(aok && ook && cl.equal(a, o)))
			return 1
		})
	}
	if cl.length != nil {
		set("__len", func(L *lua.LState) int {
			L.Push(lua.LNumber(cl.length(cl.self(call{b, L}, ""))))
			return 1
		})
	}
	for name, make := range map[string]func(call, T) lua.LValue{"__pairs": cl.pairs, "__iter": cl.iter} {
		if make != nil {
			set(name, func(L *lua.LState) int {
				c := call{b, L}
				L.Push(make(c, cl.self(c, "")))
				return 1
			})
		}
	}
	if cl.next != nil {
		set("__next", func(L *lua.LState) int {
			c := call{b, L}
			k, v := cl.next(c, cl.self(c, ""), L.Get(2))
			L.Push(k)
			L.Push(v)
			return 2
		})
	}
	if cl.source != nil {
		mt.RawSetString(host.SourceKey, host.SourceOf(func(value any) host.Source { return cl.source(b, value.(T)) }))
	}
	for name, fn := range cl.meta {
		set(name, func(L *lua.LState) int { return fn(call{b, L}) })
	}
	mt.RawSetString("__metatable", lua.LString(cl.name))
	mt.RawSetString(host.ClassKey, lua.LString(cl.documentedAs()))
	return mt
}

// self is the receiver of a method or metamethod.
func (cl class[T]) self(c call, method string) T { return receiver[T](c, cl.name, method) }

// receiver is the value of a class that a method is called on.
func receiver[T any](c call, class, method string) T {
	if ud, ok := c.L.Get(1).(*lua.LUserData); ok {
		if self, ok := ud.Value.(T); ok {
			return self
		}
	}
	c.raise(kube.Errorf(kube.ValueError, "%s:%s: the %s before it is missing (call it with a colon)", class, method, class))
	panic("unreachable")
}

func (cl class[T]) describe(self T) string {
	if cl.tostring != nil {
		return cl.tostring(self)
	}
	return cl.name
}

// known lists the keys that the class answers.
func (cl class[T]) known(self T) []string {
	names := slices.Concat(slices.Collect(maps.Keys(cl.attributes)), slices.Collect(maps.Keys(cl.methods)))
	if cl.names != nil {
		names = append(names, cl.names(self)...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// userdata wraps a Go value for Lua.
func (b *binding) userdata(value any, mt *lua.LTable) *lua.LUserData {
	return &lua.LUserData{Value: value, Metatable: mt, Env: b.env}
}
