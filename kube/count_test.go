package kube

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

// collected is all of a namespace's config maps: those that a view shows, and the
// cluster's own.
func collected(t *testing.T, v *View) *View {
	t.Helper()
	localtest.Kubectl(t, "wait", "--for=create", "--timeout=60s", "--namespace="+v.namespace, "configmap/kube-root-ca.crt")
	all, err := v.cluster.View(t.Context(), "configmaps")
	require.NoError(t, err)
	all, err = all.Namespaced(v.namespace)
	require.NoError(t, err)
	return all
}

func TestCount(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	some := configMaps(t, connect(t, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			asked.Add(1)
			return next.RoundTrip(r)
		})
	}))
	createMany(t, some, 11)
	all := collected(t, some)
	none, err := some.Filter(Selectors{Fields: "metadata.name=none"})
	require.NoError(t, err)
	cached, err := some.Cached(t.Context())
	require.NoError(t, err)
	defer cached.Close()
	for _, tt := range []struct {
		name        string
		view        *View
		want, asked int
	}{
		{"all, of which the server tells", all, 12, 1},
		{"with a selector", some, 11, 1},
		{"none", none, 0, 1},
		{"held", cached, 11, 0},
	} {
		before := asked.Load()
		n, err := tt.view.Count(t.Context())
		assert.NoError(t, err, tt.name)
		assert.Equal(t, tt.want, n, tt.name)
		assert.EqualValues(t, tt.asked, asked.Load()-before, tt.name)
	}
}

func TestCountFails(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	o := Options{Kubeconfig: localtest.Kubeconfig(t)}
	o.Overrides.AuthInfo.Impersonate = "nobody"
	c, err := Connect(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	for _, view := range []*View{v.On(c), collected(t, v).On(c)} {
		_, err := view.Count(t.Context())
		assert.True(t, IsReason(err, "Forbidden"), err)
	}
}

// What a dry run would create and delete counts.
func TestCountOfAPlan(t *testing.T) {
	t.Parallel()
	_, dry, real := planning(t)
	some := configMaps(t, real)
	createMany(t, some, 3)
	all := collected(t, some)
	create(t, all.On(dry), "one-more")
	create(t, all.On(dry), "two-more")
	item, err := all.On(dry).Fetch(t.Context(), "cm-0001", "")
	require.NoError(t, err)
	require.NoError(t, item.Delete(t.Context(), DeleteOptions{}))
	for want, v := range map[int]*View{4: some.On(dry), 5: all.On(dry)} {
		n, err := v.Count(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, n, v)
	}
	n, err := all.Count(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 4, n, "nothing has changed")
}
