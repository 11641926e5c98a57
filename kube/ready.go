package kube

import (
	"context"
	"fmt"
	"strings"
)

// readiness is a row that says what waiting means for the objects of a kind.
type readiness struct {
	// ready tells whether an object does its work, and how far it is.
	ready func(*Item) (bool, string)
	// healthy are the conditions that an object gets when all goes well: who
	// waits for one wants to know why it won't come.
	healthy []string
	// failed says why an object that isn't ready won't be by itself, nothing
	// where it may. It is asked about a status of the newest spec only.
	failed func(*Item) obstacle
	// newest tells which pods are those of the object's newest spec; nil where
	// it has no pods.
	newest func(ctx context.Context, i *Item) (podsOf, error)
	// observes is whether its controller always reports the generation that it
	// has seen (observedGeneration): nothing counts before it has.
	observes bool
	// told is whether pods that can't be created are told of by events alone.
	told bool
	// retries is whether the kind deals with crashing containers itself.
	retries bool
}

// obstacle is why something won't come; with no text it may.
type obstacle struct {
	reason string // in one CamelCase word, may be ""
	text   string
}

// readinesses are the rows, under the keys of their resources.
var readinesses = map[string]*readiness{
	"APIService.apiregistration.k8s.io": byCondition("Available"),
	"CustomResourceDefinition.apiextensions.k8s.io": {
		ready: func(i *Item) (bool, string) { return isTrue(i, "Established") }, healthy: []string{"Established", "NamesAccepted"},
		failed: func(i *Item) obstacle { return conditionWith(i, "NamesAccepted", "False") },
	},
	"DaemonSet.apps": {ready: readyDaemonSet, newest: newestRevision, observes: true, told: true},
	"Deployment.apps": {
		ready: readyDeployment, healthy: []string{"Available", "Progressing"}, failed: failedDeployment, newest: newestReplicaSet,
		observes: true,
	},
	"Job.batch": {
		ready:   func(i *Item) (bool, string) { ok, _ := isTrue(i, "Complete"); return ok, jobState(i) },
		healthy: []string{"Complete", "SuccessCriteriaMet"},
		failed:  func(i *Item) obstacle { return conditionWith(i, "Failed", "True") },
		newest:  ownPods, told: true, retries: true,
	},
	"Namespace": {ready: inPhase("Active"), failed: func(i *Item) obstacle {
		if i.Meta().get("deletionTimestamp").Exists() {
			return obstacle{"Terminating", "it is being deleted"}
		}
		return obstacle{}
	}},
	"Node":                  byCondition("Ready"),
	"PersistentVolume":      {ready: inPhase("Bound", "Available"), failed: inVain("Failed")},
	"PersistentVolumeClaim": {ready: inPhase("Bound"), failed: inVain("Lost")},
	"Pod": {
		ready: readyPod, healthy: []string{"Ready", "ContainersReady", "Initialized", "PodScheduled"},
		failed: func(i *Item) obstacle {
			if t := troubleOf(i); t != nil && t.fatal {
				return obstacle{t.reason, t.String()}
			}
			return obstacle{}
		},
	},
	"ReplicaSet.apps":       {ready: readyReplicaSet, failed: refusedPods, newest: ownPods, observes: true},
	"ReplicationController": {ready: readyReplicaSet, failed: refusedPods, newest: ownPods, observes: true},
	"Service": {ready: func(i *Item) (bool, string) {
		if i.Spec().Get("type").String() != "LoadBalancer" {
			return true, "it exists"
		}
		return i.Status().At("loadBalancer", "ingress").Len() > 0, "the load balancer has no address yet"
	}},
	"StatefulSet.apps": {ready: readyStatefulSet, newest: newestRevision, observes: true, told: true},

	// What has no state but its existence.
	"ConfigMap":                             existence,
	"Endpoints":                             existence,
	"LimitRange":                            existence,
	"Secret":                                existence,
	"ServiceAccount":                        existence,
	"ClusterRole.rbac.authorization.k8s.io": existence,
	"ClusterRoleBinding.rbac.authorization.k8s.io": existence,
	"CronJob.batch":                         existence,
	"EndpointSlice.discovery.k8s.io":        existence,
	"IngressClass.networking.k8s.io":        existence,
	"Lease.coordination.k8s.io":             existence,
	"NetworkPolicy.networking.k8s.io":       existence,
	"PriorityClass.scheduling.k8s.io":       existence,
	"Role.rbac.authorization.k8s.io":        existence,
	"RoleBinding.rbac.authorization.k8s.io": existence,
	"StorageClass.storage.k8s.io":           existence,
}

