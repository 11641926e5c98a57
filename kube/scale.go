package kube

import (
	"context"
	"math"
)

// Scale sets how many pods an object is to have, by its scale subresource,
// whatever else has changed meanwhile, and returns the newest item. It doesn't
// wait for the pods: [Item.Wait] does. A kind that isn't [Resource.Scalable], or
// a negative number, is a ValueError.
func (i *Item) Scale(ctx context.Context, replicas int64) (*Item, error) {
	if !i.resource.Scalable() {
		return nil, Errorf(ValueError, "scale %s: a %s can't do that (%s has no scale subresource)", i, i.resource.Kind, i.resource.APIVersion())
	}
	if replicas < 0 || replicas > math.MaxInt32 {
		return nil, Errorf(ValueError, "scale %s: %d is not a number of pods", i, replicas)
	}
	return i.Patch(ctx, valueOf(map[string]any{"spec": map[string]any{"replicas": replicas}}), PatchOptions{Subresource: "scale"})
}
