package bindings

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib"
	"github.com/kubelua/kubelua/stdlib/host"
)

// logClass is a log, of one pod or several: a stream of lines, each with its
// pod.
var logClass = watchClass("log", func(c call, line kube.LogLine) int {
	return c.push(lua.LString(line.Text), c.itemValue(line.Pod))
})

// logOptions reads the options of a log.
func (c call) logOptions(i int) kube.LogOptions {
	given := options[struct {
		Container  string
		Follow     bool
		Previous   bool
		Since      lua.LValue
		Tail       lua.LValue
		Timestamps bool
	}](c, i)
	o := kube.LogOptions{
		Container: given.Container, Follow: given.Follow, Previous: given.Previous,
		Since: c.since(given.Since), Timestamps: given.Timestamps,
	}
	if given.Tail != nil && given.Tail != lua.LNil {
		n := c.natural(given.Tail, "option tail")
		o.Tail = &n
	}
	return o
}

// since reads a moment: a time, or how long ago it was.
func (c call) since(v lua.LValue) time.Time {
	if v == nil || v == lua.LNil {
		return time.Time{}
	}
	if t, ok := stdlib.TimeOf(v); ok {
		return t
	}
	return c.host.Now().Add(-c.seconds(v, "option since, unless it is a time,"))
}

// podLogs implements pod:logs{...}.
func podLogs(c call, i *kube.Item) int {
	o := c.logOptions(2)
	return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Logs, error) { return i.Logs(ctx, o) }), c.log))
}

// mergedLogs gives the logs of all pods of a view to Lua.
func (c call) mergedLogs(v *kube.View, o kube.LogOptions) int {
	return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Logs, error) { return v.Logs(ctx, o) }), c.log))
}

// logs implements kube.logs(pods, {...}): the logs of the pods of a view, or of
// those in a list.
func logs(c call) int {
	o := c.logOptions(2)
	switch v := c.L.Get(1).(type) {
	case *lua.LUserData:
		if view, ok := v.Value.(*kube.View); ok {
			return c.mergedLogs(view, o)
		}
	case *lua.LTable:
		var pods []*kube.Item
		for i := 1; i <= v.Len(); i++ {
			ud, ok := v.RawGetInt(i).(*lua.LUserData)
			if !ok {
				c.invalid("kube.logs: element %d is a %s, not a pod", i, host.TypeName(v.RawGetInt(i)))
			}
			pod, ok := ud.Value.(*kube.Item)
			if !ok {
				c.invalid("kube.logs: element %d is a %s, not a pod", i, host.TypeName(ud))
			}
			pods = append(pods, pod)
		}
		return c.push(c.userdata(blocking(c, func(ctx context.Context) (*kube.Logs, error) { return kube.LogsOf(ctx, pods, o) }), c.log))
	}
	c.invalid("kube.logs: the argument must be a view or a list of pods, not %s", host.TypeName(c.L.Get(1)))
	return 0
}
