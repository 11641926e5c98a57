package kube

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(withCluster{m}) }

// withCluster runs the tests with a local cluster at hand, for those that ask
// for it.
type withCluster struct{ *testing.M }

// Run returns once the cluster is stopped.
func (m withCluster) Run() int { return localtest.Main(m.M) }

// connect connects to the tests' cluster through the given links.
func connect(t *testing.T, links ...Link) *Cluster {
	t.Helper()
	c, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Links: links})
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// configMaps is the view of the config maps of a namespace of the test's own.
func configMaps(t *testing.T, c *Cluster) *View {
	t.Helper()
	v, err := c.View(t.Context(), "configmaps")
	require.NoError(t, err)
	v, err = v.Namespaced(localtest.Namespace(t))
	require.NoError(t, err)
	v, err = v.Filter(Selectors{Labels: "test"})
	require.NoError(t, err)
	return v
}

// create creates a config map that configMaps shows.
func create(t *testing.T, v *View, name string) *Item {
	t.Helper()
	item, err := v.cluster.Create(t.Context(), parse(t, fmt.Sprintf(
		`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":%q,"labels":{"test":"yes"}}}`, name)), CreateOptions{Namespace: v.namespace})
	require.NoError(t, err)
	return item
}

// createMany creates n config maps cm-0000, cm-0001, ...
func createMany(t *testing.T, v *View, n int) {
	t.Helper()
	var wg sync.WaitGroup
	next := make(chan int)
	for range 16 {
		wg.Go(func() {
			for i := range next {
				create(t, v, fmt.Sprintf("cm-%04d", i))
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}

// names lists the names of the view's objects.
func names(t *testing.T, v *View) []string {
	t.Helper()
	var list []string
	for item, err := range v.All(context.Background()) {
		require.NoError(t, err)
		list = append(list, item.Meta().Name())
	}
	return list
}
