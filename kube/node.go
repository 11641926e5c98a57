package kube

import (
	"context"
	"encoding/json"
	"slices"
)

// Taint keeps pods off a node that don't tolerate it (API reference, Taint).
type Taint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"` // one of TaintEffects
}

// TaintEffects are what a taint does.
func TaintEffects() []string { return []string{"NoSchedule", "PreferNoSchedule", "NoExecute"} }

// Cordon has no more pods scheduled to a node, and returns the newest item. One
// that is cordoned already is no error; another kind is a ValueError.
func (i *Item) Cordon(ctx context.Context) (*Item, error) {
	return i.set(ctx, "cordon", nodes, "unschedulable", true)
}

// Uncordon ends what Cordon has begun.
func (i *Item) Uncordon(ctx context.Context) (*Item, error) {
	return i.set(ctx, "uncordon", nodes, "unschedulable", nil)
}

// Taint gives a node a taint and returns the newest item. A taint of that key
// and effect gets the new value; the others stay, also those that are set at
// the same time. A key or effect that can't be used is a ValueError.
func (i *Item) Taint(ctx context.Context, taint Taint) (*Item, error) {
	if taint.Effect == "" {
		return nil, Errorf(ValueError, "taint %s: which effect? (one of %s)", i, quotedList(TaintEffects(), ", "))
	}
	if err := checkTaint(taint.Key, taint.Effect); err != nil {
		return nil, err
	}
	if err := checkLabel(taint.Key, taint.Value); err != nil {
		return nil, err
	}
	return i.retaint(ctx, "taint", func(taints []json.RawMessage) []json.RawMessage {
		text := valueOf(taint).Raw()
		for n, t := range taints {
			v := trusted(t)
			if v.Get("key").String() == taint.Key && v.Get("effect").String() == taint.Effect {
				if v.Get("value").String() != taint.Value {
					taints[n] = text
				}
				return taints
			}
		}
		return append(taints, text)
	})
}

// Untaint takes the taints of a key off a node, with an effect only that one,
// and returns the newest item. A taint that isn't there is no error.
func (i *Item) Untaint(ctx context.Context, key, effect string) (*Item, error) {
	if err := checkTaint(key, effect); err != nil {
		return nil, err
	}
	return i.retaint(ctx, "untaint", func(taints []json.RawMessage) []json.RawMessage {
		return slices.DeleteFunc(taints, func(t json.RawMessage) bool {
			v := trusted(t)
			return v.Get("key").String() == key && (effect == "" || v.Get("effect").String() == effect)
		})
	})
}

func checkTaint(key, effect string) error {
	if effect != "" && !slices.Contains(TaintEffects(), effect) {
		return unknown("effect of a taint", effect, TaintEffects())
	}
	return checkLabel(key, "")
}

// retaint changes the list of a node's taints, which can only be written whole.
func (i *Item) retaint(ctx context.Context, verb string, change func([]json.RawMessage) []json.RawMessage) (*Item, error) {
	if err := i.offers(verb, nodes); err != nil {
		return nil, err
	}
	return i.Edit(ctx, func(object Value) (Value, error) {
		spec := object.Get("spec")
		var taints []json.RawMessage
		for t := range spec.Get("taints").Elements() {
			taints = append(taints, t.Raw())
		}
		changed := Value{}
		if taints = change(taints); len(taints) > 0 {
			changed = valueOf(taints)
		}
		return setField(object, "spec", setField(spec, "taints", changed)), nil
	}, EditOptions{})
}
