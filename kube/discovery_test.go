package kube

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// offers is a Link that answers discovery with what it is told, and counts the
// questions.
type offers struct {
	mu    sync.Mutex
	names []string // of resources in the group example.com
	stale bool
	twin  bool // whether another group has the same ones
	asked atomic.Int32
}

func (o *offers) link(http.RoundTripper) http.RoundTripper { return o }

func (o *offers) RoundTrip(req *http.Request) (*http.Response, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	var resources []string
	for _, name := range o.names {
		resources = append(resources, `{"resource":"`+name+`","responseKind":{"kind":"`+name+`"},"scope":"Namespaced","verbs":["list"]}`)
	}
	items := ""
	if strings.HasSuffix(req.URL.Path, "/apis") {
		o.asked.Add(1)
		freshness := "Current"
		if o.stale {
			freshness = "Stale"
		}
		items = `{"metadata":{"name":"example.com"},"versions":[{"version":"v1","freshness":"` + freshness + `","resources":[` + strings.Join(resources, ",") + `]}]}`
	}
	if o.twin && items != "" {
		items += "," + strings.Replace(items, "example.com", "twin.example.com", 1)
	}
	body := `{"kind":"APIGroupDiscoveryList","items":[` + items + `]}`
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: req}, nil
}

func (o *offers) offer(names ...string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.names = names
}

// A miss asks again; many misses wait for their turn.
func TestDiscoveryPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &offers{}
		o.offer("as")
		c := connectTo(t, o.link)
		_, err := c.View(t.Context(), "as")
		require.NoError(t, err)
		_, err = c.View(t.Context(), "as")
		require.NoError(t, err)
		require.EqualValues(t, 1, o.asked.Load())

		o.offer("as", "bs")
		_, err = c.View(t.Context(), "bs")
		require.NoError(t, err)
		require.EqualValues(t, 2, o.asked.Load())

		begin := time.Now()
		for range missBurst + 4 {
			_, err = c.View(t.Context(), "cs")
			require.True(t, IsKind(err, ValueError), err)
		}
		require.Equal(t, 5*missPace, time.Since(begin).Round(time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = c.View(ctx, "cs")
		require.ErrorIs(t, err, context.DeadlineExceeded)

		// What a run has learnt it doesn't believe for ever.
		asked := o.asked.Load()
		time.Sleep(catalogTime + time.Second)
		_, err = c.View(t.Context(), "as")
		require.NoError(t, err)
		require.Equal(t, asked+1, o.asked.Load())
	})
}

// Names that no further question helps are refused at once, however many.
func TestDiscoveryOfHopelessNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := &offers{twin: true}
		o.offer("as")
		c := connectTo(t, o.link)
		begin := time.Now()
		for range 2 * missBurst {
			_, err := c.View(t.Context(), "as")
			require.EqualError(t, err, `resource "as" is served by several groups (say which: "as.example.com" or "as.twin.example.com")`)
			for _, text := range []string{"pods/log", "v1/pods/x", "apps/v1/deployments/scale", "apps/Deployment", "x/y"} {
				_, err := c.View(t.Context(), text)
				require.ErrorContains(t, err, `unknown resource "`+text+`" (subresources have no views`)
			}
			for _, text := range []string{"pods/", "/", "", "/pods", ".apps", "apps/v1/"} {
				_, err := c.View(t.Context(), text)
				require.ErrorContains(t, err, `"`+text+`" can't be the name of a resource (want one like "pods"`)
			}
		}
		require.Zero(t, time.Since(begin))
		require.EqualValues(t, 1, o.asked.Load())
	})
}

// Calls at the same time share one answer.
func TestDiscoveryIsShared(t *testing.T) {
	t.Parallel()
	o := &offers{}
	o.offer("as")
	c := connectTo(t, o.link)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := c.View(t.Context(), "as"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, o.asked.Load())
}

func TestDiscoveryOfWhatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	o := &offers{stale: true}
	c := connectTo(t, o.link)
	_, err := c.View(t.Context(), "as")
	require.ErrorContains(t, err, `unknown resource "as"; the server can't tell now what it serves as example.com/v1`)
}

