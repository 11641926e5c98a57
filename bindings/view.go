package bindings

import (
	"context"
	"io"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

var viewClass = class[*kube.View]{
	name: "view",
	attributes: map[string]func(call, *kube.View) lua.LValue{
		"api_paths": func(c call, v *kube.View) lua.LValue { return c.texts(v.Resource().APIPaths()) },
		"cluster":   func(c call, v *kube.View) lua.LValue { return c.clusterValue(v.Cluster()) },
		"kind":      func(c call, v *kube.View) lua.LValue { return lua.LString(v.Kind()) },
		"namespace": func(c call, v *kube.View) lua.LValue { return textOrNil(v.Namespace()) },
		"resource":  func(c call, v *kube.View) lua.LValue { return lua.LString(v.Resource().Name) },
	},
	methods: map[string]func(call, *kube.View) int{
		"all": func(c call, v *kube.View) int {
			c.none(2)
			return c.push(c.narrowed(v.Namespaced("")))
		},
		"each":       func(c call, v *kube.View) int { return c.push(c.items(v)) },
		"fetch":      viewFetch,
		"filter":     viewFilter,
		"find":       viewFind,
		"namespaced": viewNamespaced,
		"watch":      viewWatch,
	},
	tostring: (*kube.View).String,
	iter:     func(c call, v *kube.View) lua.LValue { return c.items(v) },
	meta: map[string]func(call) int{
		"__len": func(c call) int {
			c.invalid("a view has no length: it holds nothing (count while you iterate)")
			return 0
		},
	},
}

// texts gives strings to Lua as a sequence.
func (c call) texts(values []string) lua.LValue {
	return list(c, values, func(s string) lua.LValue { return lua.LString(s) })
}

// narrowed is the result of a method that makes a view of a view.
func (c call) narrowed(v *kube.View, err error) lua.LValue {
	c.raise(err)
	return c.userdata(v, c.view)
}

// items is the iterator function over the objects of a view.
func (c call) items(v *kube.View) lua.LValue {
	b := c.binding
	var it *kube.Iterator
	return c.L.NewFunction(func(L *lua.LState) int {
		c := call{b, L}
		var item *kube.Item
		var err error
		// What is there already is taken without letting go of the VM.
		if it != nil && it.Ready() {
			item, err = it.Next(context.Background())
		} else {
			err = b.host.Block(L, func(ctx context.Context) (err error) {
				if it == nil {
					it = v.Iterate(ctx)
				}
				item, err = it.Next(ctx)
				return err
			})
		}
		if err == io.EOF {
			it.Close()
			return c.push(lua.LNil)
		}
		c.raise(err)
		return c.push(c.itemValue(item))
	})
}

// fetchOptions are the options of fetch and find.
type fetchOptions struct{ Namespace string }

// fetchOptions reads the options of fetch and find. A namespace that is given
// but empty is a mistake, not the view's.
func (c call) fetchOptions(i int) fetchOptions {
	given := options[fetchOptions](c, i)
	if t, ok := c.L.Get(i).(*lua.LTable); ok && t.RawGetString("namespace") == lua.LString("") {
		c.raise(kube.Errorf(kube.NamespaceError, "option namespace is empty"))
	}
	return given
}

func viewFetch(c call, v *kube.View) int {
	name := c.text(2, "the name")
	given := c.fetchOptions(3)
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
		return v.Fetch(ctx, name, given.Namespace)
	})))
}

func viewFind(c call, v *kube.View) int {
	name := c.text(2, "the name")
	given := c.fetchOptions(3)
	item := blocking(c, func(ctx context.Context) (*kube.Item, error) {
		return v.Find(ctx, name, given.Namespace)
	})
	if item == nil {
		return c.push(lua.LNil)
	}
	return c.push(c.itemValue(item))
}

func viewFilter(c call, v *kube.View) int {
	type filterOptions struct{ Labels, Fields lua.LValue }
	given := options[filterOptions](c, 2)
	s := kube.Selectors{
		Labels: c.selector(given.Labels, "labels", kube.LabelsEqual),
		Fields: c.selector(given.Fields, "fields", kube.FieldsEqual),
	}
	return c.push(c.narrowed(v.Filter(s)))
}

// selector reads a selector: a text as it is, or a table of what must be
// equal.
func (c call) selector(v lua.LValue, name string, equal func(map[string]string) (string, error)) string {
	switch v := v.(type) {
	case nil, *lua.LNilType:
		return ""
	case lua.LString:
		if v == "" {
			c.invalid("option %s is an empty selector (leave it out to match everything)", name)
		}
		return string(v)
	case *lua.LTable:
		s, err := equal(c.textMap(v, "option "+name))
		c.raise(err)
		return s
	case *lua.LUserData:
		// The matchLabels of a workload, or the labels of an item.
		if t, ok := c.tableOf(v, 0).(*lua.LTable); ok {
			return c.selector(t, name, equal)
		}
	}
	c.invalid("option %s must be a selector (a string or a table), not %s", name, typeName(v))
	return ""
}

func viewNamespaced(c call, v *kube.View) int {
	name := c.text(2, "the namespace")
	c.none(3)
	// An empty variable must not widen what a script touches.
	if name == "" {
		c.raise(kube.Errorf(kube.NamespaceError, "the namespace is empty (view:all() is the view of all namespaces)"))
	}
	return c.push(c.narrowed(v.Namespaced(name)))
}

// watchOptions are the options of watch.
type watchOptions struct {
	Initial bool
	Since   string
}

func viewWatch(c call, v *kube.View) int {
	given := options[watchOptions](c, 2)
	return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Watcher, error) {
		return v.Watch(ctx, kube.WatchOptions(given))
	}), c.watcher))
}
