package kube

import "context"

// What an earlier run has found of a server may be outdated. A call then fails
// because the server doesn't serve the resource any more: it is asked anew, and
// the call is made once more with what it serves now. What has been found by
// this run is believed.

// outdated tells whether a call about a resource failed, by err, because it is
// what an earlier run has found. The server has then been asked anew.
func (c *Cluster) outdated(ctx context.Context, r *Resource, err error) bool {
	return r.remembered && notServed(err) && c.discovery.renew(ctx, c) != nil
}

// current is what the server serves now for an outdated resource, in another
// way than that: for one whose version was asked for, its kind in that version;
// for others what has the name. It is nil where there is none.
func (c *Cluster) current(ctx context.Context, r *Resource, err error) *Resource {
	if !c.outdated(ctx, r, err) {
		return nil
	}
	known := c.discovery.known.Load()
	fresh := known.find(r.Group, r.Name)
	if r.pinned {
		fresh, _ = inVersion(known.resources, r.APIVersion(), r.Kind, []naming{ofKind})
	}
	if fresh == nil || fresh.Name == r.Name && fresh.APIVersion() == r.APIVersion() && fresh.Namespaced == r.Namespaced {
		return nil
	}
	return fresh
}

// renewed is the view to make a call with once more, which failed by err; nil
// for none.
func (v *View) renewed(ctx context.Context, err error) *View {
	fresh := v.cluster.current(ctx, v.resource, err)
	if fresh == nil || v.namespace != "" && !fresh.Namespaced {
		return nil
	}
	renewed := *v
	renewed.resource = fresh
	return &renewed
}

// renewed is the item to make a call with once more, which failed by err; nil
// for none. Its version is that of the data.
func (i *Item) renewed(ctx context.Context, err error) *Item {
	fresh := i.cluster.current(ctx, i.resource, err)
	if fresh == nil || fresh.APIVersion() != i.resource.APIVersion() || fresh.Namespaced != i.resource.Namespaced {
		return nil
	}
	renewed := *i
	renewed.resource = fresh
	return &renewed
}
