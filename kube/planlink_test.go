package kube

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// What isn't known to be harmless doesn't reach a server that a plan guards.
func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var reached []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		reached = append(reached, r.Method+" "+r.URL.String())
		w.Header().Set("Content-Type", jsonType)
		_, _ = w.Write([]byte("{}"))
	}))
	defer server.Close()
	c, err := Connect(Options{URL: server.URL, Plan: NewPlan()})
	require.NoError(t, err)
	defer c.Close()

	for _, tt := range []struct {
		method, path, upgrade string
		refused               string // "" for what passes
	}{
		{"GET", "api/v1/namespaces/web/pods/a/log", "", ""},
		{"GET", "api/v1/namespaces/web/services/a/proxy/metrics", "", ""},
		{"GET", "healthz", "", ""},
		{"HEAD", "api/v1/pods", "", ""},
		{"POST", "apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "", ""},
		{"POST", "apis/authentication.k8s.io/v1/tokenreviews", "", ""},

		{"POST", "healthz", "", "it is about no resource"},
		{"POST", "apis/authorization.k8s.io/v1", "", "it is about no resource"},
		{"POST", "api/v1/namespaces/web/pods/a/exec?command=ls", "", "can't be undone"},
		{"POST", "api/v1/namespaces/web/pods/a/attach", "", "can't be undone"},
		{"GET", "api/v1/namespaces/web/pods/a/exec", "websocket", "opens a connection"},
		{"GET", "api/v1/namespaces/web/services/a/proxy/", "websocket", "opens a connection"},
		{"GET", "api/v1/nodes/a/proxy/run", "SPDY/3.1", "opens a connection"},
		{"POST", "api/v1/namespaces/web/pods/a/portforward", "", "can't be undone"},
		{"POST", "api/v1/namespaces/web/pods/a/proxy/x", "", "passed on"},
		{"PUT", "api/v1/namespaces/web/services/a/proxy/x", "", "passed on"},
		{"DELETE", "api/v1/nodes/a/proxy/x", "", "passed on"},
		{"POST", "api/v1/namespaces/web/serviceaccounts/a/token", "", "a token is valid"},
		{"POST", "api/v1/namespaces/web/pods/a/binding", "", "only the scheduler"},
		{"POST", "api/v1/namespaces/web/bindings", "", "only the scheduler"},
		{"PUT", "api/v1/namespaces/web/finalize", "", "it lets go of a namespace"},
		{"POST", "api/v1/namespaces/web/pods/a/whatever", "", "nobody knows"},
		{"DELETE", "api/v1/namespaces/web/pods/a/whatever", "", "nobody knows"},
		{"PUT", "api/v1/namespaces/web/pods", "", "nobody knows"},
		{"PATCH", "api/v1/namespaces/web/pods", "", "nobody knows"},
		{"POST", "api/v1/namespaces/web/pods/b%2f../a/exec", "", "read in several ways"},
		{"POST", "api/v1/namespaces/web/pods/./a/exec", "", "read in several ways"},
		{"POST", "api/v1/../v1/namespaces", "", "read in several ways"},
		{"POST", "api/v1//namespaces", "", "it is about no resource"},
		{"post", "api/v1/namespaces", "", "is not a method"},
		{"LINK", "api/v1/namespaces", "", "is not a method"},
		{"POST", "apis/example.com/v1/widgets", "", "doesn't say that it takes dry runs"},
	} {
		t.Run(tt.method+" "+tt.path+" "+tt.upgrade, func(t *testing.T) {
			mu.Lock()
			reached = nil
			mu.Unlock()
			r := request{method: tt.method, path: tt.path, what: "try"}
			if tt.method != http.MethodGet && tt.method != http.MethodHead {
				r.body, r.contentType = []byte("{}"), jsonType
			}
			if tt.upgrade != "" {
				r.header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {tt.upgrade}}
			}
			_, err := c.client.call(context.Background(), r)
			mu.Lock()
			defer mu.Unlock()
			if tt.refused == "" {
				assert.NoError(t, err)
				assert.Len(t, reached, 1)
				return
			}
			assert.ErrorContains(t, err, "this can't be planned")
			assert.ErrorContains(t, err, tt.refused)
			assert.True(t, IsReason(err, ReasonUnplannable))
			for _, r := range reached {
				assert.Regexp(t, "^GET ", r)
			}
		})
	}
}

// No write reaches the server but as a dry run, whatever the run does.
func TestPlanSendsDryRunsOnly(t *testing.T) {
	t.Parallel()
	plan := NewPlan()
	dry, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Plan: plan})
	require.NoError(t, err)
	defer dry.Close()
	base := dry.client.base
	var wrong []string
	guard := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.Method != http.MethodGet && r.URL.Query().Get("dryRun") != "All" {
				wrong = append(wrong, r.Method+" "+r.URL.String())
			}
			return next.RoundTrip(r)
		})
	}
	inner := dry.client.http.Transport.(*planLink)
	inner.next = guard(inner.next)
	namespace := localtest.Namespace(t)
	item, err := dry.Create(t.Context(), parse(t, planDeployment), CreateOptions{Namespace: namespace})
	require.NoError(t, err)
	item, err = item.Scale(t.Context(), 3)
	require.NoError(t, err)
	_, err = item.Restart(t.Context())
	require.NoError(t, err)
	require.NoError(t, item.Delete(t.Context(), DeleteOptions{}))
	assert.Empty(t, wrong, base)
	assert.Empty(t, plan.Changes(), "what is created and deleted was never there")
}

func TestPlannedVersion(t *testing.T) {
	for _, tt := range []struct {
		number int
		stored string
		want   string // that is stored
	}{
		{1, "1", "1"},
		{2, "", ""},
		{maxPlanned, "8796093022207", "8796093022207"},
		{3, "8796093022208", ""},
		{3, "abc", ""},
	} {
		v := plannedVersion(tt.number, tt.stored)
		stored, number, ok := storedVersion(v)
		assert.True(t, ok)
		assert.Equal(t, tt.want, stored)
		assert.Equal(t, tt.number, number)
		assert.True(t, newer(v, "99999999999"))
		assert.NoError(t, checkVersion(v))
	}
	_, _, ok := storedVersion("12345")
	assert.False(t, ok)
}
