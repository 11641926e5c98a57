package bindings

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

var ownersClass = class[kube.Owners]{
	name:   "owners",
	change: "owners change by owners:set(item) and owners:delete(item)",
	methods: map[string]func(call, kube.Owners) int{
		"delete": func(c call, o kube.Owners) int {
			owner := c.itemAt(2, "the owner")
			c.none(3)
			return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return o.Delete(ctx, owner) })))
		},
		"has": func(c call, o kube.Owners) int {
			owner := c.itemAt(2, "the owner")
			c.none(3)
			return c.push(lua.LBool(o.Has(owner)))
		},
		"set": func(c call, o kube.Owners) int {
			owner := c.itemAt(2, "the owner")
			given := options[struct{ Block, Controller bool }](c, 3)
			return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
				return o.Set(ctx, owner, kube.OwnerOptions{Controller: given.Controller, Block: given.Block})
			})))
		},
	},
	index: func(c call, o kube.Owners, key lua.LValue) (lua.LValue, bool) {
		return elementOf(c, o.Value(), key)
	},
	tostring: func(o kube.Owners) string { return listValue(o.Value()).String() },
	length:   func(o kube.Owners) int { return o.Value().Len() },
	pairs:    func(c call, o kube.Owners) lua.LValue { return c.elements(newArray(c, o.Value(), false), true) },
	iter:     func(c call, o kube.Owners) lua.LValue { return c.elements(newArray(c, o.Value(), false), false) },
	next: func(c call, o kube.Owners, key lua.LValue) (lua.LValue, lua.LValue) {
		return sequenceClass.next(c, newArray(c, o.Value(), false), key)
	},
}

// itemAt is the item argument at i.
func (c call) itemAt(i int, name string) *kube.Item {
	if ud, ok := c.L.Get(i).(*lua.LUserData); ok {
		if item, ok := ud.Value.(*kube.Item); ok {
			return item
		}
	}
	c.invalid("%s must be an item, not %s", name, host.TypeName(c.L.Get(i)))
	return nil
}
