package stdlib

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// class is what Lua sees of one Go type of the modules. Scripts can't set its
// fields.
type class[T any] struct {
	name       string // as messages say it: "duration"
	documented string // its class in the stubs: "time.Duration"
	attributes map[string]func(c call, self T) lua.LValue
	methods    map[string]func(c call, self T) int
	text       func(self T) string                 // what tostring says
	meta       map[string]func(c call) int         // further metamethods
	iter       func(c call, self T) lua.LGFunction // one step of a loop over it, nil if there is none
}

// object makes a value of a class. Its metatable is made once per VM, by the
// first.
func object[T any](c call, self T, of func() class[T]) lua.LValue {
	registry, key := c.L.G.Registry, reflect.TypeFor[T]().String()
	mt, ok := registry.RawGetString(key).(*lua.LTable)
	if !ok {
		mt = of().metatable(c)
		registry.RawSetString(key, mt)
	}
	return &lua.LUserData{Value: self, Metatable: mt, Env: c.L.Env}
}

// objectOf is what a value of a class holds; false for other values.
func objectOf[T any](v lua.LValue) (self T, ok bool) {
	if ud, is := v.(*lua.LUserData); is {
		self, ok = ud.Value.(T)
	}
	return self, ok
}

// metatable makes the class's metatable.
func (cl class[T]) metatable(c call) *lua.LTable {
	mt, methods := c.L.NewTable(), c.L.NewTable()
	function := func(fn func(call) int) *lua.LFunction {
		return c.L.NewFunction(func(L *lua.LState) int { return fn(call{L, c.host}) })
	}
	for name, fn := range cl.methods {
		methods.RawSetString(name, function(func(c call) int { return fn(c, cl.self(c, name)) }))
	}
	meta := map[string]func(call) int{
		"__index": func(c call) int {
			key := c.L.Get(2)
			if m := methods.RawGet(key); m != lua.LNil {
				return c.push(m)
			}
			if get := cl.attributes[key.String()]; get != nil {
				return c.push(get(c, cl.self(c, "")))
			}
			c.invalid("a %s has no %q%s", cl.name, key.String(), c.host.Suggest(key.String(), cl.known()))
			return 0
		},
		"__newindex": func(c call) int {
			c.invalid("can't set %q of %s: it is read-only", c.L.Get(2).String(), cl.name)
			return 0
		},
		"__tostring": func(c call) int { return c.push(lua.LString(cl.text(cl.self(c, "")))) },
		"__concat":   func(c call) int { return Concat(c.L) },
	}
	if cl.iter != nil {
		meta["__iter"] = func(c call) int { return c.push(c.L.NewFunction(cl.iter(c, cl.self(c, "")))) }
	}
	maps.Copy(meta, cl.meta)
	for name, fn := range meta {
		mt.RawSetString(name, function(fn))
	}
	mt.RawSetString("__metatable", lua.LString(cl.name))
	mt.RawSetString(host.ClassKey, lua.LString(cl.documented))
	return mt
}

// self is the receiver of a method or metamethod.
func (cl class[T]) self(c call, method string) T {
	self, ok := objectOf[T](c.L.Get(1))
	if !ok {
		c.invalid("%s:%s: the %s before it is missing (call it with a colon)", cl.name, method, cl.name)
	}
	return self
}

// known lists the keys that the class answers.
func (cl class[T]) known() []string {
	return slices.Sorted(slices.Values(slices.Concat(slices.Collect(maps.Keys(cl.attributes)), slices.Collect(maps.Keys(cl.methods)))))
}

// Class describes a class of values that modules make.
type Class struct {
	Name       string   // as the stubs call it: "time.Time"
	Attributes []string // in order
	Methods    []string // in order
}

// Classes lists all classes that are written in Go.
func Classes() []Class {
	return []Class{
		addressClass().registered(),
		answerClass().registered(),
		durationClass().registered(),
		loggerClass().registered(),
		networkClass().registered(),
		patternClass().registered(),
		quantityClass().registered(),
		setClass().registered(),
		tabularClass().registered(),
		timeClass().registered(),
		versionClass().registered(),
	}
}

func (cl class[T]) registered() Class {
	return Class{cl.documented, slices.Sorted(maps.Keys(cl.attributes)), slices.Sorted(maps.Keys(cl.methods))}
}

// comparison makes the metamethods of a class whose values have an order. operand
// is argument i as a value of it, or raises.
func comparison[T any](operand func(c call, i int) T, compare func(a, b T) int) map[string]func(call) int {
	test := func(holds func(int) bool) func(call) int {
		return func(c call) int {
			return c.push(lua.LBool(holds(compare(operand(c, 1), operand(c, 2)))))
		}
	}
	return map[string]func(call) int{
		"__eq": func(c call) int { // of two userdata, whatever they are
			a, aok := objectOf[T](c.L.Get(1))
			b, bok := objectOf[T](c.L.Get(2))
			return c.push(lua.LBool(aok && bok && compare(a, b) == 0))
		},
		"__lt": test(func(n int) bool { return n < 0 }),
		"__le": test(func(n int) bool { return n <= 0 }),
	}
}

// merged puts maps of metamethods together.
func merged(all ...map[string]func(call) int) map[string]func(call) int {
	sum := map[string]func(call) int{}
	for _, m := range all {
		maps.Copy(sum, m)
	}
	return sum
}

// SnakeCase is the Lua name of a Go field: "InsecureSkipVerify" is
// "insecure_skip_verify", "URL" is "url".
func SnakeCase(name string) string {
	var b strings.Builder
	for i, r := range name {
		upper := 'A' <= r && r <= 'Z'
		if upper && i > 0 && (name[i-1] < 'A' || name[i-1] > 'Z' || i+1 < len(name) && 'a' <= name[i+1] && name[i+1] <= 'z') {
			b.WriteByte('_')
		}
		b.WriteString(strings.ToLower(string(r)))
	}
	return b.String()
}
