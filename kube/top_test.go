package kube

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// metricsServer answers as metrics-server does, of a namespace's pod p and of
// node node-0.
func metricsServer(namespace string) http.Handler {
	const usage = `{"cpu":"%s","memory":"%s"}`
	const head = `{"kind":%q,"apiVersion":"metrics.k8s.io/v1beta1","metadata":{"name":%q,"namespace":%q},"timestamp":"2026-03-01T12:00:00Z","window":"15.5s",`
	pod := fmt.Sprintf(head, "PodMetrics", "p", namespace) + `"containers":[{"name":"a","usage":` + fmt.Sprintf(usage, "250m", "1Mi") +
		`},{"name":"b","usage":` + fmt.Sprintf(usage, "1500000n", "512Ki") + `}]}`
	node := fmt.Sprintf(head, "NodeMetrics", "node-0", "") + `"usage":` + fmt.Sprintf(usage, "2", "3Gi") + `}`
	mux := http.NewServeMux()
	say := func(path, body string) {
		mux.HandleFunc("GET "+path, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		})
	}
	const base = "/apis/metrics.k8s.io/v1beta1"
	list := func(kind, item string) string {
		return fmt.Sprintf(`{"kind":"%sList","apiVersion":"metrics.k8s.io/v1beta1","metadata":{},"items":[%s]}`, kind, item)
	}
	say(base, `{"kind":"APIResourceList","apiVersion":"v1","groupVersion":"metrics.k8s.io/v1beta1","resources":[`+
		`{"name":"nodes","singularName":"","namespaced":false,"kind":"NodeMetrics","verbs":["get","list"]},`+
		`{"name":"pods","singularName":"","namespaced":true,"kind":"PodMetrics","verbs":["get","list"]}]}`)
	say(base+"/nodes", list("NodeMetrics", node))
	say(base+"/nodes/node-0", node)
	say(base+"/namespaces/"+namespace+"/pods", list("PodMetrics", pod))
	say(base+"/namespaces/"+namespace+"/pods/p", pod)
	return mux
}

// The API server is told of a server of metrics by an APIService, as it is of
// metrics-server; before, there is none.
func TestTop(t *testing.T) {
	c := connect(t)
	namespace := localtest.Namespace(t)
	pod := runningPodIn(t, c, namespace, "p", "{}", oneContainer)
	_, err := pod.Top(t.Context())
	assert.True(t, IsKind(err, APIError) && !IsKind(err, LookupError))
	assert.ErrorContains(t, err, "usage of "+pod.String()+": the cluster serves no metrics.k8s.io; metrics-server does")
	pods, err := c.Builtin("pods").Namespaced(namespace)
	require.NoError(t, err)
	_, err = pods.Top(t.Context())
	assert.ErrorContains(t, err, "metrics-server")

	server := httptest.NewTLSServer(metricsServer(namespace))
	defer server.Close()
	at, err := url.Parse(server.URL)
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(at.Host)
	require.NoError(t, err)
	for _, object := range []string{
		fmt.Sprintf(`{"apiVersion":"v1","kind":"Service","metadata":{"name":"metrics","namespace":%q},"spec":{"type":"ExternalName","externalName":"localhost"}}`, namespace),
		fmt.Sprintf(`{"apiVersion":"apiregistration.k8s.io/v1","kind":"APIService","metadata":{"name":"v1beta1.metrics.k8s.io"},"spec":{
			"group":"metrics.k8s.io","version":"v1beta1","groupPriorityMinimum":100,"versionPriority":100,"insecureSkipTLSVerify":true,
			"service":{"namespace":%q,"name":"metrics","port":%s}}}`, namespace, port),
	} {
		item, err := c.Create(t.Context(), parse(t, object), CreateOptions{})
		require.NoError(t, err)
		defer func() { assert.NoError(t, item.Delete(t.Context(), DeleteOptions{})) }()
	}
	at0 := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	want := Usage{Name: "p", Namespace: namespace, CPU: 0.2515, Memory: 1.5 * (1 << 20), Time: at0, Window: 15500 * time.Millisecond, Containers: []Usage{
		{"a", namespace, 0.25, 1 << 20, at0, 15500 * time.Millisecond, nil}, {"b", namespace, 0.0015, 512 << 10, at0, 15500 * time.Millisecond, nil},
	}}
	require.EventuallyWithT(t, func(collect *assert.CollectT) {
		got, err := pod.Top(t.Context())
		assert.NoError(collect, err)
		assert.Equal(collect, want, got)
	}, time.Minute, 50*time.Millisecond)
	list, err := pods.Top(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []Usage{want}, list)
	node, err := c.Builtin("nodes").Fetch(t.Context(), "node-0", "")
	require.NoError(t, err)
	used, err := node.Top(t.Context())
	require.NoError(t, err)
	assert.Equal(t, Usage{Name: "node-0", CPU: 2, Memory: 3 << 30, Time: at0, Window: 15500 * time.Millisecond}, used)
	none := runningPodIn(t, c, namespace, "other", "{}", oneContainer)
	_, err = none.Top(t.Context())
	assert.Error(t, err)
}
