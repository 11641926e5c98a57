package kube

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// exchange is a request and what the server answered.
type exchange struct {
	line   string // method and path
	status int    // 0 for 200
	body   string
}

// recorded runs exchanges through a recorder and returns the roles, each on a line
// for its kind and lines for its rules.
func recorded(t *testing.T, exchanges ...exchange) string {
	t.Helper()
	var recorder RoleRecorder
	for _, e := range exchanges {
		transport := recorder.Link(roundTrip(func(*http.Request) (*http.Response, error) {
			if e.status == -1 {
				return nil, io.ErrUnexpectedEOF
			}
			return &http.Response{StatusCode: max(e.status, http.StatusOK), Body: io.NopCloser(strings.NewReader(e.body))}, nil
		}))
		method, path, _ := strings.Cut(e.line, " ")
		req, err := http.NewRequest(method, "https://host"+path, nil)
		require.NoError(t, err)
		resp, err := transport.RoundTrip(req)
		if e.status == -1 {
			require.Error(t, err)
			continue
		}
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		assert.Equal(t, e.body, string(body))
	}
	var b strings.Builder
	for _, role := range recorder.Roles("x")["https://host"] {
		fmt.Fprintln(&b, strings.TrimSpace(role.Kind()+" "+role.Namespace))
		for _, r := range role.Rules {
			fmt.Fprintln(&b, strings.Join(strings.Fields(fmt.Sprintf("  %v %v %v %v %v", r.APIGroups, r.Resources, r.NonResourceURLs, r.ResourceNames, r.Verbs)), " "))
		}
	}
	return b.String()
}

