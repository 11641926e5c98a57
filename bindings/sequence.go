package bindings

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// sequence is a read-only list: an array of a JSON text, or values that were
// made in Go.
type sequence struct {
	length int
	at     func(c call, i int) lua.LValue // i from 0
	raw    kube.Value                     // the array, absent for values made in Go
	text   func() string                  // how it prints; nil for its elements in brackets
	secret bool
}

// Size is about how many bytes it takes. See [host.Sized].
func (s *sequence) Size() int { return len(s.raw.Raw()) + s.length*elementSize }

// elementSize is what a sequence takes for each element, beside its text.
const elementSize = 24

// newArray makes the sequence of a JSON array. Elements are found once and
// decoded when they are asked for.
func newArray(c call, v kube.Value, secret bool) *sequence {
	var elements []kube.Value
	for e := range v.Elements() {
		elements = append(elements, e)
	}
	return &sequence{
		length: len(elements),
		at:     func(c call, i int) lua.LValue { return c.valueOf(elements[i], secret) },
		raw:    v,
		secret: secret,
	}
}

// list gives Go values to Lua as a sequence.
func list[T any](c call, values []T, wrap func(T) lua.LValue) lua.LValue {
	wrapped := make([]lua.LValue, len(values))
	for i, v := range values {
		wrapped[i] = wrap(v)
	}
	return c.userdata(&sequence{
		length: len(wrapped),
		at:     func(_ call, i int) lua.LValue { return wrapped[i] },
	}, c.sequence)
}

// get is the element at key, counted from 1, or nil.
func (s *sequence) get(c call, key lua.LValue) lua.LValue {
	n, ok := key.(lua.LNumber)
	if i := int(n); ok && lua.LNumber(i) == n && i >= 1 && i <= s.length {
		return s.at(c, i-1)
	}
	return lua.LNil
}

var sequenceClass = class[*sequence]{
	name:    "sequence",
	mapping: true,
	change:  changeCopy,
	index: func(c call, s *sequence, key lua.LValue) (lua.LValue, bool) {
		return s.get(c, key), true
	},
	length: func(s *sequence) int { return s.length },
	pairs:  func(c call, s *sequence) lua.LValue { return c.elements(s, true) },
	iter:   func(c call, s *sequence) lua.LValue { return c.elements(s, false) },
	next: func(c call, s *sequence, key lua.LValue) (lua.LValue, lua.LValue) {
		i := 0
		if n, ok := key.(lua.LNumber); ok {
			i = int(n)
		}
		if i < 0 || i >= s.length {
			return lua.LNil, lua.LNil
		}
		return lua.LNumber(i + 1), s.at(c, i)
	},
	meta: map[string]func(call) int{"__tostring": func(c call) int {
		s := c.L.CheckUserData(1).Value.(*sequence)
		if s.raw.Exists() || s.secret {
			return c.push(lua.LString(printed(s.raw, s.secret)))
		}
		if s.text != nil {
			return c.push(lua.LString(s.text()))
		}
		var parts []string
		for i := range s.length {
			parts = append(parts, c.L.ToStringMeta(s.at(c, i)).String())
		}
		return c.push(lua.LString("[" + strings.Join(parts, ", ") + "]"))
	}},
}

// elements is the iterator function over a sequence, with or without indices.
func (c call) elements(s *sequence, indexed bool) lua.LValue {
	b, i := c.binding, 0
	return c.L.NewFunction(func(L *lua.LState) int {
		if i == s.length {
			L.Push(lua.LNil)
			return 1
		}
		v := s.at(call{b, L}, i)
		if i++; !indexed {
			L.Push(v)
			return 1
		}
		L.Push(lua.LNumber(i))
		L.Push(v)
		return 2
	})
}
