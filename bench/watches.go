package main

import (
	"context"
	"fmt"
	"strconv"
	"sync"

	"github.com/kubelua/kubelua/kube"
)

// How many watches there are at once, and how many changes each sees after what
// exists.
const (
	watchCount  = 20
	changeCount = podsPerNamespace
)

// watches is the work of watching all pods many times at once. The peers say
// when all of their watches have what exists; then the pods of a namespace are
// changed, and then one of them once more, by which kubelua knows that it has
// seen the others.
func (p *programs) watches(pods int) task {
	n, exist := strconv.Itoa(watchCount), strconv.Itoa(pods)
	floorChanges := strconv.Itoa(changeCount + 1)
	return task{
		title: titleWatches,
		commands: [peerCount][]string{
			kubelua:    {p.kubelua, "-e", script("watches"), n, exist, strconv.Itoa(changeCount), value},
			floor:      {p.floor, "watches", "stream", n, exist, floorChanges},
			otherFloor: {p.floor, "watches", "list", n, exist, floorChanges},
		},
		rows:   []row{{titleWatches, first}, {titleChanges, firstToLast}},
		few:    fewRounds,
		during: change,
	}
}

// change labels changeCount pods, some at once, and then one of them again.
func change(ctx context.Context, c *kube.Cluster, value string) error {
	view, err := c.Builtin("pods").Namespaced(namespace(0))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	items := make(chan *kube.Item)
	var workers sync.WaitGroup
	for range 16 {
		workers.Go(func() {
			for item := range items {
				if _, err := item.Meta().Labels().Set(ctx, "bench", value); err != nil {
					cancel(err)
				}
			}
		})
	}
	var last *kube.Item
	for item, err := range view.All(ctx) {
		if err != nil {
			cancel(err)
			break
		}
		items <- item
		last = item
	}
	close(items)
	workers.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	_, err = last.Meta().Labels().Set(ctx, "bench", value+"-end")
	return err
}

// lost is how many events the watches of one peer's runs together missed or saw
// twice, and whether there were any runs.
func (m *measured) lost(who int) (int, bool) {
	sum := 0
	for _, r := range m.series[who] {
		var events, lost int
		if _, err := fmt.Sscan(r.Output, &events, &lost); err != nil {
			return 0, false
		}
		sum += lost
	}
	return sum, len(m.series[who]) > 0
}
