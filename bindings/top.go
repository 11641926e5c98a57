package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// itemTop implements pod:top() and node:top().
func itemTop(c call, i *kube.Item) int {
	c.none(2)
	return c.push(c.usage(blocking(c, i.Top)))
}

// viewTop implements view:top(): a list.
func viewTop(c call, v *kube.View) int {
	c.none(2)
	all := c.L.NewTable()
	for _, u := range blocking(c, v.Top) {
		all.Append(c.usage(u))
	}
	return c.push(all)
}

// usage gives what something used to Lua, as a table.
func (c call) usage(u kube.Usage) *lua.LTable {
	t := c.L.NewTable()
	t.RawSetString("name", lua.LString(u.Name))
	t.RawSetString("namespace", textOrNil(u.Namespace))
	t.RawSetString("cpu", lua.LNumber(u.CPU))
	t.RawSetString("memory", lua.LNumber(u.Memory))
	t.RawSetString("time", c.time(u.Time))
	t.RawSetString("window", lua.LNumber(u.Window.Seconds()))
	if u.Containers != nil {
		containers := c.L.NewTable()
		for _, one := range u.Containers {
			containers.Append(c.usage(one))
		}
		t.RawSetString("containers", containers)
	}
	return t
}