// asking connects with a cache, and returns how often what use does asked the server
// what it offers.
func asking(t *testing.T, cacheDir string, use func(c *Cluster)) int32 {
	t.Helper()
	var count atomic.Int32
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), CacheDir: cacheDir, Links: []Link{func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(req *http.Request) (*http.Response, error) {
			if req.URL.Path == "/apis" {
				count.Add(1)
			}
			return next.RoundTrip(req)
		})
	}}})
	require.NoError(t, err)
	defer c.Close()
	use(c)
	return count.Load()
}

// What one run has learnt another one uses, and asks anew where it is outdated.
func TestDiscoveryBetweenRuns(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := func(use func(c *Cluster)) int32 { return asking(t, dir, use) }
	view := func(c *Cluster, name string) *View {
		v, err := c.View(t.Context(), name)
		require.NoError(t, err)
		return v
	}
	require.EqualValues(t, 0, run(func(c *Cluster) { view(c, "deploy") }))
	require.EqualValues(t, 1, run(func(c *Cluster) { view(c, "storageclasses") }))
	require.EqualValues(t, 0, run(func(c *Cluster) { require.Equal(t, []string{"apis/batch/v1"}, view(c, "cj").Resource().APIPaths()) }))
	require.EqualValues(t, 1, run(func(c *Cluster) {
		_, err := c.Kinds(t.Context())
		require.NoError(t, err)
	}))

	files, err := filepath.Glob(dir + "/discovery/*")
	require.NoError(t, err)
	require.Len(t, files, 1)
	fresh, err := os.ReadFile(files[0])
	require.NoError(t, err)
	// The file says that config maps are served as v9, and has no cron jobs.
	outdate := func() {
		text := strings.ReplaceAll(string(fresh), "CronJob", "GoneJob")
		at := strings.Index(text, `"Kind":"ConfigMap"`)
		text = text[:at] + strings.Replace(text[at:], `["v1"]`, `["v9"]`, 1)
		require.NoError(t, os.WriteFile(files[0], []byte(text), 0o600))
	}
	namespace := localtest.Namespace(t)
	uses := map[string]func(c *Cluster, v *View){
		"all": func(_ *Cluster, v *View) { require.NotEmpty(t, names(t, v)) },
		"fetch": func(_ *Cluster, v *View) {
			item, err := v.Fetch(t.Context(), "kube-root-ca.crt", namespace)
			require.NoError(t, err)
			require.Equal(t, "/api/v1/namespaces/"+namespace+"/configmaps/kube-root-ca.crt", item.Meta().Link())
		},
		"find": func(_ *Cluster, v *View) {
			item, err := v.Find(t.Context(), "no-such", namespace)
			require.NoError(t, err)
			require.Nil(t, item)
		},
		"table": func(_ *Cluster, v *View) {
			table, err := v.Table(t.Context(), TableOptions{})
			require.NoError(t, err)
			require.NotEmpty(t, table.Rows)
		},
		"watch": func(_ *Cluster, v *View) {
			w, err := v.Watch(t.Context(), WatchOptions{Initial: true})
			require.NoError(t, err)
			defer w.Close()
			_, err = w.Next(t.Context(), -1)
			require.NoError(t, err)
		},
		"another name": func(c *Cluster, _ *View) { view(c, "CronJob") },
		"another kind": func(c *Cluster, _ *View) {
			_, err := c.KindView(t.Context(), "batch/v1", "CronJob")
			require.NoError(t, err)
		},
	}
	for name, use := range uses {
		outdate()
		require.EqualValues(t, 1, run(func(c *Cluster) {
			v := view(c, "configmaps")
			require.Equal(t, []string{"api/v9"}, v.Resource().APIPaths(), name)
			use(c, v)
		}), name)
		now, err := os.ReadFile(files[0])
		require.NoError(t, err)
		require.Contains(t, string(now), "CronJob", name)
	}

	// A version that was asked for stays as it is, and is refused.
	outdate()
	run(func(c *Cluster) {
		_, err := view(c, "configmaps.v9").Fetch(t.Context(), "x", "default")
		require.True(t, IsKind(err, LookupError), err)
	})
	run(func(c *Cluster) {
		_, err := c.View(t.Context(), "configmaps.v9")
		require.ErrorContains(t, err, `unknown resource "configmaps.v9" (configmaps: v1)`)
	})

	require.NoError(t, os.WriteFile(files[0], []byte("{"), 0o600))
	require.EqualValues(t, 1, run(func(c *Cluster) { view(c, "cronjobs") }))
}
