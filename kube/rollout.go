package kube

import (
	"context"
	"slices"
	"time"
)

// restartedAt is the annotation of a pod template by which kubectl rollout
// restart has pods made anew.
const restartedAt = "kubectl.kubernetes.io/restartedAt"

// Rollout is how far a workload has got with its newest spec.
type Rollout struct {
	Done     bool
	Paused   bool
	Message  string // "2 of 5 updated"
	Failed   string // why it won't be done by itself, "" where it may
	Revision string // of a Deployment, its number; of others, the name of the newest; may be ""

	// Numbers of pods: wanted, and there with the newest template, ready,
	// available (ready for long enough), and in all.
	Wanted, Updated, Ready, Available, Total int64
}

// rolloutPaths are where a kind's status has these numbers.
type rolloutPaths struct{ wanted, updated, ready, available, total string }

// Rollout asks how far a Deployment, StatefulSet or DaemonSet has got with its
// newest spec, by the rules of [UntilReady]. Another kind is a ValueError.
func (i *Item) Rollout(ctx context.Context) (Rollout, error) {
	if err := i.offers("rollout", rolling); err != nil {
		return Rollout{}, err
	}
	now, err := i.Fetch(ctx)
	if err != nil {
		return Rollout{}, err
	}
	row := readinessOf(now)
	done, message := row.ready(now)
	paths := rolloutPaths{"", "updatedReplicas", "readyReplicas", "availableReplicas", "replicas"}
	if now.resource.Kind == "DaemonSet" {
		paths = rolloutPaths{"desiredNumberScheduled", "updatedNumberScheduled", "numberReady", "numberAvailable", "currentNumberScheduled"}
	}
	status := now.Status()
	r := Rollout{
		Done:      done,
		Paused:    now.Spec().Get("paused").IsTrue(),
		Message:   message,
		Revision:  now.annotation(revisionAnnotation),
		Wanted:    now.replicas(),
		Updated:   status.count(paths.updated),
		Ready:     status.count(paths.ready),
		Available: status.count(paths.available),
		Total:     status.count(paths.total),
	}
	if r.Revision == "" {
		r.Revision = status.Get("updateRevision").String()
	}
	if paths.wanted != "" {
		r.Wanted = status.count(paths.wanted)
	}
	if _, planned := i.cluster.client.plan.state(i.place()); planned {
		r.Done, r.Message = true, "planned"
		return r, nil
	}
	if !done && row.failed != nil && row.current(now) {
		r.Failed = row.failed(now).text
	}
	return r, nil
}

// Restart has all pods of a Deployment, StatefulSet or DaemonSet made anew, one
// after another as its strategy says, and returns the newest item. It does so as
// kubectl rollout restart does, by an annotation of the pod template. A
// Deployment that is paused is a StatusError: its pods would stay. Another
// kind is a ValueError.
func (i *Item) Restart(ctx context.Context) (*Item, error) {
	if err := i.offers("restart", rolling); err != nil {
		return nil, err
	}
	if err := i.unpaused(ctx, "restart"); err != nil {
		return nil, err
	}
	return i.patch(ctx, "restart", map[string]any{"spec": map[string]any{"template": map[string]any{
		"metadata": map[string]any{"annotations": map[string]any{restartedAt: time.Now().Format(time.RFC3339Nano)}},
	}}})
}

// unpaused is an error where the object is a Deployment that is paused now.
func (i *Item) unpaused(ctx context.Context, verb string) error {
	now, err := i.Fetch(ctx)
	if err == nil && now.Spec().Get("paused").IsTrue() {
		return Errorf(StatusError, "%s %s: it is paused (resume it first)", verb, i)
	}
	return err
}

// Pause has a Deployment make no new pods for changes of its template until
// Resume, and returns the newest item. One that is paused already is no error;
// another kind is a ValueError.
func (i *Item) Pause(ctx context.Context) (*Item, error) {
	return i.set(ctx, "pause", deployments, "paused", true)
}

// Resume ends what Pause or Suspend has begun.
func (i *Item) Resume(ctx context.Context) (*Item, error) {
	if i.resource.key() == "Deployment.apps" {
		return i.set(ctx, "resume", deployments, "paused", nil)
	}
	return i.set(ctx, "resume", slices.Concat(deployments, suspending), "suspend", nil)
}

// set sets a field of the spec, nil removes it, if the item's kind is one of
// those.
func (i *Item) set(ctx context.Context, verb string, kinds []string, field string, value any) (*Item, error) {
	if err := i.offers(verb, kinds); err != nil {
		return nil, err
	}
	return i.patch(ctx, verb, map[string]any{"spec": map[string]any{field: value}})
}
