package kube

import (
	"context"
	"encoding/json"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// selecting are the kinds whose spec selects pods.
var selecting = []string{
	"DaemonSet.apps", "Deployment.apps", "Job.batch", "ReplicaSet.apps", "ReplicationController", "Service", "StatefulSet.apps",
}

// Pods is the view of the pods that a workload or service selects, old ones of
// a rollout among them. It sends nothing. Another kind is a ValueError, and so
// is a service without a selector.
func (i *Item) Pods() (*View, error) { return i.podsFor("pods") }

// podsFor is Pods for an operation.
func (i *Item) podsFor(verb string) (*View, error) {
	if err := i.offers(verb, selecting); err != nil {
		return nil, err
	}
	selector, err := i.selector()
	if err != nil {
		return nil, Errorf(ValueError, "%s %s: %w", verb, i, err)
	}
	pods := &View{cluster: i.cluster, resource: builtin("pods"), namespace: i.Meta().Namespace()}
	return pods.Filter(Selectors{Labels: selector})
}

// selector is the label selector of pods in the item's spec, as a text. Those of
// services and replication controllers are plain labels. It is "" with an error.
func (i *Item) selector() (string, error) {
	spec := i.Spec().Get("selector")
	var s metav1.LabelSelector
	into := any(&s)
	if key := i.resource.key(); key == "Service" || key == "ReplicationController" {
		into = &s.MatchLabels
	}
	if spec.Exists() {
		if err := json.Unmarshal(spec.Raw(), into); err != nil {
			return "", Errorf(ValueError, "its selector can't be read: %s", oneLine(err))
		}
	}
	if len(s.MatchLabels)+len(s.MatchExpressions) == 0 {
		return "", Errorf(ValueError, "it has no selector")
	}
	selector, err := metav1.LabelSelectorAsSelector(&s)
	if err != nil {
		return "", Errorf(ValueError, "its selector can't be read: %s", oneLine(err))
	}
	return selector.String(), nil
}

// AnyPod returns a pod that a workload or service selects, the best one to run a
// command in: one that is ready before one that runs, the one that has been
// for the longest time. Where no pod runs that is a StatusError. A pod is its
// own.
func (i *Item) AnyPod(ctx context.Context) (*Item, error) { return i.onePod(ctx, "pods") }

// onePod is AnyPod for an operation.
func (i *Item) onePod(ctx context.Context, verb string) (*Item, error) {
	if i.resource.key() == "Pod" {
		return i, nil
	}
	pods, err := i.podsFor(verb)
	if err != nil {
		return nil, err
	}
	var best *Item
	count, ready, since := 0, false, time.Time{}
	for pod, err := range pods.All(ctx) {
		if err != nil {
			return nil, err
		}
		count++
		if pod.Status().Get("phase").String() != "Running" || pod.Meta().get("deletionTimestamp").Exists() {
			continue
		}
		isReady, started := conditionIs(pod, "Ready", "True"), pod.Meta().Created()
		if best == nil || isReady && !ready || isReady == ready && started.Before(since) {
			best, ready, since = pod, isReady, started
		}
	}
	if best == nil {
		return nil, Errorf(StatusError, "%s %s: none of its %d pods runs", verb, i, count)
	}
	return best, nil
}
