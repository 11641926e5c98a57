package stdlib

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/stdlib/host"
)

// setFunctions are the functions of the module set.
var setFunctions = functions{
	"new": func(c call) int {
		s := set{}
		if !c.absent(1) {
			c.each(1, func(v lua.LValue) { s.add(c, v) })
		}
		return c.push(c.set(s))
	},
}

// set is a set of strings, numbers and booleans.
type set map[lua.LValue]struct{}

func (s set) add(c call, v lua.LValue) {
	switch v.Type() {
	case lua.LTString, lua.LTNumber, lua.LTBool:
		s[v] = struct{}{}
	default:
		c.invalid("an element of a set must be a string, number or boolean, not a %s", host.TypeName(v))
	}
}

// Size is about how many bytes it takes. See [host.Sized].
func (s set) Size() int {
	const each = 48
	n := 0
	for v := range s {
		text, _ := v.(lua.LString)
		n += len(text) + each
	}
	return n
}

// List are the elements in order: numbers, then strings, then booleans. See
// [host.Lister].
func (s set) List() []lua.LValue {
	return slices.SortedFunc(maps.Keys(s), func(a, b lua.LValue) int {
		if a.Type() != b.Type() {
			return cmp.Compare(setOrder(a), setOrder(b))
		}
		x, number := a.(lua.LNumber)
		if y, _ := b.(lua.LNumber); number {
			return cmp.Compare(x, y)
		}
		return strings.Compare(a.String(), b.String())
	})
}

// setOrder is where values of a type stand among others.
func setOrder(v lua.LValue) int {
	return slices.Index([]lua.LValueType{lua.LTNumber, lua.LTString, lua.LTBool}, v.Type())
}

// String lists the elements.
func (s set) String() string {
	var elements []string
	for _, v := range s.List() {
		elements = append(elements, v.String())
	}
	return "{" + strings.Join(elements, ", ") + "}"
}

// holds tells whether all elements of another set are in it.
func (s set) holds(other set) bool {
	for v := range other {
		if _, in := s[v]; !in {
			return false
		}
	}
	return true
}

// kept are the elements that are in another set, or that are not.
func (s set) kept(other set, in bool) set {
	kept := set{}
	for v := range s {
		if _, there := other[v]; there == in {
			kept[v] = struct{}{}
		}
	}
	return kept
}

// union are the elements of both.
func (s set) union(other set) set {
	sum := maps.Clone(s)
	maps.Copy(sum, other)
	return sum
}

func (s set) intersection(other set) set { return s.kept(other, true) }

func (s set) difference(other set) set { return s.kept(other, false) }

func (s set) symmetricDifference(other set) set {
	return s.difference(other).union(other.difference(s))
}

func setClass() class[set] {
	made := func(operation func(a, b set) set) func(call, set) int {
		return func(c call, s set) int { return c.push(c.set(operation(s, c.setOf(2)))) }
	}
	operator := func(operation func(a, b set) set) func(call) int {
		return func(c call) int { return c.push(c.set(operation(c.setOf(1), c.setOf(2)))) }
	}
	return class[set]{
		name:       "set",
		documented: "set.Set",
		methods: map[string]func(call, set) int{
			"add": func(c call, s set) int {
				for i := 2; i <= c.L.GetTop(); i++ {
					s.add(c, c.L.Get(i))
				}
				return c.push(c.L.Get(1))
			},
			"contains": func(c call, s set) int {
				_, in := s[c.L.Get(2)]
				return c.push(lua.LBool(in))
			},
			"difference":   made(set.difference),
			"intersection": made(set.intersection),
			"is_subset":    func(c call, s set) int { return c.push(lua.LBool(c.setOf(2).holds(s))) },
			"remove": func(c call, s set) int {
				for i := 2; i <= c.L.GetTop(); i++ {
					delete(s, c.L.Get(i))
				}
				return c.push(c.L.Get(1))
			},
			"symmetric_difference": made(set.symmetricDifference),
			"union":                made(set.union),
			"values": func(c call, s set) int {
				list := c.host.Array(c.L)
				for _, v := range s.List() {
					list.Append(v)
				}
				return c.push(list)
			},
		},
		text: set.String,
		iter: func(_ call, s set) lua.LGFunction {
			elements := s.List()
			return func(L *lua.LState) int {
				if len(elements) == 0 {
					L.Push(lua.LNil)
					return 1
				}
				L.Push(elements[0])
				elements = elements[1:]
				return 1
			}
		},
		meta: map[string]func(call) int{
			"__add": operator(set.union),
			"__eq": func(c call) int {
				a, aok := objectOf[set](c.L.Get(1))
				b, bok := objectOf[set](c.L.Get(2))
				return c.push(lua.LBool(aok && bok && len(a) == len(b) && a.holds(b)))
			},
			"__le":  func(c call) int { return c.push(lua.LBool(c.setOf(2).holds(c.setOf(1)))) },
			"__len": func(c call) int { return c.push(lua.LNumber(len(c.setOf(1)))) },
			"__lt": func(c call) int {
				a, b := c.setOf(1), c.setOf(2)
				return c.push(lua.LBool(len(a) < len(b) && b.holds(a)))
			},
			"__mul": operator(set.intersection),
			"__sub": operator(set.difference),
		},
	}
}

// set makes a value of a set.
func (c call) set(s set) lua.LValue { return object(c, s, setClass) }

// setOf is the set at argument i, or that of the elements of a list.
func (c call) setOf(i int) set {
	if s, ok := objectOf[set](c.L.Get(i)); ok {
		return s
	}
	s := set{}
	c.each(i, func(v lua.LValue) { s.add(c, v) })
	return s
}
