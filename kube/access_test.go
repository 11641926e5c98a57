package kube

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestParseRequest(t *testing.T) {
	for _, tt := range []struct {
		method, url string
		want        Access
	}{
		{"GET", "/api/v1/pods", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/pods?watch=true", Access{Verb: "watch", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/pods?watch=false", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		// A field selector of one name is that name's, as to the server.
		{"GET", "/api/v1/pods?fieldSelector=metadata.name%3Da", Access{Verb: "list", Version: "v1", Resource: "pods", Name: "a"}},
		{"GET", "/api/v1/pods?watch=1&fieldSelector=spec.nodeName%3Dn,metadata.name%3Da", Access{Verb: "watch", Version: "v1", Resource: "pods", Name: "a"}},
		{"GET", "/api/v1/pods?fieldSelector=metadata.name!%3Da", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/pods?fieldSelector=!", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"DELETE", "/api/v1/pods?fieldSelector=metadata.name%3Da", Access{Verb: "deletecollection", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/namespaces/web", Access{Verb: "get", Version: "v1", Namespace: "web", Resource: "namespaces", Name: "web"}},
		{"PUT", "/api/v1/namespaces/web/finalize", Access{Verb: "update", Version: "v1", Namespace: "web", Resource: "namespaces", Name: "web", Subresource: "finalize"}},
		{"GET", "/api/v1/namespaces/web/pods", Access{Verb: "list", Version: "v1", Namespace: "web", Resource: "pods"}},
		{"GET", "/api/v1/namespaces/web/pods/a/log", Access{Verb: "get", Version: "v1", Namespace: "web", Resource: "pods", Name: "a", Subresource: "log"}},
		{"POST", "/apis/apps/v1/namespaces/web/deployments", Access{Verb: "create", Group: "apps", Version: "v1", Namespace: "web", Resource: "deployments"}},
		{"DELETE", "/apis/apps/v1/namespaces/web/deployments", Access{Verb: "deletecollection", Group: "apps", Version: "v1", Namespace: "web", Resource: "deployments"}},
		{"DELETE", "/apis/apps/v1/namespaces/web/deployments/a", Access{Verb: "delete", Group: "apps", Version: "v1", Namespace: "web", Resource: "deployments", Name: "a"}},
		{"PATCH", "/k8s/clusters/x/api/v1/nodes/n", Access{Verb: "patch", Version: "v1", Resource: "nodes", Name: "n"}},
		{"GET", "/apis/apps/v1/namespaces/api/deployments/x", Access{Verb: "get", Group: "apps", Version: "v1", Namespace: "api", Resource: "deployments", Name: "x"}},
		{"GET", "/api/v1/namespaces/web/pods/a:80/proxy/x/y", Access{Verb: "get", Version: "v1", Namespace: "web", Resource: "pods", Name: "a:80", Subresource: "proxy"}},
		{"POST", "/api/v1/namespaces/web/services/a/proxy/", Access{Verb: "create", Version: "v1", Namespace: "web", Resource: "services", Name: "a", Subresource: "proxy"}},
		{"GET", "/api/v1/nodes/n/proxy/logs/x", Access{Verb: "get", Version: "v1", Resource: "nodes", Name: "n", Subresource: "proxy"}},
		{"GET", "/api/v1/pods?watch", Access{Verb: "watch", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/pods?watch=False", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/namespaces/web/pods/a?watch=true", Access{Verb: "get", Version: "v1", Namespace: "web", Resource: "pods", Name: "a"}},
		{"GET", "/api/v1/watch/namespaces/web/secrets/a", Access{Verb: "watch", Version: "v1", Namespace: "web", Resource: "secrets", Name: "a"}},
		{"GET", "/apis/apps/v1/watch/deployments", Access{Verb: "watch", Group: "apps", Version: "v1", Resource: "deployments"}},
		{"GET", "/api/v1/proxy/namespaces/web/pods/a/x", Access{Verb: "proxy", Version: "v1", Namespace: "web", Resource: "pods", Name: "a"}},
		{"HEAD", "/api/v1/pods", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"delete", "/api/v1/namespaces/web/pods/a", Access{Verb: "delete", Version: "v1", Namespace: "web", Resource: "pods", Name: "a"}},
		{"GET", "/healthz", Access{Verb: "get"}},
		{"GET", "/apis/apps/v1", Access{Verb: "get"}},
	} {
		u, err := url.Parse("https://host" + tt.url)
		require.NoError(t, err)
		base := "/"
		if strings.HasPrefix(u.Path, "/k8s/") {
			base = "/k8s/clusters/x/"
		}
		got := ParseRequest(tt.method, u, base)
		got.Path = ""
		assert.Equal(t, tt.want, got, tt.method+" "+tt.url)
	}
}

// The words are those of the server (k8s.io/apiserver, ForbiddenStatusError).
func TestDeniedAccess(t *testing.T) {
	tests := []struct {
		message string
		want    Access
	}{
		{`pods is forbidden: User "a" cannot list resource "pods" in API group "" at the cluster scope`,
			Access{Verb: "list", Resource: "pods"}},
		{`pods "a" is forbidden: User "a" cannot create resource "pods/exec" in API group "" in the namespace "web": no policy matched`,
			Access{Verb: "create", Resource: "pods", Subresource: "exec", Namespace: "web"}},
		{`deployments.apps "a" is forbidden: User "system:serviceaccount:a:b" cannot patch resource "deployments" in API group "apps" in the namespace "web"`,
			Access{Verb: "patch", Group: "apps", Resource: "deployments", Namespace: "web"}},
		{`forbidden: User "a" cannot get path "/metrics"`, Access{Verb: "get", Path: "/metrics"}},
		{`pods "a" is forbidden: exceeded quota: few`, Access{}},
	}
	for _, tt := range tests {
		t.Run(tt.message, func(t *testing.T) {
			got, ok := deniedAccess(tt.message)
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.want != Access{}, ok)
		})
	}
}

// An apply is a patch; one that makes its object needs create besides, and the
// server asks for that only then.
func TestMissingRuleOfApply(t *testing.T) {
	ctx := t.Context()
	ns := localtest.Namespace(t)
	localtest.Kubectl(t, "create", "role", "patcher", "-n", ns, "--verb=patch", "--resource=configmaps")
	localtest.Kubectl(t, "create", "rolebinding", "patcher", "-n", ns, "--role=patcher", "--user="+ns)
	options := Options{Kubeconfig: localtest.Kubeconfig(t), Namespace: ns}
	options.Overrides.AuthInfo.Impersonate = ns
	c, err := Connect(options)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	config := trusted([]byte(`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}}`))
	_, err = c.Apply(ctx, config, ApplyOptions{})
	require.ErrorContains(t, err, `missing rule: apiGroups: [""], resources: ["configmaps"], verbs: ["create"] in a Role in namespace "`+ns+`"`)
}
