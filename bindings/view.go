package bindings

import (
	"context"
	"io"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

var viewClass = class[*kube.View]{
	name: "view",
	attributes: map[string]func(call, *kube.View) lua.LValue{
		"age": func(c call, v *kube.View) lua.LValue {
			if !v.IsCached() {
				return lua.LNil
			}
			age, err := v.Age()
			c.raise(err)
			return lua.LNumber(age.Seconds())
		},
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
		"apply": viewApply,
		"cached": func(c call, v *kube.View) int {
			c.none(2)
			return c.push(c.userdata(blocking(c, v.Cached), c.view))
		},
		"close": func(c call, v *kube.View) int {
			c.host.Cleanup(c.L, v.Close)
			return 0
		},
		"count": func(c call, v *kube.View) int {
			c.none(2)
			return c.push(lua.LNumber(blocking(c, v.Count)))
		},
		"create":     viewCreate,
		"each":       func(c call, v *kube.View) int { return c.push(c.items(v)) },
		"fetch":      viewFetch,
		"filter":     viewFilter,
		"find":       viewFind,
		"logs":       func(c call, v *kube.View) int { return c.mergedLogs(v, c.logOptions(2)) },
		"namespaced": viewNamespaced,
		"on":         viewOn,
		"table":      viewTable,
		"top":        viewTop,
		"wait":       viewWait,
		"watch":      viewWatch,
	},
	index: func(c call, v *kube.View, key lua.LValue) (lua.LValue, bool) {
		if _, ok := key.(lua.LNumber); ok {
			c.raise(kube.Errorf(kube.ValueError, `%s has no [%s]: a view is no list (loop over it, fetch one by name, or collect it: require "iter")`, v, key))
		}
		return nil, false
	},
	tostring: (*kube.View).String,
	printed:  func(c call, v *kube.View) string { return c.tabulated(v, kube.TableOptions{}).String() },
	iter:     func(c call, v *kube.View) lua.LValue { return c.items(v) },
	meta: map[string]func(call) int{
		"__len": func(c call) int {
			n, err := c.L.CheckUserData(1).Value.(*kube.View).Len()
			c.raise(err)
			return c.push(lua.LNumber(n))
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
		b.host.Turn(L)
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

// fetchOptions reads the options of fetch and find.
func (c call) fetchOptions(i int) fetchOptions {
	given := options[fetchOptions](c, i)
	c.namespaceGiven(i)
	return given
}

// namespaceGiven raises where the option namespace is given but empty: that is
// a mistake, not the view's own.
func (c call) namespaceGiven(i int) {
	if t, ok := c.L.Get(i).(*lua.LTable); ok && t.RawGetString("namespace") == lua.LString("") {
		c.raise(kube.Errorf(kube.NamespaceError, "option namespace is empty"))
	}
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
	return c.push(c.narrowed(v.Filter(c.selectors(given.Labels, given.Fields))))
}

// selectors reads the options labels and fields.
func (c call) selectors(labels, fields lua.LValue) kube.Selectors {
	return kube.Selectors{
		Labels: c.selector(labels, "labels", kube.LabelsEqual),
		Fields: c.selector(fields, "fields", kube.FieldsEqual),
	}
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
		if t, ok := c.tableOf(v).(*lua.LTable); ok {
			return c.selector(t, name, equal)
		}
	}
	c.invalid("option %s must be a selector (a string or a table), not %s", name, host.TypeName(v))
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

func viewWatch(c call, v *kube.View) int {
	return c.push(c.userdata(c.watch(v, options[viewWatchOptions](c, 2)), c.watcher))
}

// viewWatchOptions are the options of view:watch.
type viewWatchOptions struct {
	Fields, Labels lua.LValue
	Initial        bool
	Keep           bool
	Namespace      string
	Resync         lua.LValue
	Since          string
	Sync           bool
}

// watch watches what the options, argument 2, leave of a view.
func (c call) watch(v *kube.View, given viewWatchOptions) *kube.Watcher {
	c.namespaceGiven(2)
	o := kube.WatchOptions{Initial: given.Initial, Keep: given.Keep, Resync: c.interval(given.Resync), Since: given.Since, Sync: given.Sync}
	var err error
	if given.Namespace != "" {
		v, err = v.Namespaced(given.Namespace)
		c.raise(err)
	}
	if s := c.selectors(given.Labels, given.Fields); s != (kube.Selectors{}) {
		v, err = v.Filter(s)
		c.raise(err)
	}
	return blocking(c, func(ctx context.Context) (*kube.Watcher, error) { return v.Watch(ctx, o) })
}

// viewOn implements view:on{added = fn, modified = fn, deleted = fn, ...}: a
// task that watches the view and calls the functions with item and event, one
// after another. Its handle is returned; cancelling it ends the watch.
func viewOn(c call, v *kube.View) int {
	given := options[struct {
		Added, Modified, Deleted lua.LValue
		Fields, Labels           lua.LValue
		Initial                  bool
		Keep                     bool
		Namespace                string
		Resync                   lua.LValue
		Since                    string
		Sync                     lua.LValue
	}](c, 2)
	handlers := map[string]lua.LValue{}
	for evtype, fn := range map[string]lua.LValue{
		kube.Added: given.Added, kube.Modified: given.Modified, kube.Deleted: given.Deleted, kube.Sync: given.Sync,
	} {
		if fn == nil || fn == lua.LNil {
			continue
		}
		if fn.Type() != lua.LTFunction && c.L.GetMetaField(fn, "__call") == lua.LNil {
			c.invalid("option %s must be a function, not %s", strings.ToLower(evtype), host.TypeName(fn))
		}
		handlers[evtype] = fn
	}
	if len(handlers) == 0 {
		c.invalid("on: none of the functions added, modified, deleted and sync is given")
	}
	w := c.watch(v, viewWatchOptions{
		Fields: given.Fields, Labels: given.Labels, Namespace: given.Namespace,
		Initial: given.Initial, Keep: given.Keep, Resync: given.Resync, Since: given.Since,
		Sync: handlers[kube.Sync] != nil,
	})
	b := c.binding
	loop := c.L.NewFunction(func(L *lua.LState) int {
		c := call{b, L}
		defer b.host.Cleanup(L, w.Close)
		for {
			b.host.Turn(L)
			var ev kube.Event
			err := b.host.Block(L, func(ctx context.Context) (err error) {
				ev, err = w.Next(ctx, -1)
				return err
			})
			if err == io.EOF {
				return 0
			}
			c.raise(err)
			if fn := handlers[ev.Type]; fn != nil {
				L.Push(fn)
				n := 1
				if ev.Item != nil {
					L.Push(c.itemValue(ev.Item))
					n++
				}
				L.Push(c.userdata(ev, c.event))
				L.Call(n, 0)
			}
		}
	})
	return c.push(c.host.Spawn(c.L, loop))
}

// interval reads the option resync of a watch.
func (c call) interval(v lua.LValue) time.Duration {
	if v == nil || v == lua.LNil {
		return 0
	}
	d := c.seconds(v, "option resync")
	if d == 0 {
		c.invalid("option resync is 0 (leave it out for none)")
	}
	return d
}
