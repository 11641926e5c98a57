package repl

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// roundTrip makes a RoundTripper of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// reached is the tests' cluster through the given links.
func reached(t testing.TB, links ...kube.Link) kube.Options {
	t.Helper()
	return kube.Options{Kubeconfig: localtest.Kubeconfig(t), Links: links}
}

// apply applies manifests in a namespace.
func apply(t testing.TB, namespace, text string) {
	t.Helper()
	c, err := kube.Connect(reached(t))
	require.NoError(t, err)
	defer c.Close()
	objects, err := kube.ParseManifest(t.Context(), text)
	require.NoError(t, err)
	for _, o := range objects {
		_, err := c.Apply(t.Context(), o, kube.ApplyOptions{Namespace: namespace})
		require.NoError(t, err)
	}
}

// What a cluster has.
func TestCompleteLive(t *testing.T) {
	t.Parallel()
	cluster := reached(t)
	namespace, other := localtest.Namespace(t), localtest.Namespace(t)
	apply(t, namespace, `
apiVersion: v1
kind: Pod
metadata: {name: web-0, labels: {app: shop, app.kubernetes.io/name: shop-web}}
spec: {containers: [{name: main, image: nginx}, {name: side, image: envoy}]}
---
apiVersion: v1
kind: Pod
metadata: {name: web-1, labels: {app: cart, tier: front}}
spec: {containers: [{name: main, image: nginx}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: red, a.b: x}
`)
	apply(t, other, `
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
`)
	c := completeIn(t, cluster, fmt.Sprintf(`
		ns, other = %q, %q
		pods = cluster.pods:namespaced(ns)
		pod = pods:fetch("web-0")
		settings = cluster.configmaps:fetch("settings", { namespace = ns })
		spec = pod.spec
		deep = { kept = { pod = pod } }
		bound = kube.cluster { namespace = other }
	`, namespace, other))
	both := min(namespace, other) + " " + max(namespace, other)
	in := func(format string) string { return strings.ReplaceAll(format, "NS", namespace) }
	for _, tt := range []struct {
		text string
		want string
	}{
		{"cluster.cronj|", "cronjobs"},
		{"cluster.storagecl|", "storageclasses"},
		{"cluster.cronjobs:fe|", "fetch"},
		{"cluster:view('cronj|", "cronjobs.batch"},
		{"pods:fetch('|", "web-0 web-1"},
		{"pods:find 'web-1|", "web-1"},
		{in("cluster.pods:namespaced('NS'):fetch('|"), "web-0 web-1"},
		{in("cluster.pods:fetch('web|', {namespace = 'NS'})"), "web-0 web-1"},
		{in("cluster.pods:namespaced('NS|"), namespace},
		{in("cluster.pods:fetch('web-0', {namespace = 'NS|"), namespace},
		{"cluster.configmaps:fetch('settings', {namespace = '" + namespace[:17] + "|", both},
		{"bound.pods:fetch('|", ""},
		{"bound.configmaps:fetch('|", "kube-root-ca.crt settings"},
		{"bound.configmaps:all():fetch('setti|", "settings"},
		{"?pod.spec.containers.imagePu|", "imagePullPolicy"},
		{"pod.spec.containers.imagePu|", ""},
		{in(":ns NS|"), namespace},
		{in("kube.cluster{namespace='NS|"), namespace},
		{"pods:filter{labels = {|", `["app.kubernetes.io/name"] app tier ...`},
		{"pods:filter{labels = {t|", "tier ..."},
		{"pods:filter{labels = {['app.k|", "app.kubernetes.io/name"},
		{"pods:filter{labels = {app = '|", "cart shop"},
		{"pods:filter{labels = {['app.kubernetes.io/name'] = '|", "shop-web"},
		{"pods:filter{labels = '|", "app app.kubernetes.io/name tier"},
		{"pods:filter{labels = 'app=|", "cart shop"},
		{"pods:filter{labels = 'tier=front,app!=c|", "cart"},
		{in("cluster.pods:filter{labels = {app = '|'}, namespace = 'NS'}"), "cart shop"},
		{"pods:filter{fields = 'metadata.name=w|", "web-0 web-1"},

		{"pod.spec.nodeS|", "nodeSelector"},
		{"pod.spec.contai|", "containers"},
		{"pod.spec.containers[1].imageP|", "imagePullPolicy"},
		{"pod.spec.containers.|", ""},
		{"pod.spec.containers[1].resources.li|", "limits"},
		{"pod.raw.metadata.ow|", "ownerReferences"},
		{"pod.raw['metadata'].ow|", "ownerReferences"},
		{"pod.status.podI|", "podIP podIPs"},
		{"pod:spec().nodeS|", "nodeSelector"},
		{"spec.contai|", "containers"}, // of the value alone
		{"spec.nodeSe|", ""},
		{"pods:fetch('web-0').spec.nodeS|", "nodeSelector"},
		{"cluster.deployments:fetch('x').spec.template.spec.containers[1].li|", "lifecycle livenessProbe"},
		{"cluster.cronjobs:fetch('x').spec.jobTemplate.spec.comp|", "completionMode completions"},
		{"for p in pods do p.spec.nodeS|", "nodeSelector"},
		{"for _, c in ipairs(pod.spec.containers) do c.imageP|", "imagePullPolicy"},
		{"deep.kept.pod.meta.na|", "name namespace"},
		{"pod.conditions[1].lastT|", "lastTransitionTime"},
		{"kube.get(pod, 'spec.nodeS|", "nodeSelector"},
		{"kube.get(pod, 'spec.containers[1].imageP|", "imagePullPolicy"},
		{"kube.get(pods:fetch('x'), 'metadata.na|", "name namespace"},
		{"kube.get(spec, 'contai|", "containers"},
		{"pod.meta.labels.|", "app"},
		{"pod.meta.labels['|", "app app.kubernetes.io/name"},
		{"pods:fetch('x').meta.labels['|", "app app.kubernetes.io/name tier"},
		{"pod.meta.labels:set('t|", ""},
		{"pod.meta.labels:set('app', '|", "cart shop"},
		{"pod:logs{container = '|", "main side"},
		{"settings.raw.data.|", "colour"},
		{"settings.raw.data['|", "a.b colour"},
		{"settings.raw.bin|", "binaryData"},
		{"pod:events()[1].raw.invol|", "involvedObject"},
	} {
		t.Run(tt.text, func(t *testing.T) {
			got := strings.Join(offered(c.settled(t, tt.text)), " ")
			if want, more := strings.CutSuffix(tt.want, " ..."); more {
				assert.True(t, strings.HasPrefix(got, want), got)
				return
			}
			assert.Equal(t, tt.want, got)
		})
	}
	item := c.settled(t, "pod.spec.nodeSel|").Items[0]
	assert.Equal(t, "map of string: NodeSelector is a selector which must be true for the pod to fit on a node.", item.Description)
	item = c.settled(t, in("cluster.pods:fetch('web-0|")).Items[0]
	assert.Contains(t, item.Description, "in ")
	assert.Equal(t, NameCandidate, item.Kind)
}

