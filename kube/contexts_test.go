package kube_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube"
)

const manyContexts = `
apiVersion: v1
kind: Config
current-context: dev
clusters:
- {name: dev, cluster: {server: "https://dev.example"}}
- {name: kubernetes-production, cluster: {server: "https://p.example"}}
- name: marked
  cluster:
    server: https://marked.example
    extensions: [{name: kubelua, extension: {production: true}}]
contexts:
- {name: dev, context: {cluster: dev, namespace: web}}
- {name: admin@eu-prod.example, context: {cluster: dev}}
- {name: products, context: {cluster: dev}}
- {name: by-cluster, context: {cluster: kubernetes-production}}
- {name: by-mark-of-cluster, context: {cluster: marked}}
- name: by-mark
  context:
    cluster: dev
    extensions: [{name: kubelua, extension: {production: true}}]
- name: not-prod
  context:
    cluster: marked
    extensions: [{name: kubelua, extension: {production: false}}]
- name: other-prod
  context:
    cluster: nowhere
    extensions: [{name: kubelua, extension: {colour: red}}, {name: kubelua.other, extension: [1]}]
`

func TestContexts(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(file, []byte(manyContexts), 0o600))
	got, err := kube.Options{Kubeconfig: file}.Contexts()
	require.NoError(t, err)
	assert.Equal(t, []kube.Context{
		{Name: "admin@eu-prod.example", Cluster: "dev", Production: true},
		{Name: "by-cluster", Cluster: "kubernetes-production"},
		{Name: "by-mark", Cluster: "dev", Production: true},
		{Name: "by-mark-of-cluster", Cluster: "marked", Production: true},
		{Name: "dev", Cluster: "dev", Namespace: "web", Current: true},
		{Name: "not-prod", Cluster: "marked"},
		{Name: "other-prod", Cluster: "nowhere", Production: true},
		{Name: "products", Cluster: "dev"},
	}, got)

	current := func(o kube.Options) string {
		o.Kubeconfig = file
		contexts, err := o.Contexts()
		require.NoError(t, err)
		for _, c := range contexts {
			if c.Current {
				return c.Name
			}
		}
		return ""
	}
	var o kube.Options
	o.Overrides.CurrentContext = "products"
	assert.Equal(t, "products", current(o))
	o.Overrides.ClusterInfo.Server = "https://other.example"
	assert.Empty(t, current(o))
	assert.Empty(t, current(kube.Options{URL: "https://other.example"}))

	_, err = kube.Options{Kubeconfig: file + "x"}.Contexts()
	assert.ErrorContains(t, err, "no kubeconfig at "+file+"x")
}

func TestBound(t *testing.T) {
	t.Parallel()
	c, err := kube.Connect(kube.Options{URL: "https://127.0.0.1:1", Namespace: "web"})
	require.NoError(t, err)
	defer c.Close()
	other, err := c.Bound("db")
	require.NoError(t, err)
	all, err := c.Bound("")
	require.NoError(t, err)
	assert.Equal(t, []string{"web", "db", ""}, []string{c.Builtin("pods").Namespace(), other.Builtin("pods").Namespace(), all.Builtin("pods").Namespace()})
	_, err = c.Bound("not a name")
	assert.ErrorContains(t, err, `"not a name" can't be the name of a namespace`)
}
