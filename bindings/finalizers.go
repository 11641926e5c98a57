package bindings

import (
	"context"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

var finalizersClass = class[kube.Finalizers]{
	name:   "finalizers",
	change: "finalizers change by finalizers:set(name) and finalizers:delete(name)",
	methods: map[string]func(call, kube.Finalizers) int{
		"delete": func(c call, f kube.Finalizers) int {
			names := c.names(2, "the finalizer")
			return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return f.Delete(ctx, names...) })))
		},
		"has": func(c call, f kube.Finalizers) int {
			name := c.text(2, "the finalizer")
			c.none(3)
			return c.push(lua.LBool(f.Has(name)))
		},
		"set": func(c call, f kube.Finalizers) int {
			names := c.names(2, "the finalizer")
			return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return f.Set(ctx, names...) })))
		},
	},
	index: func(c call, f kube.Finalizers, key lua.LValue) (lua.LValue, bool) {
		return elementOf(c, f.Value(), key)
	},
	tostring: func(f kube.Finalizers) string { return listValue(f.Value()).String() },
	equal:    func(a, b kube.Finalizers) bool { return slices.Equal(a.Names(), b.Names()) },
	length:   func(f kube.Finalizers) int { return f.Value().Len() },
	pairs:    func(c call, f kube.Finalizers) lua.LValue { return c.elements(newArray(c, f.Value(), false), true) },
	iter:     func(c call, f kube.Finalizers) lua.LValue { return c.elements(newArray(c, f.Value(), false), false) },
	next: func(c call, f kube.Finalizers, key lua.LValue) (lua.LValue, lua.LValue) {
		return sequenceClass.next(c, newArray(c, f.Value(), false), key)
	},
}

// elementOf is the element of a list at a key; a number that counts none is nil,
// and any other key isn't there.
func elementOf(c call, list kube.Value, key lua.LValue) (lua.LValue, bool) {
	return newArray(c, list, false).get(c, key), key.Type() == lua.LTNumber
}

// listValue is a list, an empty one where it is absent.
func listValue(v kube.Value) kube.Value {
	if v.Exists() {
		return v
	}
	return emptyArray
}

var emptyArray = mustValue("[]")