var existence = &readiness{ready: func(*Item) (bool, string) { return true, "it exists" }}

// custom is the row of the kinds that have none.
var custom = &readiness{
	ready: func(i *Item) (bool, string) {
		for _, name := range []string{"Ready", "Available"} {
			if i.Condition(name).Exists() {
				return isTrue(i, name)
			}
		}
		return false, "it has neither a condition Ready nor Available"
	},
	healthy: []string{"Ready", "Available"},
}

// readinessOf is the row of an item's kind.
func readinessOf(i *Item) *readiness {
	if row := readinesses[i.resource.key()]; row != nil {
		return row
	}
	return custom
}

// current tells whether an object's status is about its newest spec.
func (r *readiness) current(i *Item) bool {
	if r.observes {
		return unseen(i) == ""
	}
	return observed(i, Value{})
}

func byCondition(name string) *readiness {
	return &readiness{ready: func(i *Item) (bool, string) { return isTrue(i, name) }, healthy: []string{name}}
}

// isTrue tells whether a condition of the newest spec is True, and how it is.
func isTrue(i *Item, name string) (bool, string) {
	c := i.Condition(name)
	return c.Get("status").String() == "True" && observed(i, c), conditionState(i, name)
}

// conditionWith is why a condition has the given status, nothing where it
// hasn't.
func conditionWith(i *Item, name, status string) obstacle {
	c := i.Condition(name)
	if c.Get("status").String() != status {
		return obstacle{}
	}
	why := because(c)
	if why == "" {
		why = fmt.Sprintf("condition %s is %s", name, status)
	}
	return obstacle{c.Get("reason").String(), why}
}

func inPhase(wanted ...string) func(*Item) (bool, string) {
	return func(i *Item) (bool, string) {
		phase := i.Status().Get("phase").String()
		for _, w := range wanted {
			if phase == w {
				return true, phase
			}
		}
		if phase == "" {
			return false, "it has no phase yet"
		}
		return false, "its phase is " + phase
	}
}

// inVain: an object in that phase won't leave it for a better one.
func inVain(phase string) func(*Item) obstacle {
	return func(i *Item) obstacle {
		if i.Status().Get("phase").String() != phase {
			return obstacle{}
		}
		return obstacle{phase, strings.TrimSuffix("its phase is "+phase+": "+because(i.Status()), ": ")}
	}
}

func readyPod(i *Item) (bool, string) {
	if i.Status().Get("phase").String() == "Succeeded" {
		return true, "it has succeeded"
	}
	ok, how := isTrue(i, "Ready")
	if t := troubleOf(i); t != nil {
		how = t.String()
	}
	return ok, how
}

// unseen says that a controller hasn't seen the newest spec yet, "" where it
// has: its numbers are about another one until then.
func unseen(i *Item) string {
	generation, _ := i.Meta().get("generation").Int()
	if seen, _ := i.Status().Get("observedGeneration").Int(); seen < generation {
		return "its controller has not seen the newest spec yet"
	}
	return ""
}

// count is a number of an object, 0 where it isn't there: servers omit zeros.
func (i *Item) count(path ...string) int64 {
	n, _ := i.raw.At(path...).Int()
	return n
}

// replicas is how many pods a workload is to have: 1 unless it says so.
func (i *Item) replicas() int64 {
	if n, ok := i.Spec().Get("replicas").Int(); ok {
		return n
	}
	return 1
}

