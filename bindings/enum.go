package bindings

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// enumClass is an enumeration: a table of strings whose names are their
// values, in which a wrong name raises.
var enumClass = class[*kube.Enum]{
	name: "enum",
	index: func(_ call, e *kube.Enum, key lua.LValue) (lua.LValue, bool) {
		return key, key.Type() == lua.LTString && slices.Contains(e.Values, key.String())
	},
	names:    func(e *kube.Enum) []string { return e.Values },
	tostring: func(e *kube.Enum) string { return e.Name + " (" + strings.Join(e.Values, ", ") + ")" },
	length:   func(e *kube.Enum) int { return len(e.Values) },
	equal:    func(a, b *kube.Enum) bool { return a.Name == b.Name },
	pairs:    func(c call, e *kube.Enum) lua.LValue { return c.entries(enumRecord(e)) },
	iter:     func(c call, e *kube.Enum) lua.LValue { return c.entries(enumRecord(e)) },
	next: func(c call, e *kube.Enum, key lua.LValue) (lua.LValue, lua.LValue) {
		return recordClass.next(c, enumRecord(e), key)
	},
}

func enumRecord(e *kube.Enum) *record {
	values := map[string]lua.LValue{}
	for _, v := range e.Values {
		values[v] = lua.LString(v)
	}
	return &record{values: values}
}

// enumValue gives the enumeration with the given name to Lua.
func (c call) enumValue(name string) lua.LValue {
	for _, e := range kube.Enums() {
		if e.Name == name {
			return c.userdata(&e, c.enum)
		}
	}
	return lua.LNil
}

var kindImplClass = class[kube.KindImpl]{
	name:       "kind",
	documented: "kube.KindImpl",
	attributes: map[string]func(call, kube.KindImpl) lua.LValue{
		"api_paths": func(c call, k kube.KindImpl) lua.LValue { return c.texts(k.APIPaths) },
		"is_view":   func(c call, k kube.KindImpl) lua.LValue { return lua.LBool(k.IsView) },
		"kind":      func(c call, k kube.KindImpl) lua.LValue { return lua.LString(k.Kind) },
		"resource":  func(c call, k kube.KindImpl) lua.LValue { return lua.LString(k.Resource) },
	},
	tostring: func(k kube.KindImpl) string { return k.Kind },
	equal:    func(a, b kube.KindImpl) bool { return a.Kind == b.Kind },
}

// kindImpl implements kube.kindimpl(kind).
func kindImpl(c call) int {
	k, err := kube.LookupKind(c.text(1, "the kind"))
	c.raise(err)
	return c.push(c.userdata(k, c.kindImpl))
}
