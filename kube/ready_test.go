package kube

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// itemOf makes an item that was never on a server.
func itemOf(t *testing.T, r *Resource, text string) *Item {
	t.Helper()
	return &Item{resource: r, raw: parse(t, text)}
}

// kinded is a resource with nothing but a kind and a group.
func kinded(kind, group string) *Resource {
	return &Resource{Kind: kind, Name: "things", Group: group, Versions: []string{"v1"}}
}

func TestReady(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind, group, object string
		want                bool
		how                 string
	}{
		{"Deployment", "apps", `{"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":1,"replicas":2,"updatedReplicas":2,"readyReplicas":2,"availableReplicas":2}}`,
			false, "its controller has not seen the newest spec yet"},
		{"Deployment", "apps", `{"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":2,"readyReplicas":3,"availableReplicas":3}}`,
			false, "3 of 2 ready, 1 old pods are left"},
		{"Deployment", "apps", `{"metadata":{"generation":2},"spec":{"replicas":5},"status":{"observedGeneration":2,"replicas":5,"updatedReplicas":5,"readyReplicas":3,"availableReplicas":1}}`,
			false, "3 of 5 ready, 1 available"},
		{"Deployment", "apps", `{"metadata":{"generation":1},"spec":{"replicas":0},"status":{"observedGeneration":1}}`, true, "0 of 0 ready"},
		{"StatefulSet", "apps", `{"metadata":{"generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}}},"status":{"observedGeneration":1,"replicas":3,"updatedReplicas":1,"readyReplicas":3,"availableReplicas":3}}`,
			true, "3 of 3 ready"},
		{"StatefulSet", "apps", `{"metadata":{"generation":1},"spec":{"replicas":3,"updateStrategy":{"type":"RollingUpdate"}},"status":{"observedGeneration":1,"replicas":3,"updatedReplicas":1,"readyReplicas":3,"availableReplicas":3}}`,
			false, "1 of 3 updated"},
		{"StatefulSet", "apps", `{"metadata":{"generation":1},"spec":{"replicas":1,"updateStrategy":{"type":"OnDelete"}},"status":{"observedGeneration":1,"replicas":1,"readyReplicas":1,"availableReplicas":1}}`,
			true, "1 of 1 ready"},
		{"DaemonSet", "apps", `{"metadata":{"generation":1},"status":{"observedGeneration":1,"desiredNumberScheduled":3,"updatedNumberScheduled":3,"numberReady":2,"numberAvailable":2}}`,
			false, "2 of 3 ready"},
		{"ReplicaSet", "apps", `{"metadata":{"generation":1},"spec":{"replicas":1},"status":{"observedGeneration":1,"replicas":3,"readyReplicas":3,"availableReplicas":3}}`,
			false, "2 of 3 pods are still to go"},
		{"Job", "batch", `{"spec":{"completions":3,"suspend":true},"status":{"succeeded":1,"failed":2}}`, false, "1 of 3 succeeded, 2 failed, and it is suspended"},
		{"Job", "batch", `{"status":{"succeeded":1,"conditions":[{"type":"Complete","status":"True"}]}}`, true, "1 of 1 succeeded"},
		{"Pod", "", `{"status":{"phase":"Succeeded"}}`, true, "it has succeeded"},
		{"Pod", "", `{"status":{"phase":"Failed","containerStatuses":[{"name":"main","state":{"terminated":{"exitCode":3,"reason":"Error"}}}]}}`,
			false, "container main: Error, exit code 3"},
		{"Pod", "", `{"status":{"phase":"Failed","reason":"Evicted","message":"the node was low"}}`, false, "Evicted: the node was low"},
		{"Pod", "", `{"status":{"phase":"Pending","initContainerStatuses":[{"name":"init","state":{"waiting":{"reason":"InvalidImageName"}}}]}}`,
			false, "container init: InvalidImageName"},
		{"Namespace", "", `{"status":{"phase":"Terminating"}}`, false, "its phase is Terminating"},
		{"PersistentVolume", "", `{"status":{"phase":"Available"}}`, true, "Available"},
		{"Service", "", `{"spec":{"type":"ClusterIP"}}`, true, "it exists"},
		{"Secret", "", `{}`, true, "it exists"},
		{"Certificate", "example.com", `{}`, false, "it has neither a condition Ready nor Available"},
		{"Certificate", "example.com", `{"metadata":{"generation":3},"status":{"conditions":[{"type":"Ready","status":"True","observedGeneration":2}]}}`,
			false, "condition Ready is True (that is about an older spec)"},
		{"Deployment", "example.com", `{"status":{"conditions":[{"type":"Available","status":"True"}]}}`, true, "condition Available is True"},
	} {
		item := itemOf(t, kinded(tt.kind, tt.group), tt.object)
		got, how := readinessOf(item).ready(item)
		assert.Equal(t, tt.want, got, "%s %s", tt.kind, tt.object)
		assert.Equal(t, tt.how, how, "%s %s", tt.kind, tt.object)
	}
}

func TestFailed(t *testing.T) {
	t.Parallel()
	failure := func(message string) string {
		return fmt.Sprintf(`{"status":{"conditions":[{"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":%q}]}}`, message)
	}
	for _, tt := range []struct{ kind, group, object, reason string }{
		{"ReplicaSet", "apps", failure(`pods "a" is forbidden: exceeded quota: few`), "FailedCreate"},
		{"ReplicaSet", "apps", failure(`pods "a" is forbidden: error looking up service account x/default: serviceaccount "default" not found`), ""},
		{"ReplicaSet", "apps", failure(`Internal error occurred: failed calling webhook "w"`), ""},
		{"Deployment", "apps", `{"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}}`, "ProgressDeadlineExceeded"},
		{"Deployment", "apps", `{"status":{"conditions":[{"type":"Progressing","status":"Unknown","reason":"DeploymentPaused"}]}}`, ""},
		{"Job", "batch", `{"status":{"conditions":[{"type":"Failed","status":"True","reason":"BackoffLimitExceeded"}]}}`, "BackoffLimitExceeded"},
		{"PersistentVolumeClaim", "", `{"status":{"phase":"Lost"}}`, "Lost"},
		{"Namespace", "", `{"metadata":{"deletionTimestamp":"2026-01-01T00:00:00Z"}}`, "Terminating"},
		{"CustomResourceDefinition", "apiextensions.k8s.io", `{"status":{"conditions":[{"type":"NamesAccepted","status":"False","reason":"NotAccepted"}]}}`, "NotAccepted"},
		{"Pod", "", `{"status":{"phase":"Pending","conditions":[{"type":"PodScheduled","status":"False","reason":"Unschedulable"}]}}`, ""},
		{"Pod", "", `{"status":{"phase":"Running","containerStatuses":[{"name":"a","state":{"waiting":{"reason":"CrashLoopBackOff"}}}]}}`, "CrashLoopBackOff"},
	} {
		item := itemOf(t, kinded(tt.kind, tt.group), tt.object)
		assert.Equal(t, tt.reason, readinessOf(item).failed(item).reason, "%s %s", tt.kind, tt.object)
	}
}

// TestNewestPods checks that every row with pods finds them for an object that
// has none yet.
func TestNewestPods(t *testing.T) {
	t.Parallel()
	c := connect(t)
	for key, row := range readinesses {
		if row.newest == nil {
			continue
		}
		item := &Item{cluster: c, resource: builtin("pods"), raw: parse(t, `{"metadata":{"namespace":"default","name":"nobody","uid":"none"}}`)}
		got, err := row.newest(context.Background(), item)
		require.NoError(t, err, key)
		assert.False(t, got.has("other", ""), key)
	}
}
