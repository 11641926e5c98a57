package kube

import (
	"context"
	"slices"
	"time"

	"k8s.io/apimachinery/pkg/api/validate/content"
	"k8s.io/apimachinery/pkg/fields"
)

// DefaultWait is how long a wait takes at most unless it is told.
const DefaultWait = 5 * time.Minute

// WaitOptions say how to wait. The zero WaitOptions: for 5 minutes at most, and
// not for what won't come.
type WaitOptions struct {
	// Timeout is how long the wait takes at most, 0 for DefaultWait, negative
	// for without end.
	Timeout time.Duration

	// Patient has the wait go on where it would end early, see [Item.Wait].
	Patient bool

	// Count is how many objects of a view have to get there, 0 for all that
	// there are, of which there must be one.
	Count int
}

// Wait waits until the object is in any of the states, and returns its newest
// version, or for UntilDeleted the last one seen, and which state that is. It
// waits by a watch and begins with the object as it is now, whatever the
// item's version is.
//
// An object that is deleted meanwhile, or was before, is a LookupError, unless
// that is waited for; so is one that was replaced by a namesake. The end of the
// time is a TimeoutError that says how the object is. What the server refuses
// is that error.
//
// Who waits for something that only a healthy object gets (UntilReady, the
// conditions Available, Complete, Ready, ...) is told at once, by a StatusError,
// where it won't come: a container of a pod that the newest spec made can't
// start (ImagePullBackOff, CreateContainerConfigError and their like) or
// crashes (CrashLoopBackOff; a Job deals with these by itself), pods are
// refused (quotas, limits, policies), a rollout is over its deadline
// (ProgressDeadlineExceeded), a Job or Pod has failed. For a workload that
// takes a watch on its pods, and for some kinds one on its events; where
// these are forbidden the wait goes on without. Patient goes on in any case.
func (i *Item) Wait(ctx context.Context, options WaitOptions, until ...Until) (*Item, Until, error) {
	if len(until) == 0 {
		return nil, Until{}, forWhat(i.String())
	}
	w, err := i.Waiter(ctx, options, until...)
	if err != nil {
		return nil, Until{}, err
	}
	return w.one(ctx)
}

// Waiter is Wait for a caller who judges the object's states, see [Waiter].
func (i *Item) Waiter(ctx context.Context, options WaitOptions, until ...Until) (*Waiter, error) {
	if err := i.addressable(); err != nil {
		return nil, err
	}
	meta := i.Meta()
	w := &Waiter{what: i.String(), single: true, only: meta.UID(), last: i}
	v := &View{cluster: i.cluster, resource: i.resource, namespace: meta.Namespace()}
	return w.begin(ctx, v.named(meta.Name()), options, until)
}

// WaitFor is [Item.Wait] for the object of that name, which need not exist yet
// and may be replaced meanwhile. Name and namespace are as for [View.Fetch].
func (v *View) WaitFor(ctx context.Context, name, namespace string, options WaitOptions, until ...Until) (*Item, Until, error) {
	if len(until) == 0 {
		return nil, Until{}, forWhat(objectName(v.resource, namespace, name))
	}
	w, err := v.WaiterFor(ctx, name, namespace, options, until...)
	if err != nil {
		return nil, Until{}, err
	}
	return w.one(ctx)
}

// WaiterFor is WaitFor for a caller who judges the object's states, see
// [Waiter].
func (v *View) WaiterFor(ctx context.Context, name, namespace string, options WaitOptions, until ...Until) (*Waiter, error) {
	if err := checkName(name); err != nil {
		return nil, err
	}
	if !v.resource.canBe(name) {
		return nil, Errorf(ValueError, "%q can't be the name of one of the %s", name, v.resource.Name)
	}
	if namespace != "" || v.resource.Namespaced && v.namespace == "" {
		var err error
		if namespace == "" {
			err = Errorf(NamespaceError, "wait for %s: which namespace? (give {namespace=...}, or bind the view with view:namespaced(...))", objectName(v.resource, "", name))
		} else {
			v, err = v.Namespaced(namespace)
		}
		if err != nil {
			return nil, err
		}
	}
	w := &Waiter{what: objectName(v.resource, v.namespace, name), single: true}
	return w.begin(ctx, v.named(name), options, until)
}

// Wait waits until the view has objects and all of them are in any of the
// states, or with Count that many, and returns those. Objects that come and go
// meanwhile count as they do. With UntilDeleted alone it waits until the view
// is empty. Otherwise it is as [Item.Wait].
func (v *View) Wait(ctx context.Context, options WaitOptions, until ...Until) ([]*Item, error) {
	if len(until) == 0 {
		return nil, forWhat(v.String())
	}
	w, err := v.Waiter(ctx, options, until...)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	if err := w.run(ctx); err != nil {
		return nil, err
	}
	return w.Reached(), nil
}

// Waiter is Wait for a caller who judges the objects' states, see [Waiter].
func (v *View) Waiter(ctx context.Context, options WaitOptions, until ...Until) (*Waiter, error) {
	if options.Count < 0 {
		return nil, Errorf(ValueError, "the count is negative")
	}
	return (&Waiter{what: v.String()}).begin(ctx, v, options, until)
}

// canBe tells whether a server takes an object of that name, as far as that is
// known: names are DNS subdomains (Kubernetes documentation, "Object Names and
// IDs"), but those of events, of RBAC and of what other servers serve need not be.
func (r *Resource) canBe(name string) bool {
	strict := slices.Contains([]string{"", "apps", "batch"}, r.Group) && r.Name != "events"
	return !strict || len(content.IsDNS1123Subdomain(name)) == 0
}

// forWhat is the error of a wait without a state.
func forWhat(what string) error {
	return Errorf(ValueError, "wait for %s: to get into which state?", what)
}

// named is the view narrowed to the object of a name.
func (v *View) named(name string) *View {
	one := *v
	one.cache = nil
	one.selectors = v.selectors.and(Selectors{Fields: "metadata.name=" + fields.EscapeValue(name)})
	return &one
}
