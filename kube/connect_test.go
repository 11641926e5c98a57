package kube

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/kube/local/localtest"
)

const twoContexts = `apiVersion: v1
kind: Config
current-context: one
clusters:
- {name: a, cluster: {server: "https://a:6443"}}
- {name: b, cluster: {server: "https://b:6443/k8s/clusters/x"}}
users:
- {name: u, user: {token: secret-token}}
contexts:
- {name: one, context: {cluster: a, user: u}}
- {name: two, context: {cluster: b, user: u, namespace: web}}
`

// kubeconfig writes a kubeconfig and makes it the only one.
func kubeconfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	t.Setenv("KUBECONFIG", path)
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	return path
}

func TestConnectByKubeconfig(t *testing.T) {
	kubeconfig(t, twoContexts)
	c, err := Connect(Options{})
	require.NoError(t, err)
	assert.Equal(t, "https://a:6443/", c.URL())
	assert.Equal(t, "", c.Namespace())

	var o Options
	o.Overrides.CurrentContext = "two"
	c, err = Connect(o)
	require.NoError(t, err)
	assert.Equal(t, "https://b:6443/k8s/clusters/x/", c.URL())
	assert.Equal(t, "web", c.Namespace())
	assert.Equal(t, "", c.Builtin("pods").Namespace(), "the context's namespace binds nothing")

	o.Overrides.ClusterInfo.Server = "https://c:1"
	c, err = Connect(o)
	require.NoError(t, err)
	assert.Equal(t, "https://c:1/", c.URL())
}

func TestConnectByURL(t *testing.T) {
	kubeconfig(t, twoContexts)
	for given, want := range map[string]string{
		"http://localhost:8080/api":       "http://localhost:8080/",
		"http://localhost:8080/api/":      "http://localhost:8080/",
		"http://localhost:8080":           "http://localhost:8080/",
		"https://host/k8s/clusters/x":     "https://host/k8s/clusters/x/",
		"https://host/k8s/clusters/x/api": "https://host/k8s/clusters/x/",
	} {
		conn, err := (&Options{URL: given}).resolve()
		require.NoError(t, err, given)
		assert.Empty(t, conn.config.BearerToken, "no credentials of the kubeconfig go to a given url")
		c, err := Connect(Options{URL: given})
		require.NoError(t, err, given)
		assert.Equal(t, want, c.URL())
	}
}

func TestConnectWithoutConfiguration(t *testing.T) {
	t.Setenv("KUBECONFIG", filepath.Join(t.TempDir(), "none"))
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	c, err := Connect(Options{})
	require.NoError(t, err)
	assert.Equal(t, DefaultURL, c.URL())
}

func TestConnectRefuses(t *testing.T) {
	path := kubeconfig(t, twoContexts)
	context := func(name string) Options {
		var o Options
		o.Overrides.CurrentContext = name
		return o
	}
	token := Options{URL: "http://example.com"}
	token.Overrides.AuthInfo.Token = "x"
	lines := Options{URL: "https://example.com"}
	lines.Overrides.AuthInfo.Impersonate = "a\r\nb"
	broken := filepath.Join(filepath.Dir(path), "broken")
	require.NoError(t, os.WriteFile(broken, []byte("clusters: {{"), 0o600))
	for _, tt := range []struct {
		name    string
		options Options
		want    string
	}{
		{"wrong context", context("on"), `no context "on" (did you mean "one"?)`},
		{"no such file", Options{Kubeconfig: "/nowhere/config"}, "no kubeconfig at /nowhere/config"},
		{"broken file", Options{Kubeconfig: broken}, "can't be read"},
		{"not a url", Options{URL: "ftp://x"}, "not the URL of an API server"},
		{"token over http", token, "not sent over plain http"},
		{"user of two lines", lines, "the user to act as can't be sent: it has a line break"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Connect(tt.options)
			require.ErrorContains(t, err, tt.want)
			assert.True(t, IsKind(err, ValueError))
			assert.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestOptionsOverOthers(t *testing.T) {
	path := kubeconfig(t, twoContexts)
	flags := Options{Kubeconfig: path, Namespace: "web"}
	flags.Overrides.CurrentContext = "two"
	flags.Overrides.AuthInfo.Token = "of-the-flags"
	as := Options{}
	as.Overrides.AuthInfo.Impersonate = "bob"
	other := Options{}
	other.Overrides.CurrentContext = "one"
	for _, tt := range []struct {
		name            string
		options         Options
		url, token, who string
		namespace       string
	}{
		{"nothing of its own", Options{}, "https://b:6443/k8s/clusters/x", "of-the-flags", "", "web"},
		{"another user", as, "https://b:6443/k8s/clusters/x", "of-the-flags", "bob", "web"},
		{"another context", other, "https://a:6443", "secret-token", "", ""},
		{"a url", Options{URL: "https://c:1"}, "https://c:1/", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := tt.options.Over(flags)
			conn, err := o.resolve()
			require.NoError(t, err)
			assert.Equal(t, tt.url, conn.config.Host)
			assert.Equal(t, tt.token, conn.config.BearerToken)
			assert.Equal(t, tt.who, conn.config.Impersonate.UserName)
			assert.Equal(t, tt.namespace, o.Namespace)
		})
	}
}

// A refused login names what was given, not the context that it stands in for.
func TestRefusedTokenIsNamed(t *testing.T) {
	t.Parallel()
	o := Options{Kubeconfig: localtest.Kubeconfig(t)}
	// A client certificate would win over the token.
	o.URL = connect(t).URL()
	o.Overrides.ClusterInfo.InsecureSkipTLSVerify = true
	o.Overrides.AuthInfo.Token = "wrong"
	c, err := Connect(o)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.Builtin("pods").Fetch(t.Context(), "a", "default")
	assert.ErrorContains(t, err, "refuses the login (401 Unauthorized): the token that was given is wrong or expired")
	assert.NotContains(t, err.Error(), "wrong\"")
}
