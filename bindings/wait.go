package bindings

import (
	"context"
	"io"
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// waitOptions are the options of item:wait.
type waitOptions struct {
	Any       lua.LValue // of conditions, "ready" and "deleted"
	Condition string
	Deleted   lua.LValue
	Fn        lua.LValue
	Path      string
	Patient   bool
	Ready     lua.LValue
	Timeout   lua.LValue
	Value     lua.LValue
}

// viewWaitOptions are the options of view:wait.
type viewWaitOptions struct {
	Any            lua.LValue
	Condition      string
	Count          lua.LValue
	Deleted        lua.LValue
	Fields, Labels lua.LValue
	Fn             lua.LValue
	Name           string
	Namespace      string
	Path           string
	Patient        bool
	Ready          lua.LValue
	Timeout        lua.LValue
	Value          lua.LValue
}

// forever is the shortest time that counts as none, like math.huge.
const forever = 100 * 365 * 24 * time.Hour

// until reads what is waited for: at most one of the options; with fn it is the
// function.
func (c call) until(o waitOptions) (until []kube.Until, fn *lua.LFunction) {
	given := 0
	add := func(u kube.Until, err error) {
		c.raise(err)
		until = append(until, u)
	}
	for _, option := range []struct {
		name  string
		given bool
		read  func()
	}{
		{"any", isGiven(o.Any), func() {
			for _, text := range c.stringList(o.Any, "option any") {
				switch text {
				case "ready":
					add(kube.UntilReady(), nil)
				case "deleted":
					add(kube.UntilDeleted(), nil)
				default:
					add(kube.UntilCondition(text))
				}
			}
		}},
		{"condition", o.Condition != "", func() { add(kube.UntilCondition(o.Condition)) }},
		{"deleted", c.isTrue(o.Deleted, "deleted"), func() { add(kube.UntilDeleted(), nil) }},
		{"fn", isGiven(o.Fn), func() {
			var ok bool
			if fn, ok = o.Fn.(*lua.LFunction); !ok {
				c.invalid("option fn must be a function, not %s", host.TypeName(o.Fn))
			}
		}},
		{"path", o.Path != "", func() {
			if isGiven(o.Value) {
				add(kube.UntilValue(o.Path, c.L.ToStringMeta(o.Value).String()))
			} else {
				add(kube.UntilPath(o.Path))
			}
		}},
		{"ready", c.isTrue(o.Ready, "ready"), func() { add(kube.UntilReady(), nil) }},
	} {
		if !option.given {
			continue
		}
		if given++; given > 1 {
			c.invalid("wait: only one of the options any, condition, deleted, fn, path and ready can be given (any takes several)")
		}
		option.read()
	}
	if isGiven(o.Value) && o.Path == "" {
		c.invalid("option value goes with option path")
	}
	return until, fn
}

func isGiven(v lua.LValue) bool { return v != nil && v != lua.LNil }

// isTrue reads an option that is true or not given: false would be a mistake.
func (c call) isTrue(v lua.LValue, name string) bool {
	if isGiven(v) && v != lua.LTrue {
		c.invalid("option %s can only be true (leave it out otherwise)", name)
	}
	return isGiven(v)
}

// stringList reads a table of strings that isn't empty.
func (c call) stringList(v lua.LValue, name string) []string {
	t, ok := v.(*lua.LTable)
	if !ok || t.Len() == 0 {
		c.invalid("%s must be a list of strings", name)
	}
	list := make([]string, t.Len())
	for i := range list {
		s, ok := t.RawGetInt(i + 1).(lua.LString)
		if !ok {
			c.invalid("%s must be a list of strings, not of %s", name, host.TypeName(t.RawGetInt(i+1)))
		}
		list[i] = string(s)
	}
	return list
}

// waitTime reads the timeout of a wait: 0 only looks, math.huge waits without
// end.
func (c call) waitTime(v lua.LValue) time.Duration {
	if !isGiven(v) {
		return 0
	}
	return waitLimit(c.seconds(v, "option timeout"))
}

// waitLimit is a duration as the Timeout of kube.WaitOptions.
func waitLimit(d time.Duration) time.Duration {
	switch {
	case d == 0:
		return time.Nanosecond
	case d >= forever:
		return -1
	}
	return d
}

// itemWait implements item:wait{...}: the newest item, and which state it is
// in or what fn returned.
func itemWait(c call, i *kube.Item) int {
	given := options[waitOptions](c, 2)
	until, fn := c.until(given)
	if len(until) == 0 && fn == nil {
		c.invalid("wait: for what? (one of the options any, condition, deleted, fn, path and ready)")
	}
	o := kube.WaitOptions{Timeout: c.waitTime(given.Timeout), Patient: given.Patient}
	w := blocking(c, func(ctx context.Context) (*kube.Waiter, error) { return i.Waiter(ctx, o, until...) })
	return c.waitForOne(w, fn)
}

// viewWait implements view:wait{...}: with a name as itemWait, else the list of
// the objects that got there.
func viewWait(c call, v *kube.View) int {
	given := options[viewWaitOptions](c, 2)
	c.namespaceGiven(2)
	until, fn := c.until(waitOptions{
		Any: given.Any, Condition: given.Condition, Deleted: given.Deleted, Fn: given.Fn, Path: given.Path,
		Ready: given.Ready, Value: given.Value,
	})
	if len(until) == 0 && fn == nil {
		until = append(until, kube.UntilExists())
	}
	o := kube.WaitOptions{Timeout: c.waitTime(given.Timeout), Patient: given.Patient, Count: c.waitCount(given)}
	var err error
	if s := c.selectors(given.Labels, given.Fields); s != (kube.Selectors{}) {
		v, err = v.Filter(s)
		c.raise(err)
	}
	if given.Name != "" {
		w := blocking(c, func(ctx context.Context) (*kube.Waiter, error) {
			return v.WaiterFor(ctx, given.Name, given.Namespace, o, until...)
		})
		return c.waitForOne(w, fn)
	}
	if given.Namespace != "" {
		v, err = v.Namespaced(given.Namespace)
		c.raise(err)
	}
	w := blocking(c, func(ctx context.Context) (*kube.Waiter, error) { return v.Waiter(ctx, o, until...) })
	defer c.host.Cleanup(c.L, w.Close)
	c.waits(w, fn)
	return c.push(list(c, w.Reached(), c.itemValue))
}

// waitCount reads the option count.
func (c call) waitCount(given viewWaitOptions) int {
	if !isGiven(given.Count) {
		return 0
	}
	n, ok := given.Count.(lua.LNumber)
	switch {
	case !ok || n < 1 || n > math.MaxInt32 || float64(n) != math.Trunc(float64(n)):
		c.invalid("option count must be a whole number from 1 on, not %s", c.L.ToStringMeta(given.Count))
	case given.Name != "":
		c.invalid("option count goes without name")
	case isGiven(given.Deleted):
		c.invalid("option count goes without deleted")
	}
	return int(n)
}

// waitForOne runs a wait for one object.
func (c call) waitForOne(w *kube.Waiter, fn *lua.LFunction) int {
	defer c.host.Cleanup(c.L, w.Close)
	value := c.waits(w, fn)
	item, until := w.Result()
	if fn == nil {
		value = lua.LString(until.String())
	}
	if item == nil {
		return c.push(lua.LNil, value)
	}
	return c.push(c.itemValue(item), value)
}

// waits runs a wait to its end. fn judges the states, in the script's task; what
// it returned last is the result.
func (c call) waits(w *kube.Waiter, fn *lua.LFunction) lua.LValue {
	for {
		c.host.Turn(c.L)
		var item *kube.Item
		err := c.host.Block(c.L, func(ctx context.Context) (err error) {
			item, err = w.Next(ctx)
			return err
		})
		if err == io.EOF {
			return lua.LNil
		}
		c.raise(err)
		c.L.Push(fn)
		c.L.Push(c.itemValue(item))
		c.L.Call(1, 1)
		value := c.L.Get(-1)
		c.L.Pop(1)
		if lua.LVAsBool(value) {
			w.Judge(item)
			if item, _ := w.Result(); item != nil {
				return value
			}
		}
	}
}
