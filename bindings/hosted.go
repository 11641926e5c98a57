package bindings

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// What the bindings do for modules that know no Kubernetes, see
// [github.com/kubelua/kubelua/stdlib/host.Values].

// Null is kube.null.
func (k *Kube) Null() lua.LValue { return k.binding.nullValue }

// Integer is an int64 as kube.int64 makes it.
func (k *Kube) Integer(n int64) lua.LValue { return k.binding.userdata(integer(n), k.binding.int64) }

// Array is a new table as kube.array makes it.
func (k *Kube) Array(L *lua.LState) *lua.LTable { return call{k.binding, L}.newArray() }

// Written is a value as kube.json and kube.yaml write it: of a Secret all of it.
// What names it in errors.
func (k *Kube) Written(L *lua.LState, v lua.LValue, what string) (kube.Value, error) {
	return call{k.binding, L}.written(v, what)
}

// Suggest is [kube.Suggest].
func (k *Kube) Suggest(name string, known []string) string { return kube.Suggest(name, known) }
