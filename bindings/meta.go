package bindings

import (
	"context"
	"maps"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

var metaClass = class[kube.Meta]{
	name:   "metadata",
	change: changeCopy,
	attributes: map[string]func(call, kube.Meta) lua.LValue{
		"annotations": func(c call, m kube.Meta) lua.LValue {
			return c.object(c.whole(m.Item()).Meta().Raw().Get("annotations"), isSecret(m.Item()))
		},
		"created": func(c call, m kube.Meta) lua.LValue {
			created := c.whole(m.Item()).Meta().Created()
			if created.IsZero() {
				return lua.LNil
			}
			return c.time(created)
		},
		"labels":    func(c call, m kube.Meta) lua.LValue { return c.userdata(c.whole(m.Item()).Meta().Labels(), c.labels) },
		"link":      func(c call, m kube.Meta) lua.LValue { return lua.LString(m.Link()) },
		"name":      func(c call, m kube.Meta) lua.LValue { return lua.LString(m.Name()) },
		"namespace": func(c call, m kube.Meta) lua.LValue { return textOrNil(m.Namespace()) },
		"uid":       func(c call, m kube.Meta) lua.LValue { return textOrNil(m.UID()) },
		"version":   func(c call, m kube.Meta) lua.LValue { return textOrNil(m.Version()) },
	},
	tostring: func(m kube.Meta) string { return "metadata of " + m.Item().String() },
}

var labelsClass = class[kube.Labels]{
	name:    "labels",
	mapping: true,
	change:  "labels change by labels:set(key, value) and labels:delete(key)",
	methods: map[string]func(call, kube.Labels) int{
		"delete": func(c call, l kube.Labels) int {
			key := c.text(2, "the key")
			c.none(3)
			return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return l.Delete(ctx, key) })))
		},
		"get": func(c call, l kube.Labels) int {
			if value, ok := l.Get(c.text(2, "the key")); ok {
				return c.push(lua.LString(value))
			}
			return c.push(c.L.Get(3))
		},
		"has": func(c call, l kube.Labels) int {
			_, ok := l.Get(c.text(2, "the key"))
			return c.push(lua.LBool(ok))
		},
		"set": func(c call, l kube.Labels) int {
			key, value := c.text(2, "the key"), c.text(3, "the value")
			c.none(4)
			return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return l.Set(ctx, key, value) })))
		},
	},
	index: func(c call, l kube.Labels, key lua.LValue) (lua.LValue, bool) {
		value, ok := l.Get(key.String())
		return lua.LString(value), ok && key.Type() == lua.LTString
	},
	tostring: func(l kube.Labels) string {
		if !l.Value().Exists() {
			return "{}"
		}
		return l.Value().String()
	},
	equal: func(a, b kube.Labels) bool {
		return maps.Equal(maps.Collect(a.All()), maps.Collect(b.All()))
	},
	length: func(l kube.Labels) int { return l.Value().Len() },
	pairs:  func(c call, l kube.Labels) lua.LValue { return c.fields(&mapping{value: l.Value()}) },
	iter:   func(c call, l kube.Labels) lua.LValue { return c.fields(&mapping{value: l.Value()}) },
	next: func(c call, l kube.Labels, key lua.LValue) (lua.LValue, lua.LValue) {
		return mappingClass.next(c, &mapping{value: l.Value()}, key)
	},
}
