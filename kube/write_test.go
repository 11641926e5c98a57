package kube

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

func TestLabels(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	a := create(t, v, "a")
	b, err := a.Meta().Labels().Set(t.Context(), "example.com/role", "db")
	require.NoError(t, err)
	value, ok := b.Meta().Labels().Get("example.com/role")
	assert.True(t, ok)
	assert.Equal(t, "db", value)
	assert.False(t, a.Equal(b))
	_, ok = a.Meta().Labels().Get("example.com/role")
	assert.False(t, ok, "a snapshot doesn't change")

	c, err := a.Meta().Labels().Delete(t.Context(), "example.com/role")
	require.NoError(t, err, "an old snapshot will do")
	_, err = c.Meta().Labels().Delete(t.Context(), "example.com/role")
	require.NoError(t, err, "deleting what isn't there is no error")

	_, err = a.Meta().Labels().Set(t.Context(), "a b", "c")
	assert.True(t, IsKind(err, ValueError))
	require.NoError(t, a.Delete(t.Context(), DeleteOptions{}))
	_, err = a.Meta().Labels().Set(t.Context(), "x", "y")
	assert.True(t, IsKind(err, LookupError), "%v", err)
}

func TestDeleteKeepsTheSuccessor(t *testing.T) {
	t.Parallel()
	v := configMaps(t, connect(t))
	old := create(t, v, "a")
	require.NoError(t, old.Delete(t.Context(), DeleteOptions{}))
	assert.True(t, IsKind(old.Delete(t.Context(), DeleteOptions{}), LookupError))
	create(t, v, "a")
	assert.True(t, IsReason(old.Delete(t.Context(), DeleteOptions{}), "Conflict"))
	assert.Equal(t, []string{"a"}, names(t, v))
}

func TestDeleteNamespaceTwice(t *testing.T) {
	t.Parallel()
	c := connect(t)
	ns, err := c.Create(t.Context(), parse(t, `{"apiVersion":"v1","kind":"Namespace","metadata":{"generateName":"twice-"},"spec":{"finalizers":["kubernetes"]}}`), CreateOptions{})
	require.NoError(t, err)
	// A finalizer of its own keeps it on its way out.
	held, err := ns.patch(t.Context(), "hold", map[string]any{"metadata": map[string]any{"finalizers": []string{"example.com/hold"}}})
	require.NoError(t, err)
	require.NoError(t, held.Delete(t.Context(), DeleteOptions{}))
	assert.NoError(t, held.Delete(t.Context(), DeleteOptions{}), "it is on its way out")
	_, err = ns.patch(t.Context(), "release", map[string]any{"metadata": map[string]any{"finalizers": nil}})
	require.NoError(t, err)
}

func TestCreateNamespaces(t *testing.T) {
	t.Parallel()
	c := connect(t)
	mine := localtest.Namespace(t)
	object := func(namespace string) Value {
		return parse(t, fmt.Sprintf(`{"apiVersion":"v1","kind":"ConfigMap","metadata":{"generateName":"x-","namespace":%q}}`, namespace))
	}
	bound, err := Connect(Options{Kubeconfig: localtest.Kubeconfig(t), Namespace: mine})
	require.NoError(t, err)
	defer bound.Close()
	for _, tt := range []struct {
		name       string
		cluster    *Cluster
		own, given string
		ok         bool
	}{
		{"in the data", c, mine, "", true},
		{"in the call", c, "", mine, true},
		{"in both", c, mine, mine, true},
		{"of the cluster", bound, "", "", true},
		{"they disagree", c, mine, "default", false},
		{"none", c, "", "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			item, err := tt.cluster.Create(t.Context(), object(tt.own), CreateOptions{Namespace: tt.given})
			if !tt.ok {
				assert.True(t, IsKind(err, NamespaceError), "%v", err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, mine, item.Meta().Namespace())
		})
	}
}

func TestForbiddenNamesTheRule(t *testing.T) {
	t.Parallel()
	var o Options
	o.Kubeconfig = localtest.Kubeconfig(t)
	o.Overrides.AuthInfo.Impersonate = "somebody"
	c, err := Connect(o)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Builtin("deployments").Fetch(t.Context(), "a", "default")
	assert.ErrorContains(t, err, `missing rule: apiGroups: ["apps"], resources: ["deployments"], verbs: ["get"] in a Role in namespace "default"`)
	assert.True(t, IsReason(err, "Forbidden"))
}

func TestItemWithoutANameIsNoCollection(t *testing.T) {
	t.Parallel()
	c := connect(t)
	for _, text := range []string{
		`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"","namespace":"default"}}`,
		`{"apiVersion":"v1","kind":"Secret","metadata":{"name":"x","namespace":".."}}`,
		`{"apiVersion":"v1","kind":"Node","metadata":{"name":"a/b"}}`,
	} {
		_, err := c.Item(t.Context(), parse(t, text))
		assert.Error(t, err, text)
	}
	nameless := newItem(c, builtin("secrets"), []byte(`{"metadata":{"namespace":"default"}}`))
	assert.True(t, IsKind(nameless.Delete(t.Context(), DeleteOptions{}), ValueError))
	_, err := nameless.Fetch(t.Context())
	assert.True(t, IsKind(err, ValueError))
}
