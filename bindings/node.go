package bindings

import (
	"context"
	"io"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/stdlib/host"
)

// nodeTaint implements taint{key =, value =, effect =}.
func nodeTaint(c call, i *kube.Item) int {
	type taintOptions struct{ Effect, Key, Value string }
	given := options[taintOptions](c, 2)
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
		return i.Taint(ctx, kube.Taint{Key: given.Key, Value: given.Value, Effect: given.Effect})
	})))
}

// nodeUntaint implements untaint(key) and untaint{key =, effect =}.
func nodeUntaint(c call, i *kube.Item) int {
	type untaintOptions struct{ Effect, Key string }
	var given untaintOptions
	if key, ok := c.L.Get(2).(lua.LString); ok {
		c.none(3)
		given.Key = string(key)
	} else {
		given = options[untaintOptions](c, 2)
	}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
		return i.Untaint(ctx, given.Key, given.Effect)
	})))
}

// nodeDrain implements drain{...}: the pods that were evicted.
func nodeDrain(c call, i *kube.Item) int {
	type drainOptions struct {
		DeleteEmptydirData bool
		DryRun             bool
		Force              bool
		Grace              lua.LValue
		IgnoreDaemonsets   bool
		Limit              int
		On                 lua.LValue
		Timeout            lua.LValue
	}
	given := options[drainOptions](c, 2)
	if isGiven(given.On) && given.On.Type() != lua.LTFunction {
		c.invalid("option on must be a function, not %s", host.TypeName(given.On))
	}
	o := kube.DrainOptions{
		Timeout: c.waitTime(given.Timeout), GracePeriod: c.grace(given.Grace), Force: given.Force,
		IgnoreDaemonSets: given.IgnoreDaemonsets, DeleteEmptyDirData: given.DeleteEmptydirData,
		Limit: given.Limit, DryRun: given.DryRun,
	}
	d := blocking(c, func(ctx context.Context) (*kube.Draining, error) { return i.Drain(ctx, o) })
	defer c.host.Cleanup(c.L, d.Close)
	gone := []*kube.Item{}
	for {
		c.host.Turn(c.L)
		var ev kube.DrainEvent
		err := c.host.Block(c.L, func(ctx context.Context) (err error) {
			ev, err = d.Next(ctx, -1)
			return err
		})
		if err == io.EOF {
			return c.push(list(c, gone, c.itemValue))
		}
		c.raise(err)
		if ev.What == kube.DrainGone || ev.What == kube.DrainPlanned {
			gone = append(gone, ev.Pod)
		}
		if isGiven(given.On) {
			c.L.Push(given.On)
			c.L.Push(c.itemValue(ev.Pod))
			c.L.Push(lua.LString(ev.What))
			c.L.Push(textOrNil(ev.Message))
			c.L.Call(3, 0)
		}
	}
}

// podEvict implements evict([{grace = }]).
func podEvict(c call, i *kube.Item) int {
	type evictOptions struct{ Grace lua.LValue }
	grace := c.grace(options[evictOptions](c, 2).Grace)
	c.block(func(ctx context.Context) error { return i.Evict(ctx, grace) })
	return 0
}

// grace reads the option grace, the time that a pod is given to end.
func (c call) grace(v lua.LValue) *time.Duration {
	if !isGiven(v) {
		return nil
	}
	d := c.seconds(v, "option grace")
	return &d
}
