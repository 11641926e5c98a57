package bindings

import (
	"context"
	"maps"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

var (
	annotationsClass = entriesClass("annotations")
	labelsClass      = entriesClass("labels")
)

// entriesClass is the class of labels or annotations.
func entriesClass(name string) class[kube.Entries] {
	return class[kube.Entries]{
		name:    name,
		mapping: true,
		change:  name + " change by " + name + ":set(key, value) and " + name + ":delete(key)",
		methods: map[string]func(call, kube.Entries) int{
			"delete": entriesDelete,
			"get": func(c call, e kube.Entries) int {
				if value, ok := e.Get(c.text(2, "the key")); ok {
					return c.push(lua.LString(value))
				}
				return c.push(c.L.Get(3))
			},
			"has": func(c call, e kube.Entries) int {
				_, ok := e.Get(c.text(2, "the key"))
				return c.push(lua.LBool(ok))
			},
			"set": entriesSet,
		},
		index: func(_ call, e kube.Entries, key lua.LValue) (lua.LValue, bool) {
			value, ok := e.Get(key.String())
			return lua.LString(value), ok && key.Type() == lua.LTString
		},
		tostring: func(e kube.Entries) string {
			if !e.Value().Exists() {
				return "{}"
			}
			// The annotations of a Secret may quote it; its labels don't.
			return printed(e.Value(), name == "annotations" && isSecret(e.Item()))
		},
		equal: func(a, b kube.Entries) bool {
			return maps.Equal(maps.Collect(a.All()), maps.Collect(b.All()))
		},
		length: func(e kube.Entries) int { return e.Value().Len() },
		pairs:  func(c call, e kube.Entries) lua.LValue { return c.fields(&mapping{value: e.Value()}) },
		iter:   func(c call, e kube.Entries) lua.LValue { return c.fields(&mapping{value: e.Value()}) },
		next: func(c call, e kube.Entries, key lua.LValue) (lua.LValue, lua.LValue) {
			return mappingClass.next(c, &mapping{value: e.Value()}, key)
		},
	}
}

// entriesSet implements labels:set(key, value) and labels:set{key = value, ...},
// where kube.null deletes.
func entriesSet(c call, e kube.Entries) int {
	set := map[string]string{}
	var deleted []string
	if t, ok := c.L.Get(2).(*lua.LTable); ok {
		c.none(3)
		t.ForEach(func(key, value lua.LValue) {
			switch {
			case key.Type() == lua.LTString && value == c.nullValue:
				deleted = append(deleted, key.String())
			case key.Type() == lua.LTString && value.Type() == lua.LTString:
				set[key.String()] = value.String()
			default:
				c.invalid("set must map strings to strings (or kube.null), not %s to %s", host.Quoted(key), host.Quoted(value))
			}
		})
	} else {
		key := c.text(2, "the key")
		if c.L.Get(3) == c.nullValue {
			deleted = append(deleted, key)
		} else {
			set[key] = c.text(3, "the value")
		}
		c.none(4)
	}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return e.Change(ctx, set, deleted...) })))
}

func entriesDelete(c call, e kube.Entries) int {
	keys := c.names(2, "the key")
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return e.Delete(ctx, keys...) })))
}

// names are the string arguments from i on, one at least.
func (c call) names(i int, name string) []string {
	names := []string{c.text(i, name)}
	for i++; i <= c.L.GetTop(); i++ {
		names = append(names, c.text(i, name))
	}
	return names
}
