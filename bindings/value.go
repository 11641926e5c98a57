package bindings

import (
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// maxExact is the largest integer up to which a Lua number is exact.
const maxExact = 1 << 53

// changeCopy is what to do instead of changing a snapshot.
const changeCopy = "it is a snapshot (kube.totable gives a table of its own)"

// mapping is a JSON object that Lua reads without its being decoded.
type mapping struct {
	value  kube.Value
	secret bool // part of a Secret: never printed
}

// Size is how many bytes it takes. See [host.Sized].
func (m *mapping) Size() int { return len(m.value.Raw()) }

// null is kube.null.
type null struct{}

var nullClass = class[null]{
	name:     "null",
	tostring: func(null) string { return "null" },
	equal:    func(null, null) bool { return true },
}

// value gives a JSON value to Lua.
func (c call) value(v kube.Value) lua.LValue { return c.valueOf(v, false) }

func (c call) valueOf(v kube.Value, secret bool) lua.LValue {
	switch v.Type() {
	case kube.Null:
		return c.nullValue
	case kube.Bool:
		return lua.LBool(v.IsTrue())
	case kube.Number:
		return c.number(v)
	case kube.String:
		return lua.LString(v.String())
	case kube.Array:
		return c.userdata(newArray(c, v, secret), c.sequence)
	case kube.Object:
		return c.userdata(&mapping{v, secret}, c.mapping)
	}
	return lua.LNil
}

// number gives a JSON number to Lua: as int64 where a Lua number would lose
// digits.
func (c call) number(v kube.Value) lua.LValue {
	n, ok := v.Int()
	if ok && (n > maxExact || n < -maxExact) {
		return c.userdata(integer(n), c.int64)
	}
	return lua.LNumber(v.Float())
}

// emptyMapping stands for an object that isn't there.
var emptyMapping = mustValue("{}")

func mustValue(text string) kube.Value {
	v, err := kube.NewValue([]byte(text))
	if err != nil {
		panic(err)
	}
	return v
}

// object gives an object to Lua, an empty one where it is absent.
func (c call) object(v kube.Value, secret bool) lua.LValue {
	if v.Type() != kube.Object {
		v = emptyMapping
	}
	return c.valueOf(v, secret)
}

var mappingClass = class[*mapping]{
	name:    "mapping",
	mapping: true,
	change:  changeCopy,
	index: func(c call, m *mapping, key lua.LValue) (lua.LValue, bool) {
		if key.Type() != lua.LTString {
			return nil, false
		}
		v := m.value.Get(key.String())
		return c.valueOf(v, m.secret), v.Exists()
	},
	tostring: func(m *mapping) string { return printed(m.value, m.secret) },
	length:   func(m *mapping) int { return m.value.Len() },
	pairs:    func(c call, m *mapping) lua.LValue { return c.fields(m) },
	iter:     func(c call, m *mapping) lua.LValue { return c.fields(m) },
	next: func(c call, m *mapping, key lua.LValue) (lua.LValue, lua.LValue) {
		found := key == lua.LNil
		for k, v := range m.value.Fields() {
			if found {
				return lua.LString(k), c.valueOf(v, m.secret)
			}
			found = lua.LString(k) == key
		}
		return lua.LNil, lua.LNil
	},
	// Calling a spec gives its table, as in item:spec().
	meta: map[string]func(call) int{"__call": func(c call) int {
		return c.push(c.tableOf(c.L.Get(1)))
	}},
}

// fields is the iterator function over the members of an object.
func (c call) fields(m *mapping) lua.LValue {
	type field struct {
		key   string
		value kube.Value
	}
	var list []field
	for k, v := range m.value.Fields() {
		list = append(list, field{k, v})
	}
	b, i := c.binding, 0
	return c.L.NewFunction(func(L *lua.LState) int {
		if i == len(list) {
			L.Push(lua.LNil)
			return 1
		}
		f := list[i]
		i++
		L.Push(lua.LString(f.key))
		L.Push(call{b, L}.valueOf(f.value, m.secret))
		return 2
	})
}

// printed is the text of a JSON value for people. Secrets are never printed.
func printed(v kube.Value, secret bool) string {
	if secret {
		return "***"
	}
	return v.String()
}

// integer is an int64 that a Lua number can't hold exactly.
type integer int64

var int64Class = class[integer]{
	name:     "int64",
	tostring: func(i integer) string { return strconv.FormatInt(int64(i), 10) },
	equal:    func(a, b integer) bool { return a == b },
	meta: map[string]func(call) int{
		"__lt": func(c call) int { return c.push(lua.LBool(c.integer(1) < c.integer(2))) },
		"__le": func(c call) int { return c.push(lua.LBool(c.integer(1) <= c.integer(2))) },
	},
}

// integer is the operand at i of a comparison. Lua asks only where both are
// userdata.
func (c call) integer(i int) integer {
	if n, ok := c.L.CheckUserData(i).Value.(integer); ok {
		return n
	}
	c.invalid("an int64 compares with another only, not with %s", host.Quoted(c.L.Get(i)))
	return 0
}

// toInteger implements kube.int64(x).
func toInteger(c call) int {
	switch v := c.L.Get(1).(type) {
	case lua.LNumber:
		if n := int64(v); lua.LNumber(n) == v {
			return c.push(c.userdata(integer(n), c.int64))
		}
	case lua.LString:
		if n, err := strconv.ParseInt(string(v), 10, 64); err == nil {
			return c.push(c.userdata(integer(n), c.int64))
		}
	case *lua.LUserData:
		if _, ok := v.Value.(integer); ok {
			return c.push(v)
		}
	}
	c.invalid("kube.int64: %s is not a 64-bit integer", host.Quoted(c.L.Get(1)))
	return 0
}
