package bindings

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// What a host gives to scripts, and takes from them.

// Time gives a time to Lua.
func (k *Kube) Time(t time.Time) lua.LValue { return call{binding: k.binding}.time(t) }

// Event gives an event to Lua.
func (k *Kube) Event(ev kube.Event) lua.LValue { return k.binding.userdata(ev, k.binding.event) }

// Item gives an item to Lua.
func (k *Kube) Item(i *kube.Item) lua.LValue { return call{binding: k.binding}.itemValue(i) }

// JSON encodes a Lua value. what names it in errors, which are ValueErrors.
func (k *Kube) JSON(v lua.LValue, what string) (kube.Value, error) {
	return call{binding: k.binding}.encode(v, what)
}

// Connected is the cluster of the host's flags. It is made where it wasn't yet, and
// what keeps it from being made is raised.
func (k *Kube) Connected(L *lua.LState) *kube.Cluster {
	return call{k.binding, L}.resolve(k.Cluster.(*lua.LUserData).Value.(*clusterRef))
}

// IsDefault tells whether a cluster is the one of the host's flags.
func (k *Kube) IsDefault(c *kube.Cluster) bool {
	return k.Cluster.(*lua.LUserData).Value.(*clusterRef).cluster == c
}
