package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"
)

// What a drain does with a pod, see [DrainEvent].
const (
	DrainPlanned  = "planned"  // it would be evicted; with DryRun only
	DrainEvicting = "evicting" // the server took the eviction: the pod is ending
	DrainBlocked  = "blocked"  // a disruption budget forbids it for now
	DrainGone     = "gone"     // the pod is gone; one that goes at once has no step before
)

// evictionPause is the time between two tries to evict a pod, as kubectl's.
const evictionPause = 5 * time.Second

// defaultEvictions is how many evictions are asked for at once.
const defaultEvictions = 16

// DrainOptions say how a node is drained. The names are kubectl drain's.
type DrainOptions struct {
	// Timeout is how long it takes at most, 0 for DefaultWait, negative for
	// without end.
	Timeout time.Duration
	// GracePeriod is the time that each pod is given to end, rounded up to
	// seconds; nil for its own.
	GracePeriod *time.Duration
	// Force evicts pods that nobody makes anew.
	Force bool
	// IgnoreDaemonSets leaves the pods of DaemonSets where they are, which
	// would make them anew at once.
	IgnoreDaemonSets bool
	// DeleteEmptyDirData evicts pods that lose the data of an emptyDir volume.
	DeleteEmptyDirData bool
	// Limit is how many evictions are asked for at once, 0 for 16.
	Limit int
	// DryRun changes nothing: each pod that would be evicted is planned.
	DryRun bool
}

// DrainEvent is a step in the life of a pod that a drain evicts.
type DrainEvent struct {
	Pod     *Item
	What    string // DrainEvicting, ...
	Message string // which budget forbids the eviction; else ""
}

// Draining delivers the steps of a drain, see [Item.Drain].
type Draining = Events[DrainEvent]

// Drain takes a node out of service: it cordons it, evicts its pods, and waits
// until they are gone. What [Draining] delivers are the steps; it ends with io.EOF
// when all pods are gone, with a TimeoutError that names those that are left and
// the disruption budgets that hold them, or with an APIError for pods that the
// server doesn't evict. The node stays cordoned in any case. The context bounds
// the drain's life; the caller reads it to its end or closes it, which stops it.
//
// Before anything is evicted, the pods that can't be are reported at once, as
// one StatusError: those of DaemonSets, those that nobody controls, those with an
// emptyDir volume, unless the options allow them. Static pods are skipped, and
// pods that have ended are evicted in any case. An eviction that a disruption
// budget forbids is tried again every 5 seconds, as is one in a namespace that is
// being deleted, unless its pod is ending already. An item of another kind is a
// ValueError, and so are a negative Limit and a grace as for [Item.Evict].
func (i *Item) Drain(ctx context.Context, options DrainOptions) (*Draining, error) {
	if err := i.offers("drain", nodes); err != nil {
		return nil, err
	}
	if options.Limit < 0 {
		return nil, Errorf(ValueError, "drain %s: the limit is negative", i)
	}
	if options.Limit == 0 {
		options.Limit = defaultEvictions
	}
	if options.Timeout == 0 {
		options.Timeout = DefaultWait
	}
	grace, err := graceSeconds("drain "+i.String(), options.GracePeriod)
	if err != nil {
		return nil, err
	}
	d := &drain{node: i, options: options, grace: grace, left: map[string]*drained{}}
	if options.Timeout > 0 {
		d.deadline = time.Now().Add(options.Timeout)
	}
	if !options.DryRun {
		if _, err := i.Cordon(ctx); err != nil {
			return nil, err
		}
	}
	v := &View{cluster: i.cluster, resource: builtin("pods")}
	v.selectors.Fields = "spec.nodeName=" + i.Meta().Name()
	watcher, err := v.Watch(ctx, WatchOptions{Initial: true, Sync: true})
	if err != nil {
		return nil, err
	}
	if err := d.plan(ctx, watcher); err != nil {
		watcher.Close()
		return nil, err
	}
	return startEvents(ctx, i.cluster.client, func(ctx context.Context, send func(DrainEvent) error) error {
		defer watcher.Close()
		d.send = send
		return d.run(ctx, watcher)
	}), nil
}

// drain is the state behind a Draining.
type drain struct {
	node     *Item
	options  DrainOptions
	grace    *int64
	deadline time.Time // zero for none
	send     func(DrainEvent) error

	order sync.Mutex // held while it is told of a pod that it is evicted or gone

	mu      sync.Mutex
	left    map[string]*drained // by uid
	refused []string            // why pods were not evicted
}

// drained is a pod that is to go.
type drained struct {
	pod     *Item
	blocked string // what forbids its eviction for now
}