func readyDeployment(i *Item) (bool, string) {
	want := i.replicas()
	updated, all, available := i.count("status", "updatedReplicas"), i.count("status", "replicas"), i.count("status", "availableReplicas")
	switch how := unseen(i); {
	case how != "":
		return false, how
	case updated < want && i.Spec().Get("paused").IsTrue():
		return false, fmt.Sprintf("%d of %d updated, and it is paused", updated, want)
	case updated < want:
		return false, fmt.Sprintf("%d of %d updated", updated, want)
	case all > updated:
		return false, fmt.Sprintf("%d of %d ready, %d old pods are left", i.count("status", "readyReplicas"), want, all-updated)
	case all > want:
		return false, fmt.Sprintf("%d of %d pods are still to go", all-want, all)
	}
	return available >= want, readyOf(i, available, want)
}

// readyOf says "3 of 5 ready", and how many of these are available where that
// differs.
func readyOf(i *Item, available, want int64) string {
	ready := i.count("status", "readyReplicas")
	if ready != available {
		return fmt.Sprintf("%d of %d ready, %d available", ready, want, available)
	}
	return fmt.Sprintf("%d of %d ready", ready, want)
}

func readyReplicaSet(i *Item) (bool, string) {
	if how := unseen(i); how != "" {
		return false, how
	}
	want, all, available := i.replicas(), i.count("status", "replicas"), i.count("status", "availableReplicas")
	if all > want {
		return false, fmt.Sprintf("%d of %d pods are still to go", all-want, all)
	}
	return available >= want, readyOf(i, available, want)
}

// readyStatefulSet goes by kubectl rollout status: with a partition, pods below
// it may be old; with OnDelete, any.
func readyStatefulSet(i *Item) (bool, string) {
	if how := unseen(i); how != "" {
		return false, how
	}
	strategy := i.Spec().Get("updateStrategy")
	want, updated, available := i.replicas(), i.count("status", "updatedReplicas"), i.count("status", "availableReplicas")
	if strategy.Get("type").String() != "OnDelete" {
		partition, _ := strategy.At("rollingUpdate", "partition").Int()
		if wanted := want - partition; updated < wanted {
			return false, fmt.Sprintf("%d of %d updated", updated, wanted)
		}
	}
	if all := i.count("status", "replicas"); all > want {
		return false, fmt.Sprintf("%d of %d pods are still to go", all-want, all)
	}
	return available >= want, readyOf(i, available, want)
}

func readyDaemonSet(i *Item) (bool, string) {
	if how := unseen(i); how != "" {
		return false, how
	}
	want, updated := i.count("status", "desiredNumberScheduled"), i.count("status", "updatedNumberScheduled")
	if updated < want && i.Spec().At("updateStrategy", "type").String() != "OnDelete" {
		return false, fmt.Sprintf("%d of %d updated", updated, want)
	}
	return i.count("status", "numberAvailable") >= want, fmt.Sprintf("%d of %d ready", i.count("status", "numberReady"), want)
}

func jobState(i *Item) string {
	want := int64(1)
	if n, ok := i.Spec().Get("completions").Int(); ok {
		want = n
	}
	how := fmt.Sprintf("%d of %d succeeded", i.count("status", "succeeded"), want)
	if failed := i.count("status", "failed"); failed > 0 {
		how += fmt.Sprintf(", %d failed", failed)
	}
	if i.Spec().Get("suspend").IsTrue() {
		how += ", and it is suspended"
	}
	return how
}

func failedDeployment(i *Item) obstacle {
	if c := i.Condition("Progressing"); c.Get("reason").String() == "ProgressDeadlineExceeded" {
		return conditionWith(i, "Progressing", "False")
	}
	return refusedPods(i)
}

// refusedPods says why pods of a workload can't be created.
func refusedPods(i *Item) obstacle {
	if refusal(i.Condition("ReplicaFailure").Get("message").String()) {
		return conditionWith(i, "ReplicaFailure", "True")
	}
	return obstacle{}
}

// refusal tells whether the message about a pod that couldn't be created says
// that its like never can: it is over a quota or breaks a rule. A service
// account may be missing because its namespace is new, and a server's or
// webhook's problem passes.
func refusal(message string) bool {
	return (strings.Contains(message, "is forbidden: ") || strings.Contains(message, "is invalid: ")) &&
		!strings.Contains(message, "error looking up service account") &&
		!strings.Contains(message, "because it is being terminated")
}