// What a cluster has said is asked again once it is old, and only once at a
// time; and with what is known meanwhile there is no wait.
func TestCompleteAsksOnce(t *testing.T) {
	t.Parallel()
	var lists atomic.Int32
	hold := make(chan struct{})
	cluster := reached(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/configmaps") {
				lists.Add(1)
				select {
				case <-hold:
				case <-r.Context().Done():
				}
			}
			return next.RoundTrip(r)
		})
	})
	namespace := localtest.Namespace(t)
	c := completeIn(t, cluster, "")
	text := "cluster.configmaps:namespaced('" + namespace + "'):fetch('|"
	for range 10 {
		done := c.at(text)
		assert.True(t, done.Pending)
		assert.Empty(t, done.Items)
	}
	close(hold)
	for range 10 {
		assert.Equal(t, []string{"kube-root-ca.crt"}, offered(c.settled(t, text)))
	}
	assert.EqualValues(t, 1, lists.Load())
}

// many is a Link that answers lists of pods with so many of them.
func many(n int) kube.Link {
	var b strings.Builder
	b.WriteString(`{"kind":"PartialObjectMetadataList","metadata":{"resourceVersion":"1"},"items":[`)
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"metadata":{"name":"app-%d-6d5f7c9b8-%05d","namespace":"ns-%03d","labels":{"app":"app-%[1]d"}}}`, i%1000, i, i/100)
	}
	b.WriteString("]}")
	text := b.String()
	return func(http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			if !strings.HasSuffix(r.URL.Path, "/pods") {
				return nil, io.ErrUnexpectedEOF
			}
			return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(text)), Request: r}, nil
		})
	}
}

func TestCompleteOfMany(t *testing.T) {
	t.Parallel()
	cluster := kube.Options{URL: "http://127.0.0.1:1", Links: []kube.Link{many(20_000)}}
	c := completeIn(t, cluster, "")
	done := c.settled(t, "cluster.pods:fetch('|")
	assert.Len(t, done.Items, maxCandidates)
	assert.Equal(t, 20_000-maxCandidates, done.More)
	assert.Equal(t, "app-0-6d5f7c9b8-00000", done.Items[0].Text)
	assert.Equal(t, "in ns-000", done.Items[0].Description)
	done = c.settled(t, "cluster.pods:fetch('app-77-|")
	assert.Len(t, done.Items, 20)
	assert.Zero(t, done.More)

	// It is quick; a busy machine gets several tries.
	const most = 500 * time.Millisecond
	took := time.Hour
	for tries := 0; took > most && tries < 50; tries++ {
		began := time.Now()
		c.at("cluster.pods:fetch('app-|")
		took = min(took, time.Since(began))
	}
	assert.LessOrEqual(t, took, most)
}

// BenchmarkComplete completes a name among 20,000.
func BenchmarkComplete(b *testing.B) {
	cluster := kube.Options{URL: "http://127.0.0.1:1", Links: []kube.Link{many(20_000)}}
	c := completeIn(b, cluster, "")
	for name, text := range map[string]string{
		"any name":         "cluster.pods:fetch('|",
		"the rest of one":  "cluster.pods:fetch('app-7|",
		"a label":          "cluster.pods:filter{labels = {app = 'app-1|",
		"a method":         "cluster.pods:fe|",
		"a word":           strings.Repeat("local p = cluster.pods:fetch('x', {namespace = 'y'})\n", 200) + "pr|",
		"after many lines": strings.Repeat("local p = cluster.pods:fetch('x', {namespace = 'y'})\n", 200) + "p.meta.na|",
	} {
		c.settled(b, text)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				c.at(text)
			}
		})
	}
}
