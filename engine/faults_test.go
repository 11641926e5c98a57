package engine_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"

	"github.com/kubelua/kubelua/kube/local"
	"github.com/kubelua/kubelua/kube/local/localtest"
	"github.com/kubelua/kubelua/testdata/faults"
)

// The random run of a watch: scripts that do nothing but believe what their
// watch tells them, objects that change all the time, and everything that can
// go wrong between the two. A seed stands for the order of the faults and for
// the changes of each worker; what meets what is up to the machine:
//
//	KUBELUA_FAULTS_SEED=7 go test -run TestFaults -v ./engine

const (
	seedVariable = "KUBELUA_FAULTS_SEED"

	workers      = 4  // that change objects at the same time
	names        = 60 // that objects may have
	changesAStep = 20 // at least; a fault begins in their midst

	// silence is short: with the one of real life the run would take hours.
	silence = time.Second
	// patience is how long a script may take to know what is.
	patience = time.Minute
)

// fault is something that goes wrong.
type fault struct {
	name  string
	times int // in a run of one scene
	// begin has it go wrong in the midst of changes; n is random below 1000.
	begin func(s *scene, n int)
	// end is called when the changes are made, before everything is healed.
	// It may be nil.
	end func(s *scene)
}

// faultKinds lists what goes wrong. The sum of the times is that of a scene.
func faultKinds() []fault {
	header := func(retryAfter int) http.Header {
		return http.Header{"Retry-After": {strconv.Itoa(retryAfter)}}
	}
	return []fault{
		{"connections cut", 6, func(s *scene, _ int) { s.proxy.Cut() }, nil},
		{"connection cut in an event", 7, func(s *scene, n int) { s.proxy.CutAfter(1 + n) }, (*scene).finish},
		{"answer broken off in an event", 6, func(s *scene, n int) { s.proxy.BreakAfter(1 + n) }, (*scene).finish},
		{"stall", 4, func(s *scene, _ int) { s.proxy.Stall() }, nil},
		{"stall until the client gives up", 2, func(s *scene, _ int) { s.proxy.Stall() }, (*scene).dialled},
		{"half-open", 4, func(s *scene, _ int) { s.proxy.HalfOpen() }, nil},
		{"slow", 5, func(s *scene, n int) { s.proxy.Slow(s.rate + s.rate*n/1000) }, (*scene).agree},
		{"slow script", 2, func(s *scene, _ int) { s.witness.gate.shut() }, (*scene).outrun},
		{"429", 4, func(s *scene, n int) {
			s.proxy.Answer(http.StatusTooManyRequests, header(n%2), 2-n%2)
			s.proxy.Cut()
		}, (*scene).finish},
		{"500 and its like", 3, func(s *scene, n int) {
			s.proxy.Answer([]int{500, 502, 503, 504}[n%4], nil, 1+n%2)
			s.proxy.Cut()
		}, (*scene).finish},
		{"410 for an answer", 1, (*scene).expire, (*scene).finish},
		{"410, and a list that breaks off", 3, func(s *scene, n int) {
			s.expire(n)
			s.proxy.BreakAfter(1 + n/2)
		}, (*scene).finish},
		{"compaction", 2, func(s *scene, _ int) {
			s.proxy.Stall()
			s.proxy.Cut()
		}, (*scene).compact},
		{"compaction in a list", 1, func(s *scene, n int) {
			s.pages.shut()
			s.expire(n)
		}, (*scene).compactList},
		{"API server killed", 1, func(s *scene, _ int) { s.restart() }, nil},
	}
}

func TestFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("takes a minute and a half")
	}
	seed := rand.Uint64()
	if text := os.Getenv(seedVariable); text != "" {
		var err error
		seed, err = strconv.ParseUint(text, 10, 64)
		require.NoError(t, err, seedVariable)
	}
	t.Logf("%s=%d", seedVariable, seed)
	// HTTP/2 finds a dead connection by itself; in real life after 45 seconds.
	t.Setenv("HTTP2_READ_IDLE_TIMEOUT_SECONDS", "1")
	t.Setenv("HTTP2_PING_TIMEOUT_SECONDS", "1")
	cluster, status := localtest.Own(t)
	var total tally
	var restarts sync.Mutex
	t.Run("scenes", func(t *testing.T) {
		for i, s := range []*scene{
			{resource: "configmaps", protocol: faults.HTTP1, rate: 10_000, object: map[string]any{"apiVersion": "v1", "kind": "ConfigMap"}},
			{resource: "pods", protocol: faults.HTTP2, rate: 80_000, object: map[string]any{"apiVersion": "v1", "kind": "Pod", "spec": map[string]any{
				"nodeName":   "node-0", // the scheduler takes offence at a server that dies
				"containers": []any{map[string]any{"name": "main", "image": "none"}},
			}}},
		} {
			t.Run(s.resource, func(t *testing.T) {
				t.Parallel()
				s.t, s.cluster, s.kubeconfig, s.restarts = t, cluster, status.Kubeconfig, &restarts
				s.seed, s.random = seed, rand.New(rand.NewPCG(seed, uint64(i)))
				s.run()
				total.changes.Add(s.changes.Load())
				total.faults.Add(s.faults.Load())
			})
		}
	})
	assert.GreaterOrEqual(t, total.changes.Load(), int64(2000), "changes")
	assert.GreaterOrEqual(t, total.faults.Load(), int64(100), "faults")
}

// tally counts what was done.
type tally struct{ changes, faults atomic.Int64 }

