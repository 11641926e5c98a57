package kube

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"
)

// discovery knows what a server offers. It asks when that is first needed, and
// again when something isn't there that may have appeared since; then at most
// so often as missPace says, and whoever looks for something that isn't there
// waits for its turn. It is safe for concurrent use.
type discovery struct {
	known atomic.Pointer[catalog] // nil before the first look-up
	turn  chan struct{}           // held by who reads or asks
	pace  *rate.Limiter           // of the questions that follow a miss
	file  *catalogFile            // nil for none
}

const (
	missPace  = 2 * time.Second
	missBurst = 10
)

// discoveryType asks for everything in two answers (KEP-3352, aggregated
// discovery), which servers have offered since Kubernetes 1.26.
const discoveryType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList," +
	"application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

func newDiscovery(file *catalogFile) *discovery {
	return &discovery{turn: make(chan struct{}, 1), pace: rate.NewLimiter(rate.Every(missPace), missBurst), file: file}
}

// find looks for a resource in what the server offers. What isn't found in what
// it offered once is looked for in what it offers now.
func (d *discovery) find(ctx context.Context, c *Cluster, look func([]*Resource) (*Resource, error)) (*Resource, error) {
	known, from := d.known.Load(), time.Now()
	if known != nil && !known.old() {
		if r, err := look(known.resources); err == nil {
			return r, nil
		}
	}
	if err := d.lock(ctx); err != nil {
		return nil, err
	}
	defer d.unlock()
	if d.known.Load() == nil {
		d.known.Store(d.file.read())
	}
	known = d.known.Load()
	if known != nil && !known.old() {
		r, err := look(known.resources)
		// Somebody else may have asked while this call waited for its turn.
		if err == nil || known.asked.After(from) {
			return r, err
		}
		if errors.Is(err, errSeveral) && !known.remembered {
			return nil, err
		}
		if err := Sleep(ctx, d.pace.Reserve().Delay()); err != nil {
			return nil, err
		}
	}
	known, err := d.ask(ctx, c)
	if err != nil {
		return nil, err
	}
	r, err := look(known.resources)
	if e, ok := err.(*Error); ok {
		err = known.without(e)
	}
	return r, err
}

// all is what the server offers now.
func (d *discovery) all(ctx context.Context, c *Cluster) ([]*Resource, error) {
	if err := d.lock(ctx); err != nil {
		return nil, err
	}
	defer d.unlock()
	known, err := d.ask(ctx, c)
	if err != nil {
		return nil, err
	}
	return slices.Clone(known.resources), nil
}

// renew is what this run has learnt of the server, nil where it doesn't answer.
// It is asked once a run.
func (d *discovery) renew(ctx context.Context, c *Cluster) *catalog {
	if d.lock(ctx) != nil {
		return nil
	}
	defer d.unlock()
	known := d.known.Load()
	if known == nil || known.remembered {
		known, _ = d.ask(ctx, c)
	}
	return known
}

// await asks the server until it offers all of the resources, in the versions
// in use: a definition is established a moment before that. What it may have
// said earlier doesn't count.
func (d *discovery) await(ctx context.Context, c *Cluster, what string, wanted []*Resource) error {
	pause := servePause
	for ends := time.Now().Add(establishTime); ; pause = min(2*pause, missPace) {
		offered, err := d.all(ctx, c)
		if err != nil {
			return err
		}
		missing := slices.IndexFunc(wanted, func(w *Resource) bool {
			return !slices.ContainsFunc(offered, func(r *Resource) bool {
				return r.Group == w.Group && r.Name == w.Name && r.Kind == w.Kind && slices.Contains(r.Versions, w.Versions[0])
			})
		})
		if missing < 0 {
			return nil
		}
		if time.Now().After(ends) {
			return Errorf(TimeoutError, "%s is established, but after %s the server doesn't offer %s of %s",
				what, establishTime, wanted[missing].Kind, wanted[missing].APIVersion())
		}
		if err := Sleep(ctx, pause); err != nil {
			return err
		}
	}
}

func (d *discovery) lock(ctx context.Context) error {
	select {
	case d.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (d *discovery) unlock() { <-d.turn }

// ask asks the server what it offers and remembers the answer. The caller has
// the lock.
func (d *discovery) ask(ctx context.Context, c *Cluster) (*catalog, error) {
	found := &catalog{asked: time.Now()}
	for _, root := range []string{"api", "apis"} {
		v, err := c.client.object(ctx, request{method: http.MethodGet, path: root, accept: discoveryType, what: "discover resources"})
		if err != nil {
			return nil, err
		}
		if v.Get("kind").String() != "APIGroupDiscoveryList" {
			return nil, Errorf(APIError, "discover resources: the server has no aggregated discovery (Kubernetes 1.26 or newer is needed)")
		}
		for group := range v.Get("items").Elements() {
			found.read(group)
		}
	}
	found.complete()
	d.known.Store(found)
	d.file.write(found)
	return found, nil
}

// Kinds lists what the server serves now, in its order of groups. It asks the
// server each time. What it returns is read-only, the list aside.
func (c *Cluster) Kinds(ctx context.Context) ([]*Resource, error) { return c.discovery.all(ctx, c) }

// find finds a resource by a text that lookup takes: one that is built in,
// which needs no request, else one that the server offers.
func (c *Cluster) find(ctx context.Context, text string, namings []naming) (*Resource, error) {
	if err := checkNaming(text); err != nil {
		return nil, err
	}
	if r, err := lookup(builtins, text, namings); err == nil {
		return r, nil
	}
	return c.offered(ctx, func(offered []*Resource) (*Resource, error) { return lookup(offered, text, namings) })
}

// kind finds a resource by apiVersion and kind, set to that version.
func (c *Cluster) kind(ctx context.Context, apiVersion, kind string) (*Resource, error) {
	byKind := []naming{ofKind}
	if r, err := inVersion(builtins, apiVersion, kind, byKind); err == nil {
		return r, nil
	}
	return c.offered(ctx, func(offered []*Resource) (*Resource, error) {
		return inVersion(offered, apiVersion, kind, byKind)
	})
}

// offered looks for a resource in what a plan defines and what the server
// offers.
func (c *Cluster) offered(ctx context.Context, look func([]*Resource) (*Resource, error)) (*Resource, error) {
	if planned := c.client.plan.defined(c.URL()); len(planned) > 0 {
		if r, err := look(planned); err == nil {
			return r, nil
		}
	}
	return c.discovery.find(ctx, c, look)
}
