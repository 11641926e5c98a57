package bindings

import (
	"context"
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// itemValue gives an item to Lua.
func (c call) itemValue(i *kube.Item) lua.LValue { return c.userdata(i, c.item) }

var itemClass = class[*kube.Item]{
	name:   "item",
	change: changeCopy,
	attributes: map[string]func(call, *kube.Item) lua.LValue{
		"api_paths": func(c call, i *kube.Item) lua.LValue { return c.texts(i.Resource().APIPaths()) },
		"cluster":   func(c call, i *kube.Item) lua.LValue { return c.clusterValue(i.Cluster()) },
		"kind":      func(c call, i *kube.Item) lua.LValue { return lua.LString(i.Kind()) },
		"meta":      func(c call, i *kube.Item) lua.LValue { return c.userdata(i.Meta(), c.meta) },
		"raw":       func(c call, i *kube.Item) lua.LValue { return c.object(c.whole(i).Raw(), isSecret(i)) },
		"resource":  func(c call, i *kube.Item) lua.LValue { return lua.LString(i.Resource().Name) },
		"spec":      func(c call, i *kube.Item) lua.LValue { return c.object(c.whole(i).Spec(), isSecret(i)) },
		"status":    func(c call, i *kube.Item) lua.LValue { return c.object(c.whole(i).Status(), isSecret(i)) },
	},
	methods: map[string]func(call, *kube.Item) int{
		"apply": itemApply,
		"condition": func(c call, i *kube.Item) int {
			name := c.text(2, "the type of the condition")
			c.none(3)
			return c.push(c.valueOf(c.whole(i).Condition(name), isSecret(i)))
		},
		"delete": itemDelete,
		"edit":   itemEdit,
		"events": itemEvents,
		"fetch": func(c call, i *kube.Item) int {
			c.none(2)
			return c.push(c.itemValue(blocking(c, i.Fetch)))
		},
		"patch":  itemPatch,
		"update": itemUpdate,
		"wait":   itemWait,
		"watch":  itemWatch,
	},
	index: func(c call, i *kube.Item, key lua.LValue) (lua.LValue, bool) {
		name := key.String()
		if i.HasAttribute(name) {
			v, err := i.Attribute(name)
			c.raise(err)
			return c.attribute(i, v), true
		}
		// The enumerations that go with a kind are at hand on its items.
		if e, ok := kindEnums[i.Kind()]; ok && e == name {
			return c.enumValue(name), true
		}
		if operation := c.operationOf(i, name); operation != nil {
			return operation, true
		}
		return nil, false
	},
	elsewhere: func(key string) string {
		if metaClass.attributes[key] == nil {
			return ""
		}
		return "meta." + key
	},
	names: func(i *kube.Item) []string {
		names := slices.Concat(i.AttributeNames(), operationNames(i))
		if e, ok := kindEnums[i.Kind()]; ok {
			names = append(names, e)
		}
		return names
	},
	tostring: func(i *kube.Item) string { return i.String() },
	equal:    (*kube.Item).Equal,
}

// kindEnums are the enumerations that items of a kind carry as an attribute.
var kindEnums = map[string]string{"Namespace": "NamespacePhase", "Pod": "PodPhase", "Secret": "SecretType"}

// isSecret tells whether a value must not be printed.
func isSecret(v any) bool {
	switch v := v.(type) {
	case *kube.Item:
		return v.Kind() == "Secret"
	case kube.Meta:
		return isSecret(v.Item())
	case *mapping:
		return v.secret
	case *sequence:
		return v.secret
	case *record:
		return v.secret
	}
	return false
}

// whole raises for what remains of an object whose deletion went unseen.
func (c call) whole(i *kube.Item) *kube.Item {
	if i.Partial() {
		c.raise(kube.Errorf(kube.StatusError, "%s: its deletion was missed, so only kind, namespace, name, uid and version are known", i))
	}
	return i
}

// attribute gives what kube.Item.Attribute returns to Lua.
func (c call) attribute(i *kube.Item, v any) lua.LValue {
	switch v := v.(type) {
	case string:
		return lua.LString(v)
	case int64:
		return lua.LNumber(v)
	case time.Time:
		return c.time(v)
	case kube.Value:
		return c.valueOf(v, isSecret(i))
	case []kube.Address:
		return list(c, v, func(a kube.Address) lua.LValue { return c.userdata(a, c.address) })
	case []string:
		return c.texts(v)
	case []*kube.Container:
		return list(c, v, func(ct *kube.Container) lua.LValue { return c.userdata(ct, c.container) })
	case map[string]float64:
		return recordOf(c, v, false, func(n float64) lua.LValue { return lua.LNumber(n) })
	case map[string]string:
		return recordOf(c, v, true, func(s string) lua.LValue { return lua.LString(s) })
	}
	return lua.LNil
}

func itemWatch(c call, i *kube.Item) int {
	type itemWatchOptions struct {
		Initial bool
		Keep    bool
		Resync  lua.LValue
		Since   string
		Sync    bool
	}
	given := options[itemWatchOptions](c, 2)
	o := kube.WatchOptions{Initial: given.Initial, Keep: given.Keep, Resync: c.interval(given.Resync), Since: given.Since, Sync: given.Sync}
	return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Watcher, error) { return i.Watch(ctx, o) }), c.watcher))
}

// itemEvents implements item:events(). What it returns prints as kubectl
// describe shows it.
func itemEvents(c call, i *kube.Item) int {
	c.none(2)
	events := blocking(c, i.Events)
	return c.push(c.userdata(&sequence{
		length: len(events),
		at:     func(c call, n int) lua.LValue { return c.itemValue(events[n]) },
		text:   func() string { return kube.DescribeEvents(events) },
	}, c.sequence))
}

var addressClass = class[kube.Address]{
	name: "address",
	attributes: map[string]func(call, kube.Address) lua.LValue{
		"addr": func(c call, a kube.Address) lua.LValue { return lua.LString(a.Addr) },
		"type": func(c call, a kube.Address) lua.LValue { return lua.LString(a.Type) },
	},
	tostring: func(a kube.Address) string { return a.Type + " " + a.Addr },
	equal:    func(a, b kube.Address) bool { return a == b },
}
