package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// offeredKinds are some of Kubernetes and custom ones that are called as these are.
var offeredKinds = []*Resource{
	{Kind: "ConfigMap", Name: "configmaps", Singular: "configmap", ShortNames: []string{"cm"}, Versions: []string{"v1"}},
	{Kind: "Odd", Name: "sts", Singular: "hpa", ShortNames: []string{"netpol", "cm"}, Group: "a.example.com", Versions: []string{"v1"}},
	{Kind: "Gizmo", Name: "gizmos", Singular: "gizmo", Group: "a.example.com", Versions: []string{"v1"}},
	{Kind: "StatefulSet", Name: "statefulsets", Singular: "statefulset", ShortNames: []string{"sts"}, Group: "apps", Versions: []string{"v1"}},
	{Kind: "HorizontalPodAutoscaler", Name: "horizontalpodautoscalers", Singular: "horizontalpodautoscaler", ShortNames: []string{"hpa"}, Group: "autoscaling", Versions: []string{"v2", "v1"}},
	{Kind: "NetworkPolicy", Name: "networkpolicies", Singular: "networkpolicy", ShortNames: []string{"netpol"}, Group: "networking.k8s.io", Versions: []string{"v1"}},
	{Kind: "Gizmo", Name: "gizmos", Singular: "gizmo", Group: "b.example.com", Versions: []string{"v1"}},
}

// The names of a kind count in its group before those of another group do.
func TestLookup(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ text, want string }{
		{"sts", "statefulsets.apps/v1"},
		{"hpa", "horizontalpodautoscalers.autoscaling/v2"},
		{"netpol", "networkpolicies.networking.k8s.io/v1"},
		{"cm", "configmaps/v1"},
		{"Odd", "sts.a.example.com/v1"},
		{"sts.apps", "statefulsets.apps/v1"},
		{"hpa.v1.autoscaling", "horizontalpodautoscalers.autoscaling/v1"},
		{"cm.v1", "configmaps/v1"},
		{"autoscaling/v1/hpa", "horizontalpodautoscalers.autoscaling/v1"},
		{"v1/cm", "configmaps/v1"},
		{"sts.a.example.com", "sts.a.example.com/v1"},
		{"hpa.v1.a.example.com", "sts.a.example.com/v1"},
		{"a.example.com/v1/netpol", "sts.a.example.com/v1"},
		{"gizmos.b.example.com", "gizmos.b.example.com/v1"},
	} {
		r, err := lookup(offeredKinds, tt.text, anyName)
		if assert.NoError(t, err, tt.text) {
			assert.Equal(t, tt.want, r.String()+"/"+r.Versions[0], tt.text)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"Gizmoo", `unknown resource "Gizmoo" (did you mean "gizmos"?)`},
		{"configmpa", `unknown resource "configmpa" (did you mean "configmaps"?)`},
		{"gizmo", `resource "gizmo" is served by several groups (say which: "gizmos.a.example.com" or "gizmos.b.example.com")`},
		{"gizmos.v2.a.example.com", `unknown resource "gizmos.v2.a.example.com" (gizmos: a.example.com/v1)`},
		{"gizmos.example.com", `unknown resource "gizmos.example.com" (gizmos: a.example.com/v1, b.example.com/v1)`},
		{"autoscaling/v7/hpa", `kind hpa is not served as "autoscaling/v7" (served: autoscaling/v2, autoscaling/v1)`},
	} {
		_, err := lookup(offeredKinds, tt.text, anyName)
		assert.EqualError(t, err, tt.want, tt.text)
	}
	_, err := lookup(builtins, "nodez", anyName)
	assert.EqualError(t, err, `unknown resource "nodez" (did you mean "nodes"?)`)
}