// scene is one script that watches one resource, and what is done to both.
type scene struct {
	tally
	t          *testing.T
	seed       uint64 // of the whole run
	random     *rand.Rand
	resource   string
	object     map[string]any // to create
	protocol   faults.Protocol
	rate       int // bytes a second that are slow for these objects
	cluster    local.Options
	kubeconfig string
	restarts   *sync.Mutex // one at a time
	proxy      *faults.Proxy
	server     dynamic.ResourceInterface // past the proxy
	witness    *witness
	pages      gate   // for pages of a list but the first
	step       string // what is going on, for messages
}

// run goes through all faults in a random order.
func (s *scene) run() {
	config, err := clientcmd.BuildConfigFromFlags("", s.kubeconfig)
	require.NoError(s.t, err)
	config.QPS = -1
	client, err := dynamic.NewForConfig(config)
	require.NoError(s.t, err)
	s.server = client.Resource(schema.GroupVersionResource{Version: "v1", Resource: s.resource}).Namespace("default")
	s.proxy = faults.New(s.t, s.kubeconfig, s.protocol)

	s.step = "start"
	s.change(func() {})
	end := s.believe()
	defer end()
	s.agree()

	var kinds []fault
	for _, kind := range faultKinds() {
		kinds = append(kinds, slices.Repeat([]fault{kind}, kind.times)...)
	}
	s.random.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for i, f := range kinds {
		s.step = fmt.Sprintf("fault %d, %s", i+1, f.name)
		began := time.Now()
		n := s.random.IntN(1000)
		s.change(func() { f.begin(s, n) })
		if f.end != nil {
			f.end(s)
		}
		s.proxy.Heal()
		s.agree()
		s.faults.Add(1)
		s.t.Logf("%s: %v", s.step, time.Since(began).Round(time.Millisecond))
	}
	events, synthetic := s.witness.count()
	s.t.Logf("%d changes, %d faults, %d events (%d synthetic), %d times 410, %d connections",
		s.changes.Load(), s.faults.Load(), events, synthetic, s.proxy.Seen(http.StatusGone), s.proxy.Accepted())
	assert.GreaterOrEqual(s.t, s.proxy.Seen(http.StatusGone), 2, "answers 410 of the API server itself")
	assert.NotZero(s.t, synthetic, "deletions that were missed")
}

// shortPages makes pages of lists small, so that a list takes several. All but
// the first go through a gate.
func (s *scene) shortPages(next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		q := r.URL.Query()
		if !q.Has("limit") {
			return next.RoundTrip(r)
		}
		r = r.Clone(r.Context())
		q.Set("limit", "10")
		r.URL.RawQuery = q.Encode()
		if q.Has("continue") {
			if err := s.pages.pass(r.Context()); err != nil {
				return nil, err
			}
		}
		return next.RoundTrip(r)
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// agree waits until the script believes what is.
func (s *scene) agree() {
	s.t.Helper()
	var truth, belief map[string]string
	var err error
	s.until("the script believes what is", func() bool {
		var list *unstructured.UnstructuredList
		list, err = s.server.List(s.t.Context(), metav1.ListOptions{LabelSelector: "watched=yes"})
		if err != nil {
			return false // the other scene may restart the server
		}
		truth = map[string]string{}
		for _, o := range list.Items {
			truth[o.GetName()] = fmt.Sprintf("uid %s version %s value %s", o.GetUID(), o.GetResourceVersion(), o.GetLabels()["value"])
		}
		belief = s.witness.belief()
		return maps.Equal(belief, truth)
	}, func() string {
		if err != nil {
			return err.Error()
		}
		return difference(belief, truth)
	})
}

// until waits for something. The test fails where it doesn't come, or the
// script ends; why may add something.
func (s *scene) until(what string, done func() bool, why func() string) {
	s.t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-s.witness.told:
		case <-s.witness.ended:
			s.t.Fatalf("%s=%d: %s: the script ended: %v", seedVariable, s.seed, s.step, s.witness.err)
		case <-deadline:
			s.t.Fatalf("%s=%d: %s: waited %v until %s\n%s", seedVariable, s.seed, s.step, patience, what, why())
		}
	}
}

// finish waits until what was ordered of the proxy has happened.
func (s *scene) finish() {
	s.until("it happens", func() bool {
		if !s.proxy.Pending() {
			return true
		}
		s.changes.Add(int64(s.one(s.random))) // so that there is something to break
		return false
	}, func() string { return "" })
}

// dialled waits until the client makes a connection anew.
func (s *scene) dialled() {
	before := s.proxy.Accepted()
	s.until("the client dials", func() bool { return s.proxy.Accepted() > before }, func() string { return "" })
}

// outrun makes more changes than the watch holds for a script that is busy.
func (s *scene) outrun() {
	for range 5 {
		s.change(func() {})
	}
	s.witness.gate.open()
}

// expire has the watch told once that its version is no longer kept.
func (s *scene) expire(int) {
	s.proxy.Answer(http.StatusGone, nil, 1)
	s.proxy.Cut()
}

// compact has the server forget what it was before, and checks that the script's
// watch is told so.
func (s *scene) compact() {
	before := s.proxy.Seen(http.StatusGone)
	require.NoError(s.t, local.Compact(s.t.Context(), s.cluster))
	s.restart()
	s.proxy.Heal()
	s.pages.open()
	s.agree()
	assert.Greater(s.t, s.proxy.Seen(http.StatusGone), before, "%s: answers 410", s.step)
}

// compactList does so while a list waits for its second page.
func (s *scene) compactList() {
	s.until("a second page is asked for", s.pages.waitedAt, func() string { return "" })
	s.change(func() {})
	s.compact()
}

// restart kills the API server and starts it again.
func (s *scene) restart() {
	s.restarts.Lock()
	defer s.restarts.Unlock()
	if err := local.RestartServer(s.t.Context(), s.cluster); err != nil {
		s.t.Errorf("%s: %v", s.step, err)
	}
}
