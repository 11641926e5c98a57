package kube

import (
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseRequest(t *testing.T) {
	for _, tt := range []struct {
		method, url string
		want        Access
	}{
		{"GET", "/api/v1/pods", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/pods?watch=true", Access{Verb: "watch", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/pods?watch=false", Access{Verb: "list", Version: "v1", Resource: "pods"}},
		{"GET", "/api/v1/namespaces/web", Access{Verb: "get", Version: "v1", Namespace: "web", Resource: "namespaces", Name: "web"}},
		{"PUT", "/api/v1/namespaces/web/finalize", Access{Verb: "update", Version: "v1", Namespace: "web", Resource: "namespaces", Name: "web", Subresource: "finalize"}},
		{"GET", "/api/v1/namespaces/web/pods", Access{Verb: "list", Version: "v1", Namespace: "web", Resource: "pods"}},
		{"GET", "/api/v1/namespaces/web/pods/a/log", Access{Verb: "get", Version: "v1", Namespace: "web", Resource: "pods", Name: "a", Subresource: "log"}},
		{"POST", "/apis/apps/v1/namespaces/web/deployments", Access{Verb: "create", Group: "apps", Version: "v1", Namespace: "web", Resource: "deployments"}},
		{"DELETE", "/apis/apps/v1/namespaces/web/deployments", Access{Verb: "deletecollection", Group: "apps", Version: "v1", Namespace: "web", Resource: "deployments"}},
		{"DELETE", "/apis/apps/v1/namespaces/web/deployments/a", Access{Verb: "delete", Group: "apps", Version: "v1", Namespace: "web", Resource: "deployments", Name: "a"}},
		{"PATCH", "/k8s/clusters/x/api/v1/nodes/n", Access{Verb: "patch", Version: "v1", Resource: "nodes", Name: "n"}},
		{"GET", "/apis/apps/v1/namespaces/api/deployments/x", Access{Verb: "get", Group: "apps", Version: "v1", Namespace: "api", Resource: "deployments", Name: "x"}},
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
