package kube

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMissing(t *testing.T) {
	ns := localtest.Namespace(t)
	localtest.Kubectl(t, "create", "role", "reader", "-n", ns, "--verb=get,list", "--resource=configmaps")
	localtest.Kubectl(t, "create", "role", "writer", "-n", ns, "--verb=update", "--resource=configmaps", "--resource-name=a")
	for _, role := range []string{"reader", "writer"} {
		localtest.Kubectl(t, "create", "rolebinding", role, "-n", ns, "--role="+role, "--user="+ns)
	}
	options := Options{Kubeconfig: localtest.Kubeconfig(t)}
	options.Overrides.AuthInfo.Impersonate = ns
	c, err := Connect(options)
	require.NoError(t, err)
	t.Cleanup(c.Close)

	of := func(verb, name string) Access {
		return Access{Verb: verb, Namespace: ns, Resource: "configmaps", Name: name}
	}
	elsewhere := of("get", "")
	elsewhere.Namespace = ""
	wanted := []Access{
		of("get", ""), of("list", "a"), of("update", "a"), of("update", "b"), of("update", ""), of("*", ""), elsewhere,
		{Verb: "get", Path: "/version"}, {Verb: "get", Path: "/metrics"},
		{Verb: "create", Group: "apps", Resource: "deployments", Subresource: "scale", Namespace: ns},
	}
	missing, err := c.Missing(t.Context(), wanted)
	require.NoError(t, err)
	assert.Equal(t, []Access{of("update", "b"), of("update", ""), of("*", ""), elsewhere, wanted[8], wanted[9]}, missing)
}

func TestMissingUnreachable(t *testing.T) {
	c, err := Connect(Options{URL: "http://127.0.0.1:1"})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	_, err = c.Missing(t.Context(), []Access{{Verb: "get", Resource: "pods"}, {Verb: "list", Resource: "pods"}})
	require.ErrorContains(t, err, "ask for the permission to ")
	assert.True(t, IsReason(err, ReasonUnreachable))
}

func TestInScope(t *testing.T) {
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t)})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	in := func(group, resource, namespace string) Access {
		return Access{Verb: "get", Group: group, Resource: resource, Namespace: namespace}
	}
	got, err := c.InScope(t.Context(), []Access{
		in("", "pods", "web"), in("", "nodes", "web"), in("rbac.authorization.k8s.io", "clusterroles", "web"), in("", "nothings", "web"), in("*", "*", "web"), in("", "pods", ""),
	})
	require.NoError(t, err)
	assert.Equal(t, []Access{
		in("", "pods", "web"), in("", "nodes", ""), in("rbac.authorization.k8s.io", "clusterroles", ""), in("", "nothings", "web"), in("*", "*", "web"), in("", "pods", ""),
	}, got)
}
