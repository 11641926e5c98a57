package bindings

import (
	"context"
	"io"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

var watcherClass = watchClass("watcher", func(c call, ev kube.Event) lua.LValue { return c.userdata(ev, c.event) })

var rawWatcherClass = watchClass("watcher", func(c call, ev kube.RawEvent) lua.LValue {
	return recordOf(c, map[string]lua.LValue{"type": lua.LString(ev.Type), "object": c.valueOf(ev.Object, holdsSecrets(ev.Object))}, false,
		func(v lua.LValue) lua.LValue { return v })
})

// watchClass is the class of a stream of events of type E.
func watchClass[E any](name string, wrap func(call, E) lua.LValue) class[*kube.Events[E]] {
	return class[*kube.Events[E]]{
		name: name,
		methods: map[string]func(call, *kube.Events[E]) int{
			"close": func(c call, w *kube.Events[E]) int {
				c.host.Cleanup(c.L, w.Close)
				return 0
			},
			"next": func(c call, w *kube.Events[E]) int {
				ev, err := nextEvent(c, w, c.timeout(2))
				switch err {
				case nil:
					return c.push(wrap(c, ev))
				case kube.ErrTimeout:
					return c.push(lua.LNil, lua.LString("timeout"))
				case io.EOF:
					return c.push(lua.LNil, lua.LString("closed"))
				}
				c.raise(err)
				return 0
			},
		},
		iter: func(c call, w *kube.Events[E]) lua.LValue {
			b := c.binding
			return c.L.NewFunction(func(L *lua.LState) int {
				c := call{b, L}
				ev, err := nextEvent(c, w, -1)
				if err == io.EOF {
					return c.push(lua.LNil)
				}
				c.raise(err)
				return c.push(wrap(c, ev))
			})
		},
	}
}

// nextEvent takes an event that is there without letting go of the VM.
func nextEvent[E any](c call, w *kube.Events[E], timeout time.Duration) (ev E, err error) {
	if w.Ready() {
		if ev, err = w.Next(context.Background(), 0); err != kube.ErrTimeout {
			return ev, err
		}
	}
	err = c.host.Block(c.L, func(ctx context.Context) (err error) {
		ev, err = w.Next(ctx, timeout)
		return err
	})
	return ev, err
}

// timeout reads the argument of next: {timeout=s}, or s itself; none waits
// without end.
func (c call) timeout(i int) time.Duration {
	type nextOptions struct{ Timeout lua.LValue }
	v := c.L.Get(i)
	if v.Type() == lua.LTTable {
		v = options[nextOptions](c, i).Timeout
	}
	if v == nil || v == lua.LNil {
		return -1
	}
	return c.seconds(v, "timeout")
}

var eventClass = class[kube.Event]{
	name: "event",
	attributes: map[string]func(call, kube.Event) lua.LValue{
		"evtype":    func(c call, ev kube.Event) lua.LValue { return lua.LString(ev.Type) },
		"item":      func(c call, ev kube.Event) lua.LValue { return c.itemValue(ev.Item) },
		"synthetic": func(c call, ev kube.Event) lua.LValue { return lua.LBool(ev.Synthetic) },
		"ADDED":     eventType(kube.Added),
		"DELETED":   eventType(kube.Deleted),
		"ERROR":     eventType("ERROR"),
		"MODIFIED":  eventType(kube.Modified),
	},
	tostring: func(ev kube.Event) string { return ev.Type + " " + ev.Item.String() },
}

func eventType(name string) func(call, kube.Event) lua.LValue {
	return func(call, kube.Event) lua.LValue { return lua.LString(name) }
}
