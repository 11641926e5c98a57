package bindings

import (
	"context"
	"io"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

var watcherClass = watchClass("watcher", func(c call, ev kube.Event) int { return c.push(c.userdata(ev, c.event)) })

var rawWatcherClass = func() class[*kube.RawWatcher] {
	cl := watchClass("watcher", func(c call, ev kube.RawEvent) int { return c.push(c.rawEvent(ev)) })
	cl.documented = "kube.RawWatcher"
	return cl
}()

// rawEvent gives an event as the server sends it to Lua.
func (c call) rawEvent(ev kube.RawEvent) lua.LValue {
	return c.recordWithout(map[string]lua.LValue{"object": c.valueOf(ev.Object, holdsSecrets(ev.Object)), "type": lua.LString(ev.Type)})
}

// watchClass is the class of a stream of events of type E, which push gives to
// Lua.
func watchClass[E any](name string, push func(call, E) int) class[*kube.Events[E]] {
	return streamClass(name, func(w *kube.Events[E]) *kube.Events[E] { return w }, push)
}

// streamClass is the class of something of type T that brings a stream of
// events: it is a loop, has a method next, and task.select can wait for it.
func streamClass[T interface{ Close() }, E any](name string, of func(T) *kube.Events[E], push func(call, E) int) class[T] {
	return class[T]{
		name: name,
		attributes: map[string]func(call, T) lua.LValue{
			"pending": func(_ call, self T) lua.LValue { return lua.LNumber(of(self).Pending()) },
		},
		methods: map[string]func(call, T) int{
			"close": func(c call, self T) int {
				c.host.Cleanup(c.L, self.Close)
				return 0
			},
			"next": func(c call, self T) int {
				return (&stream[E]{c.binding, of(self), push}).next(c.L, c.wait(2))
			},
		},
		iter: func(c call, self T) lua.LValue {
			s := &stream[E]{c.binding, of(self), push}
			return c.L.NewFunction(func(L *lua.LState) int { return s.next(L, -1) })
		},
		source: func(b *binding, self T) host.Source { return &stream[E]{b, of(self), push} },
	}
}

// stream is a watch as scripts read it.
type stream[E any] struct {
	binding *binding
	events  *kube.Events[E]
	give    func(call, E) int
}

// next pushes the next event, or nil and "timeout" or "closed". An event that
// is there is taken without letting go of the VM.
func (s *stream[E]) next(L *lua.LState, timeout time.Duration) int {
	s.binding.host.Turn(L)
	if s.events.Pending() > 0 || timeout == 0 {
		if n, ok := s.Take(L); ok {
			return n
		}
	}
	var ev E
	err := s.binding.host.Block(L, func(ctx context.Context) (err error) {
		ev, err = s.events.Next(ctx, timeout)
		return err
	})
	return s.push(L, ev, err)
}

// push pushes what Next has returned.
func (s *stream[E]) push(L *lua.LState, ev E, err error) int {
	c := call{s.binding, L}
	switch err {
	case nil:
		return s.give(c, ev)
	case kube.ErrTimeout:
		return c.push(lua.LNil, lua.LString("timeout"))
	case io.EOF:
		return c.push(lua.LNil, lua.LString("closed"))
	}
	c.raise(err)
	return 0
}

// Take pushes an event that is there. See [host.Source].
func (s *stream[E]) Take(L *lua.LState) (int, bool) {
	ev, err := s.events.Next(context.Background(), 0)
	if err == kube.ErrTimeout {
		return 0, false
	}
	return s.push(L, ev, err), true
}

// Subscribe has ch told of events. See [host.Source].
func (s *stream[E]) Subscribe(ch chan<- struct{}) func() { return s.events.Notify(ch) }

var eventClass = class[kube.Event]{
	name: "event",
	attributes: map[string]func(call, kube.Event) lua.LValue{
		"evtype": func(c call, ev kube.Event) lua.LValue { return lua.LString(ev.Type) },
		"item": func(c call, ev kube.Event) lua.LValue {
			if ev.Item == nil {
				return lua.LNil
			}
			return c.itemValue(ev.Item)
		},
		"synthetic": func(c call, ev kube.Event) lua.LValue { return lua.LBool(ev.Synthetic) },
		"ADDED":     eventType(kube.Added),
		"DELETED":   eventType(kube.Deleted),
		"ERROR":     eventType("ERROR"),
		"MODIFIED":  eventType(kube.Modified),
		"SYNC":      eventType(kube.Sync),
	},
	tostring: func(ev kube.Event) string {
		if ev.Item == nil {
			return ev.Type
		}
		return ev.Type + " " + ev.Item.String()
	},
}

func eventType(name string) func(call, kube.Event) lua.LValue {
	return func(call, kube.Event) lua.LValue { return lua.LString(name) }
}