// run evicts the pods and returns when they are gone.
func (d *drain) run(ctx context.Context, watcher *Watcher) error {
	if d.options.DryRun {
		for _, p := range d.pods() {
			if err := d.send(DrainEvent{Pod: p.pod, What: DrainPlanned}); err != nil {
				return err
			}
		}
		return nil
	}
	late := errors.New("late")
	evicting, stop := context.WithCancel(ctx)
	if !d.deadline.IsZero() {
		evicting, stop = context.WithDeadlineCause(ctx, d.deadline, late)
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	defer stop()
	slots := make(chan struct{}, d.options.Limit)
	done := make(chan struct{}, 1) // told when the server has refused a pod
	for _, p := range d.pods() {
		wg.Go(func() {
			if err := d.evict(evicting, p, slots); err != nil && evicting.Err() == nil {
				d.mu.Lock()
				delete(d.left, p.pod.Meta().UID())
				d.refused = append(d.refused, err.Error())
				d.mu.Unlock()
				select {
				case done <- struct{}{}:
				default:
				}
			}
		})
	}
	defer watcher.Notify(done)()
	for {
		switch err := d.look(ctx, watcher); {
		case err != nil:
			return err
		case len(d.pods()) == 0:
			return d.outcome()
		}
		select {
		case <-done:
		case <-evicting.Done():
			if context.Cause(evicting) == late {
				return d.timedOut()
			}
			return context.Cause(ctx)
		}
	}
}

// look takes from the watch which pods are gone.
func (d *drain) look(ctx context.Context, watcher *Watcher) error {
	for {
		ev, err := watcher.Next(ctx, 0)
		switch {
		case err == ErrTimeout:
			return nil
		case err == io.EOF && ctx.Err() != nil:
			return context.Cause(ctx)
		case err != nil:
			return err
		case ev.Type != Deleted:
			continue
		}
		if err := d.gone(ev.Item.Meta().UID()); err != nil {
			return err
		}
	}
}

// gone delivers that a pod is gone, once.
func (d *drain) gone(uid string) error {
	d.order.Lock()
	defer d.order.Unlock()
	d.mu.Lock()
	p := d.left[uid]
	delete(d.left, uid)
	d.mu.Unlock()
	if p == nil {
		return nil
	}
	return d.send(DrainEvent{Pod: p.pod, What: DrainGone})
}

// evicted delivers that a pod is ending, unless it is known to be gone already.
func (d *drain) evicted(p *drained) error {
	d.order.Lock()
	defer d.order.Unlock()
	d.block(p, "")
	d.mu.Lock()
	left := d.left[p.pod.Meta().UID()] != nil
	d.mu.Unlock()
	if !left {
		return nil
	}
	return d.send(DrainEvent{Pod: p.pod, What: DrainEvicting})
}

// pods are those that are left, in the order of their names.
func (d *drain) pods() []*drained {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]*drained, 0, len(d.left))
	for _, p := range d.left {
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b *drained) int { return strings.Compare(a.pod.String(), b.pod.String()) })
	return list
}

// evict asks for a pod's eviction until the server takes it. While a budget
// forbids it the pod keeps none of the slots.
func (d *drain) evict(ctx context.Context, p *drained, slots chan struct{}) error {
	for {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
		err := p.pod.evict(ctx, d.grace)
		<-slots
		held := namespaceEnds(err)
		if held {
			ending, looked := p.pod.ending(ctx)
			switch {
			case ending:
				return d.evicted(p)
			case IsKind(looked, LookupError) || IsReason(looked, "Conflict"):
				return nil // the watch tells that it is gone
			}
		}
		switch {
		case err == nil:
			return d.evicted(p)
		case IsKind(err, LookupError):
			return nil // the watch tells that it is gone
		case !held && !evictAgain(err) && !IsReason(err, "Conflict"):
			return err
		}
		if why := strings.Join(budgets(err), "; "); why != "" && d.block(p, why) {
			if err := d.send(DrainEvent{p.pod, DrainBlocked, why}); err != nil {
				return err
			}
		}
		if err := Sleep(ctx, max(evictionPause, askedBack(err))); err != nil {
			return err
		}
	}
}

// block notes what forbids a pod's eviction, and tells whether that is news.
func (d *drain) block(p *drained, why string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	news := p.blocked != why
	p.blocked = why
	return news
}

// outcome is the error about pods that the server refused to evict.
func (d *drain) outcome() error {
	if len(d.refused) == 0 {
		return nil
	}
	slices.Sort(d.refused)
	return Errorf(APIError, "drain %s: %d pods were not evicted, the node is cordoned: %s", d.node, len(d.refused), strings.Join(d.refused, "; "))
}

// timedOut says which pods are left, and why.
func (d *drain) timedOut() error {
	left := d.pods()
	var lines []string
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, p := range left {
		why := p.blocked
		if why == "" {
			why = "it is still ending"
		}
		lines = append(lines, fmt.Sprintf("%s/%s: %s", p.pod.Meta().Namespace(), p.pod.Meta().Name(), why))
	}
	if n := len(lines); n > maxListed {
		lines = append(lines[:maxListed], fmt.Sprintf("and %d more", n-maxListed))
	}
	lines = append(lines, d.refused...)
	return Errorf(TimeoutError, "drain %s: not within %s, the node is cordoned: %d pods are left: %s", d.node, d.options.Timeout, len(left), strings.Join(lines, "; "))
}
