package bindings

import (
	"context"
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/kubelua/kubelua/kube"
)

// itemScale implements scale(n [, {wait = }]).
func itemScale(c call, i *kube.Item) int {
	n := c.whole64(2, "the number of pods")
	return c.changed(i, 3, func(ctx context.Context) (*kube.Item, error) { return i.Scale(ctx, n) })
}

// rolloutRestart implements restart([{wait = }]).
func rolloutRestart(c call, i *kube.Item) int { return c.changed(i, 2, i.Restart) }

// rolloutUndo implements undo([{revision =, wait = }]).
func rolloutUndo(c call, i *kube.Item) int {
	type undoOptions struct {
		Revision float64
		Wait     lua.LValue
	}
	given := options[undoOptions](c, 2)
	if given.Revision < 0 || given.Revision != math.Trunc(given.Revision) || given.Revision > 1<<53 {
		c.invalid("option revision must be a revision's number")
	}
	return c.settled(given.Wait, func(ctx context.Context) (*kube.Item, error) { return i.Undo(ctx, int64(given.Revision)) })
}

// changed is an operation whose only option, in the table at n, is wait.
func (c call) changed(i *kube.Item, n int, change func(context.Context) (*kube.Item, error)) int {
	type changeOptions struct{ Wait lua.LValue }
	return c.settled(options[changeOptions](c, n).Wait, change)
}

// settled makes a change and, with the option wait (true, or for how long at
// most), waits until the item is ready. It pushes the newest item.
func (c call) settled(wait lua.LValue, change func(context.Context) (*kube.Item, error)) int {
	var timeout time.Duration
	if isGiven(wait) && wait.Type() != lua.LTBool {
		d := c.seconds(wait, "option wait")
		if d == 0 {
			c.invalid("option wait is 0 (leave it out for not waiting)")
		}
		timeout = waitLimit(d)
	}
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) {
		item, err := change(ctx)
		if err != nil || !isGiven(wait) || wait == lua.LFalse {
			return item, err
		}
		item, _, err = item.Wait(ctx, kube.WaitOptions{Timeout: timeout}, kube.UntilReady())
		return item, err
	})))
}

// whole64 is the whole number at n, not below 0.
func (c call) whole64(n int, name string) int64 {
	v, ok := c.L.Get(n).(lua.LNumber)
	if !ok || float64(v) != math.Trunc(float64(v)) || v < 0 || v > 1<<53 {
		c.invalid("%s must be a whole number, not %s", name, c.L.ToStringMeta(c.L.Get(n)))
	}
	return int64(v)
}

// rolloutStatus implements rollout().
func rolloutStatus(c call, i *kube.Item) int {
	c.none(2)
	return c.push(c.rollout(blocking(c, i.Rollout)))
}

// rollout gives how far a rollout is to Lua.
func (c call) rollout(r kube.Rollout) lua.LValue {
	return c.recordWithout(map[string]lua.LValue{
		"available": lua.LNumber(r.Available),
		"done":      lua.LBool(r.Done),
		"failed":    textOrNil(r.Failed),
		"message":   lua.LString(r.Message),
		"paused":    lua.LBool(r.Paused),
		"ready":     lua.LNumber(r.Ready),
		"revision":  textOrNil(r.Revision),
		"total":     lua.LNumber(r.Total),
		"updated":   lua.LNumber(r.Updated),
		"wanted":    lua.LNumber(r.Wanted),
	})
}

// rolloutHistory implements history().
func rolloutHistory(c call, i *kube.Item) int {
	c.none(2)
	return c.push(list(c, blocking(c, i.History), c.revision))
}

// revision gives a revision to Lua.
func (c call) revision(r kube.Revision) lua.LValue {
	return c.recordWithout(map[string]lua.LValue{
		"change_cause": textOrNil(r.ChangeCause),
		"created":      c.time(r.Created),
		"current":      lua.LBool(r.Current),
		"item":         c.itemValue(r.Item),
		"revision":     lua.LNumber(r.Number),
	})
}

// recordWithout is a record of the values that aren't nil.
func (c call) recordWithout(values map[string]lua.LValue) lua.LValue {
	for name, v := range values {
		if v == lua.LNil {
			delete(values, name)
		}
	}
	return recordOf(c, values, false, func(v lua.LValue) lua.LValue { return v })
}

// cronJobTrigger implements trigger([{name = }]).
func cronJobTrigger(c call, i *kube.Item) int {
	type triggerOptions struct{ Name string }
	given := options[triggerOptions](c, 2)
	return c.push(c.itemValue(blocking(c, func(ctx context.Context) (*kube.Item, error) { return i.Trigger(ctx, given.Name) })))
}
