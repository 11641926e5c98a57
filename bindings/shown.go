package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// What a host that shows values to people asks of them.

// ViewOf is the view that a Lua value is, nil where it is none.
func ViewOf(v lua.LValue) *kube.View { return valueOf[*kube.View](v) }

// ItemOf is the item that a Lua value is, nil where it is none.
func ItemOf(v lua.LValue) *kube.Item { return valueOf[*kube.Item](v) }

// TableOf is the server's table that a Lua value is, nil where it is none.
func TableOf(v lua.LValue) *kube.Table { return valueOf[*kube.Table](v) }

// valueOf is what a userdata holds, the zero T where it is something else.
func valueOf[T any](v lua.LValue) (value T) {
	if ud, ok := v.(*lua.LUserData); ok {
		value, _ = ud.Value.(T)
	}
	return value
}

// Items are the items of a sequence or a Lua list that holds nothing else, and
// has no text of its own; nil where a value is no such thing, or empty.
func (k *Kube) Items(v lua.LValue) []*kube.Item {
	var items []*kube.Item
	switch v := v.(type) {
	case *lua.LTable:
		if v.Metatable != lua.LNil && v.Metatable != k.binding.array {
			return nil
		}
		whole := true
		v.ForEach(func(_, element lua.LValue) {
			item := ItemOf(element)
			whole = whole && item != nil
		})
		for n := 1; whole && n <= v.Len(); n++ {
			items = append(items, ItemOf(v.RawGetInt(n)))
		}
	case *lua.LUserData:
		s, ok := v.Value.(*sequence)
		if !ok || s.text != nil || s.raw.Exists() {
			return nil
		}
		for n := range s.length {
			item := ItemOf(s.at(call{binding: k.binding}, n))
			if item == nil {
				return nil
			}
			items = append(items, item)
		}
	}
	return items
}

// Shown is a value as JSON that may be shown to anybody: as kube.json writes it,
// but what belongs to a Secret is "***". What can't be JSON is a ValueError.
func (k *Kube) Shown(v lua.LValue) (kube.Value, error) {
	e := call{binding: k.binding}.encoder()
	e.masked = true
	return e.encode(v, "value")
}