func TestRoles(t *testing.T) {
	const (
		pods    = "/api/v1/namespaces/web/pods"
		deploys = "/apis/apps/v1/namespaces/web/deployments"
		configs = "/api/v1/namespaces/web/configmaps"
	)
	tests := []struct {
		name      string
		exchanges []exchange
		want      string
	}{
		{"nothing", nil, ""},
		{"verbs of a resource", []exchange{{line: "DELETE " + pods}, {line: "GET " + pods}, {line: "GET " + pods + "?watch=1"}, {line: "POST " + pods}, {line: "GET " + pods}},
			"Role web\n[] [pods] [] [] [list watch create deletecollection]\n"},
		{"resources of a group", []exchange{{line: "GET /api/v1/pods"}, {line: "GET /api/v1/nodes"}, {line: "GET /apis/apps/v1/deployments"}},
			"ClusterRole\n[] [nodes pods] [] [] [list]\n[apps] [deployments] [] [] [list]\n"},
		{"different verbs", []exchange{{line: "GET " + pods}, {line: "POST " + configs}},
			"Role web\n[] [configmaps] [] [] [create]\n[] [pods] [] [] [list]\n"},
		{"names", []exchange{{line: "GET " + configs + "/b"}, {line: "GET " + configs + "/a"}, {line: "PATCH " + configs + "/a"}, {line: "PUT " + configs + "/b"}},
			"Role web\n[] [configmaps] [] [a] [patch]\n[] [configmaps] [] [a b] [get]\n[] [configmaps] [] [b] [update]\n"},
		{"the same names", []exchange{{line: "GET " + configs + "/a"}, {line: "GET " + pods + "/a"}, {line: "PATCH " + configs + "/a"}, {line: "PATCH " + pods + "/a"}},
			"Role web\n[] [configmaps pods] [] [a] [get patch]\n"},
		{"found in a list", []exchange{{line: "GET " + pods + "?limit=500"}, {line: "DELETE " + pods + "/a"}, {line: "GET " + pods + "/a/log"}, {line: "GET " + configs + "/a"}},
			"Role web\n[] [configmaps] [] [a] [get]\n[] [pods] [] [] [list delete]\n[] [pods/log] [] [] [get]\n"},
		{"found in a list of all", []exchange{{line: "GET /api/v1/pods?watch=true"}, {line: "DELETE " + pods + "/a"}},
			"ClusterRole\n[] [pods] [] [] [watch]\nRole web\n[] [pods] [] [] [delete]\n"},
		{"a list of one name", []exchange{{line: "GET " + pods + "?fieldSelector=metadata.name%3Da&watch=1"}, {line: "DELETE " + pods + "/a"}},
			"Role web\n[] [pods] [] [a] [watch delete]\n"},
		{"named by the server", []exchange{{"POST " + configs, 201, `{"metadata": {"generateName": "a-", "name": "a-x"}}`}, {line: "DELETE " + configs + "/a-x"}},
			"Role web\n[] [configmaps] [] [] [create delete]\n"},
		{"named by the run", []exchange{{"POST " + configs, 201, `{"metadata": {"name": "a"}}`}, {line: "DELETE " + configs + "/a"}},
			"Role web\n[] [configmaps] [] [] [create]\n[] [configmaps] [] [a] [delete]\n"},
		{"allowed by the ClusterRole", []exchange{{line: "GET /api/v1/pods"}, {line: "GET " + pods}, {line: "GET " + deploys}},
			"ClusterRole\n[] [pods] [] [] [list]\nRole web\n[apps] [deployments] [] [] [list]\n"},
		{"a namespace of the run", []exchange{{"POST /api/v1/namespaces", 201, `{"metadata": {"name": "web"}}`}, {line: "GET " + configs + "/a"}, {line: "DELETE /api/v1/namespaces/web"}},
			"ClusterRole\n[] [configmaps] [] [a] [get]\n[] [namespaces] [] [] [create]\n[] [namespaces] [] [web] [delete]\n"},
		{"a namespace", []exchange{{line: "GET /api/v1/namespaces/web"}}, "Role web\n[] [namespaces] [] [web] [get]\n"},
		{"applied anew", []exchange{{"PATCH " + configs + "/a", 201, `{}`}}, "Role web\n[] [configmaps] [] [a] [create patch]\n"},
		{"applied again", []exchange{{"PATCH " + configs + "/a", 200, `{}`}}, "Role web\n[] [configmaps] [] [a] [patch]\n"},
		{"eviction", []exchange{{"POST " + pods + "/a/eviction", 201, `{}`}}, "Role web\n[] [pods/eviction] [] [a] [create]\n"},
		{"WebSocket", []exchange{{"GET " + pods + "/a/exec?command=ls", 101, ""}}, "Role web\n[] [pods/exec] [] [a] [create]\n"},
		{"refused", []exchange{{"PATCH " + configs + "/a", 403,
			`{"message": "configmaps \"a\" is forbidden: User \"u\" cannot create resource \"configmaps\" in API group \"\" in the namespace \"web\""}`}},
			"Role web\n[] [configmaps] [] [a] [create patch]\n"},
		{"refused to be another", []exchange{{"GET " + configs, 403, `{"message": "User \"u\" cannot impersonate resource \"users\" in API group \"\" at the cluster scope"}`}},
			"Role web\n[] [configmaps] [] [] [list]\n"},
		{"not logged in", []exchange{{"GET " + configs, 401, `{}`}}, ""},
		{"no answer", []exchange{{"GET " + configs, -1, ""}}, ""},
		{"not found", []exchange{{"GET " + configs + "/a", 404, "not found"}}, "Role web\n[] [configmaps] [] [a] [get]\n"},
		{"what everybody may", []exchange{{line: "GET /apis"}, {line: "GET /apis/apps/v1"}, {line: "GET /openapi/v3/apis/apps/v1"}, {line: "GET /version"},
			{"POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", 201, `{}`}}, ""},
		{"other paths", []exchange{{line: "GET /metrics"}, {line: "GET /livez/ping"}}, "ClusterRole\n[] [] [/livez/ping /metrics] [] [get]\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			assert.Equal(t, tt.want, recorded(t, tt.exchanges...))
		})
	}
}

// What passes the recorder is as it was, long answers too.
func TestPeek(t *testing.T) {
	long := strings.Repeat("x", maxPeek+10)
	assert.NotEmpty(t, recorded(t, exchange{"POST /api/v1/namespaces/web/pods", 201, long}))
}
