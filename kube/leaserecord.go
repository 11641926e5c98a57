package kube

import (
	"bytes"
	"context"
	"net/http"
	"time"
)

// leases is the kind of leases.
var leases = &Resource{Kind: "Lease", Name: "leases", Singular: "lease", Group: "coordination.k8s.io", Versions: []string{"v1"}, Namespaced: true}

// seen is the version of the object that was seen last.
func (l *Lease) seen() Value {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.object
}

// seenHolder is who held the lease then.
func (l *Lease) seenHolder() string { return l.seen().At("spec", "holderIdentity").String() }

// take takes the lease if it is free.
func (l *Lease) take(ctx context.Context) error {
	var object Value
	item, err := l.cluster.fetch(ctx, leases, l.namespace, l.name)
	if err == nil {
		object = item.Raw()
	} else if !IsKind(err, LookupError) {
		return err
	}
	l.see(object)
	since, free := l.free()
	if !free {
		return errNotFree
	}
	if l.admit != nil {
		done, ok := l.admit(since)
		if !ok {
			return errNotFree
		}
		defer done()
	}
	if !object.Exists() {
		return l.create(ctx)
	}
	return l.claim(ctx)
}

// renew renews the lease, which is held: nobody else has changed it, as a rule.
func (l *Lease) renew(ctx context.Context) error {
	if err := l.claim(ctx); !isConflict(err) {
		return err
	}
	item, err := l.cluster.fetch(ctx, leases, l.namespace, l.name)
	if err != nil {
		return err
	}
	l.see(item.Raw())
	if l.seenHolder() != l.options.Holder {
		return errNotFree
	}
	return l.claim(ctx)
}

// see remembers a version of the object. One that isn't there any more counts for
// as long as it was good for: its holder may not know yet.
func (l *Lease) see(object Value) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.since.IsZero() || !bytes.Equal(object.Get("spec").Raw(), l.object.Get("spec").Raw()) {
		l.since = time.Now()
		if !object.Exists() {
			l.after = l.bound()
		} else {
			l.after = 0
		}
	}
	l.object = object
}

// free tells whether the lease may be taken, and since when: it is nobody's, or this
// holder's, or that of somebody who hasn't been heard of for too long.
func (l *Lease) free() (since time.Time, free bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	bound := max(l.after, l.bound())
	return l.since.Add(bound), bound == 0 || time.Since(l.since) > bound
}

// bound is for how long the object, if it doesn't change, is somebody else's.
func (l *Lease) bound() time.Duration {
	spec := l.object.Get("spec")
	if holder := spec.Get("holderIdentity").String(); holder == "" || holder == l.options.Holder {
		return 0
	}
	if seconds, ok := spec.Get("leaseDurationSeconds").Int(); ok {
		return time.Duration(seconds) * time.Second
	}
	return l.options.Duration
}

// create makes the object of a lease, held.
func (l *Lease) create(ctx context.Context) error {
	return l.send(ctx, request{
		method: http.MethodPost, path: leases.path(l.namespace, ""), contentType: jsonType, what: "take " + l.String(),
		body: valueOf(map[string]any{
			"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
			"metadata": map[string]any{"name": l.name, "namespace": l.namespace},
			"spec":     l.spec(Value{}),
		}).Raw(),
	}, true)
}

// claim makes the version that was seen last the holder's own, or renews it.
func (l *Lease) claim(ctx context.Context) error {
	object := l.seen()
	return l.patch(ctx, "take "+l.String(), object, l.spec(object.Get("spec")), true)
}

// spec is what the holder makes of the spec of a lease.
func (l *Lease) spec(was Value) map[string]any {
	now := microTime(time.Now())
	spec := map[string]any{
		"holderIdentity": l.options.Holder, "leaseDurationSeconds": int64(l.options.Duration / time.Second), "renewTime": now,
	}
	if was.Get("holderIdentity").String() != l.options.Holder {
		transitions, _ := was.Get("leaseTransitions").Int()
		if was.Exists() {
			transitions++
		}
		spec["acquireTime"], spec["leaseTransitions"] = now, transitions
	}
	return spec
}

// microTime is a time as leases have it (metav1.MicroTime).
func microTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z07:00") }

// askedFor is the annotation of a lease that names who asks its holder for it.
const askedFor = "lease.kubelua/asked-for-by"

// askedBy is who asked for the lease when it was seen last, "" for nobody.
func (l *Lease) askedBy() string { return l.seen().At("metadata", "annotations", askedFor).String() }

// patch changes the spec of a version of the object. What goes to another holder is
// asked for no longer; what is given back shows for whom.
func (l *Lease) patch(ctx context.Context, what string, object Value, spec map[string]any, hold bool) error {
	meta := atVersion(object)
	if to := spec["holderIdentity"]; to != "" && to != object.At("spec", "holderIdentity").String() {
		meta["annotations"] = map[string]any{askedFor: nil}
	}
	return l.send(ctx, request{
		method: http.MethodPatch, path: leases.path(l.namespace, l.name), contentType: mergeType, what: what,
		body: valueOf(map[string]any{
			"metadata": meta, "spec": spec,
		}).Raw(),
	}, hold)
}

// ask asks whoever holds the lease for it.
func (l *Lease) ask(ctx context.Context) error {
	meta := map[string]any{"annotations": map[string]any{askedFor: l.options.Holder}}
	return l.send(ctx, request{
		method: http.MethodPatch, path: leases.path(l.namespace, l.name), contentType: mergeType, what: "ask for " + l.String(),
		body: valueOf(map[string]any{"metadata": meta}).Raw(),
	}, false)
}

// atVersion is the metadata of a patch that is for a version of an object alone.
func atVersion(object Value) map[string]any {
	meta := object.Get("metadata")
	return map[string]any{"uid": meta.Get("uid").String(), "resourceVersion": meta.Get("resourceVersion").String()}
}

// send sends a write once. If it holds the lease, that is so from the moment at
// which it was sent: the others count from a later one.
func (l *Lease) send(ctx context.Context, r request, hold bool) error {
	r.query = managed("")
	sent := time.Now()
	object, err := l.cluster.client.object(ctx, r)
	if err != nil {
		return err
	}
	l.see(object)
	if hold {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.renewed = sent
	}
	return nil
}

// let has the lease count as not held.
func (l *Lease) let() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.renewed = time.Time{}
}

// release gives the lease back. Where that fails the others wait for its end.
func (l *Lease) release(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, min(l.deadline()/2, l.remaining()))
	defer cancel()
	l.let()
	object := l.seen()
	what := "release " + l.String()
	spec := map[string]any{"holderIdentity": "", "leaseDurationSeconds": 1, "renewTime": microTime(time.Now())}
	if err := l.patch(ctx, what, object, spec, false); !isConflict(err) {
		return
	}
	// The answer of a renewal may have been lost.
	item, err := l.cluster.fetch(ctx, leases, l.namespace, l.name)
	if err == nil && item.Raw().At("spec", "holderIdentity").String() == l.options.Holder {
		_ = l.patch(ctx, what, item.Raw(), spec, false)
	}
}
