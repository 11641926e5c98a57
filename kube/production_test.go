package kube

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"k8s.io/client-go/tools/clientcmd"
)

func TestIsProductionByName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"prod": true, "production": true, "PROD": true, "eu-prod-2": true, "prod1": true, "shop_production": true, "a.prod": true,
		"arn:aws:eks:eu-west-1:1234:cluster/prod": true, "admin@prod": true, "gke_shop_europe-west1_prod": true,
		"canon-prod": true, "spinnot-prod-1": true, "not-prod": false, "eu/pre-prod": false,
		"staging": false, "product": false, "products-dev": false, "preprod": false, "reproduction": false, "prodigy": false, "non-prod": false, "pre-prod-2": false, "": false,
	} {
		config, err := clientcmd.Load([]byte(`{contexts: [{name: "` + name + `", context: {cluster: c}}]}`))
		require.NoError(t, err)
		assert.Equal(t, want, IsProduction(config, name), name)
	}
}

func TestIsProductionByMark(t *testing.T) {
	t.Parallel()
	config, err := clientcmd.Load([]byte(`
apiVersion: v1
kind: Config
clusters:
- name: marked
  cluster: {server: "https://a", extensions: [{name: kubelua, extension: {production: true}}]}
- name: plain
  cluster: {server: "https://b"}
contexts:
- name: shop
  context: {cluster: marked}
- name: drill
  context: {cluster: marked, extensions: [{name: kubelua, extension: {production: false}}]}
- name: live
  context: {cluster: plain, extensions: [{name: kubelua, extension: {production: true}}]}
- name: prod-copy
  context: {cluster: plain, extensions: [{name: kubelua, extension: {production: false}}]}
- name: prod
  context: {cluster: plain, extensions: [{name: other, extension: {production: false}}, {name: kubelua, extension: {}}]}
- name: prod-odd
  context: {cluster: none, extensions: [{name: kubelua, extension: {production: "yes"}}]}
`))
	require.NoError(t, err)
	for name, want := range map[string]bool{
		"shop": true, "drill": false, "live": true, "prod-copy": false, "prod": true, "prod-odd": true, "missing": false,
	} {
		assert.Equal(t, want, IsProduction(config, name), name)
	}
}

// Whichever way leads to a production cluster, it counts as one.
func TestProductionContext(t *testing.T) {
	t.Parallel()
	write := func(text string) string {
		path := filepath.Join(t.TempDir(), "config")
		require.NoError(t, os.WriteFile(path, []byte("apiVersion: v1\nkind: Config\n"+text), 0o600))
		return path
	}
	host := Options{Kubeconfig: write(`
current-context: shop
clusters:
- {name: shop, cluster: {server: "https://shop.example.com"}}
- {name: dev, cluster: {server: "https://dev.example.com"}}
- {name: ip, cluster: {server: "https://[2001:db8:0::1]:6443/k8s"}}
contexts:
- {name: shop, context: {cluster: shop, extensions: [{name: kubelua, extension: {production: true}}]}}
- {name: drill, context: {cluster: shop, extensions: [{name: kubelua, extension: {production: false}}]}}
- {name: view, context: {cluster: shop}}
- {name: dev, context: {cluster: dev, extensions: [{name: kubelua, extension: {production: false}}]}}
- {name: eu-prod, context: {cluster: ip}}
- {name: gone-prod, context: {cluster: gone}}
`)}
	own := write(`
current-context: a
clusters: [{name: a, cluster: {server: "https://shop.example.com"}}, {name: b, cluster: {server: "https://b"}}]
contexts:
- {name: a, context: {cluster: a, extensions: [{name: kubelua, extension: {production: false}}]}}
- {name: b, context: {cluster: b}}
- {name: b-prod, context: {cluster: b}}
`)
	context := func(name string) Options {
		var o Options
		o.Overrides.CurrentContext = name
		return o
	}
	at := func(o Options, server string) Options {
		o.Overrides.ClusterInfo.Server = server
		return o
	}
	flags := func(o Options) Options {
		o.Kubeconfig = host.Kubeconfig
		return o
	}
	for name, tt := range map[string]struct {
		options Options
		want    string
	}{
		"the current context":            {host, "shop"},
		"one without a mark":             {flags(context("view")), "shop"},
		"one marked as none":             {flags(context("drill")), ""},
		"another cluster":                {flags(context("dev")), ""},
		"--server beside a mark as none": {at(flags(context("dev")), "https://shop.example.com"), "shop"},
		"--server of another":            {at(flags(context("dev")), "https://other"), ""},
		"a script's context":             {context("drill").Over(host), ""},
		"a script's production context":  {context("shop").Over(host), "shop"},
		"a script's url":                 {Options{URL: "https://shop.example.com/api"}.Over(host), "shop"},
		"another url":                    {Options{URL: "https://shop.example.com:444"}.Over(host), ""},
		"a url in capitals":              {Options{URL: "HTTPS://Shop.Example.Com"}.Over(host), "shop"},
		"a url with port and dot":        {Options{URL: "https://shop.example.com.:443"}.Over(host), "shop"},
		"an IP address":                  {Options{URL: "https://[2001:DB8::0001]:6443/k8s/"}.Over(host), "eu-prod"},
		"a url of the flags":             {Options{Kubeconfig: host.Kubeconfig, URL: "https://shop.example.com"}, "shop"},
		"a script's kubeconfig":          {Options{Kubeconfig: own}.Over(host), "shop"},
		"what a script's kubeconfig marks": {func() Options {
			o := context("b")
			o.Kubeconfig = own
			return o
		}().Over(host), "b-prod"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tt.options.Guard = NewGuard(nil)
			conn, err := tt.options.resolve()
			require.NoError(t, err)
			server, err := parseURL(conn.config.Host)
			require.NoError(t, err)
			assert.Equal(t, tt.want, tt.options.productionContext(conn, server))
		})
	}
}
