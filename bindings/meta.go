package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

var metaClass = class[kube.Meta]{
	name:   "metadata",
	change: changeCopy,
	attributes: map[string]func(call, kube.Meta) lua.LValue{
		"annotations": func(c call, m kube.Meta) lua.LValue {
			return c.userdata(c.whole(m.Item()).Meta().Annotations(), c.annotations)
		},
		"created": func(c call, m kube.Meta) lua.LValue {
			created := c.whole(m.Item()).Meta().Created()
			if created.IsZero() {
				return lua.LNil
			}
			return c.time(created)
		},
		"finalizers": func(c call, m kube.Meta) lua.LValue {
			return c.userdata(c.whole(m.Item()).Meta().Finalizers(), c.finalizers)
		},
		"labels":    func(c call, m kube.Meta) lua.LValue { return c.userdata(c.whole(m.Item()).Meta().Labels(), c.labels) },
		"link":      func(c call, m kube.Meta) lua.LValue { return lua.LString(m.Link()) },
		"name":      func(c call, m kube.Meta) lua.LValue { return lua.LString(m.Name()) },
		"namespace": func(c call, m kube.Meta) lua.LValue { return textOrNil(m.Namespace()) },
		"owners":    func(c call, m kube.Meta) lua.LValue { return c.userdata(c.whole(m.Item()).Meta().Owners(), c.owners) },
		"uid":       func(c call, m kube.Meta) lua.LValue { return textOrNil(m.UID()) },
		"version":   func(c call, m kube.Meta) lua.LValue { return textOrNil(m.Version()) },
	},
	tostring: func(m kube.Meta) string { return "metadata of " + m.Item().String() },
}
