package bindings

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// servedKindClass is a kind that a server serves, as cluster:kinds lists them.
var servedKindClass = class[*kube.Resource]{
	name:       "kind",
	documented: "kube.ServedKind",
	attributes: map[string]func(call, *kube.Resource) lua.LValue{
		"api_paths":   func(c call, r *kube.Resource) lua.LValue { return c.texts(r.APIPaths()) },
		"api_version": func(c call, r *kube.Resource) lua.LValue { return lua.LString(r.APIVersion()) },
		"group":       func(c call, r *kube.Resource) lua.LValue { return lua.LString(r.Group) },
		"kind":        func(c call, r *kube.Resource) lua.LValue { return lua.LString(r.Kind) },
		"namespaced":  func(c call, r *kube.Resource) lua.LValue { return lua.LBool(r.Namespaced) },
		"resource":    func(c call, r *kube.Resource) lua.LValue { return lua.LString(r.Name) },
		"short_names": func(c call, r *kube.Resource) lua.LValue { return c.texts(r.ShortNames) },
		"verbs":       func(c call, r *kube.Resource) lua.LValue { return c.texts(r.Verbs) },
	},
	tostring: (*kube.Resource).String,
	equal:    func(a, b *kube.Resource) bool { return a.Kind == b.Kind && a.String() == b.String() },
}

// clusterKinds implements cluster:kinds(): what the server serves now.
func clusterKinds(c call, r *clusterRef) int {
	c.none(2)
	kinds := blocking(c, c.resolve(r).Kinds)
	return c.push(list(c, kinds, func(k *kube.Resource) lua.LValue { return c.userdata(k, c.servedKind) }))
}

// clusterView implements cluster:view(x), where x is a name, one of
// cluster:kinds(), or anything that has an API version and a kind.
func clusterView(c call, r *clusterRef) int {
	x := c.L.Get(2)
	c.none(3)
	if name, ok := x.(lua.LString); ok {
		cluster := c.resolve(r)
		return c.push(c.narrowed(blocking(c, func(ctx context.Context) (*kube.View, error) {
			return cluster.View(ctx, string(name))
		}), nil))
	}
	if ud, ok := x.(*lua.LUserData); ok {
		if kind, ok := ud.Value.(*kube.Resource); ok {
			return c.push(c.narrowed(c.resolve(r).ViewOf(kind), nil))
		}
	}
	if x.Type() != lua.LTTable && x.Type() != lua.LTUserData {
		c.invalid("cluster:view: want a name, or a table with api_version and kind, not %s", host.TypeName(x))
	}
	object, err := c.encode(x, "cluster:view")
	c.raise(err)
	version, kind := object.Get("api_version"), object.Get("kind")
	if !version.Exists() {
		version = object.Get("apiVersion") // of an object, or of a reference to one
	}
	if version.Type() != kube.String || kind.Type() != kube.String {
		c.invalid("cluster:view: the %s needs the strings api_version and kind", host.TypeName(x))
	}
	cluster := c.resolve(r)
	return c.push(c.narrowed(blocking(c, func(ctx context.Context) (*kube.View, error) {
		return cluster.KindView(ctx, version.String(), kind.String())
	}), nil))
}
