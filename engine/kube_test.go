package engine_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubelua/kubelua/engine"
	"github.com/kubelua/kubelua/engine/permit"
	"github.com/kubelua/kubelua/kube"
	"github.com/kubelua/kubelua/kube/local/localtest"
)

// kubeconfigText is a kubeconfig with a context for each way to log in.
const kubeconfigText = `
apiVersion: v1
kind: Config
current-context: plain
clusters:
- {name: far, cluster: {server: "https://far.example:6443"}}
- {name: behind, cluster: {server: "https://far.example:6443", proxy-url: "http://proxy.example:3128"}}
users:
- {name: token, user: {token: x}}
- {name: file, user: {tokenFile: token.txt}}
- {name: path, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: ./login, interactiveMode: Never}}}
- {name: program, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-login, interactiveMode: Never}}}
contexts:
- {name: plain, context: {cluster: far, user: token}}
- {name: file, context: {cluster: far, user: file}}
- {name: behind, context: {cluster: behind, user: token}}
- {name: path, context: {cluster: far, user: path}}
- {name: program, context: {cluster: far, user: program}}
`

// namelessText is a kubeconfig without contexts: what is used has no name.
const namelessText = `
apiVersion: v1
kind: Config
clusters: [{name: "", cluster: {server: "https://far.example:6443"}}]
users: [{name: "", user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: no-such-login, interactiveMode: Never}}}]
`

// oidcText is a kubeconfig whose login asks a server with an authority of its own.
const oidcText = `
apiVersion: v1
kind: Config
current-context: a
clusters: [{name: a, cluster: {server: "https://far.example:6443"}}]
users: [{name: a, user: {auth-provider: {name: oidc, config: {idp-issuer-url: "https://issuer.example", idp-certificate-authority: token.txt}}}}]
contexts: [{name: a, context: {cluster: a, user: a}}]
`

// A script names contexts of the host's kubeconfig; whatever else it names, its
// World has to grant.
func TestConnectingIsGranted(t *testing.T) {
	folder, err := filepath.EvalSymlinks(t.TempDir())
	require.NoError(t, err)
	for name, text := range map[string]string{"config": kubeconfigText, "hosts": kubeconfigText, "nameless": namelessText, "oidc": oidcText, "empty": "kind: Config\n", "token.txt": "x", "login": "#!/bin/sh\n"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o700))
	}
	at := func(name string) string { return filepath.Join(folder, name) }
	paths := strings.NewReplacer("CONFIG", at("config"), "CERT", at("cert"), "KEY", at("key"), "NOWHERE", at("nowhere"), "NAMELESS", at("nameless"), "OIDC", at("oidc"), "EMPTY", at("empty"), "TEXT", at("token.txt"))
	tests := []struct {
		name, options string
		grants        permit.Grants
		want          string // the error, "" for none
	}{
		{"a context", `{context = "file"}`, permit.Grants{}, ""},
		{"a context that logs in by a program", `{context = "program"}`, permit.Grants{}, ""},
		{"an account", `{as = "nobody", token = "x"}`, permit.Grants{}, ""},
		{"a url", `{url = "https://a.example"}`, permit.Grants{}, "connect to a.example:443: not allowed (--allow-net=a.example:443 grants it)"},
		{"a url of plain http", `{url = "http://a.example/x/"}`, permit.Grants{}, "connect to a.example:80: not allowed"},
		{"a url without scheme", `{url = "a.example:8001"}`, permit.Grants{}, "connect to a.example:8001: not allowed"},
		{"a url with a login", `{url = "https://u:p@a.example"}`, permit.Grants{}, "connect to a.example:443: not allowed"},
		{"a url that is granted", `{url = "https://a.example"}`, permit.Grants{Net: []string{"a.example"}}, ""},
		{"what is no url", `{url = "https://"}`, permit.Grants{}, "is not the URL of an API server"},
		{"a certificate", `{client_certificate = "CERT", client_key = "KEY"}`, permit.Grants{}, "read CERT: not allowed"},
		{"an authority", `{certificate_authority = "/etc/passwd"}`, permit.Grants{}, "read /etc/passwd: not allowed"},
		{"a kubeconfig", `{kubeconfig = "CONFIG"}`, permit.Grants{}, "read CONFIG: not allowed (--allow-read=CONFIG grants it)"},
		{"a kubeconfig that is granted", `{kubeconfig = "CONFIG"}`, permit.Grants{Read: []string{at("config")}}, ""},
		{"with a file of its own", `{kubeconfig = "CONFIG", context = "file"}`, permit.Grants{Read: []string{at("config")}}, ""},
		{"with a program", `{kubeconfig = "CONFIG", context = "program"}`, permit.Grants{Read: []string{at("config")}}, "run no-such-login: not allowed (--allow-run=no-such-login grants it)"},
		{"with a program beside it", `{kubeconfig = "CONFIG", context = "path"}`, permit.Grants{Read: []string{at("config")}}, "run " + at("login") + ": not allowed"},
		{"with a program that is granted", `{kubeconfig = "CONFIG", context = "path"}`, permit.Grants{Read: []string{at("config")}, Run: []string{at("login")}}, ""},
		{"that the script may write", `{kubeconfig = "CONFIG"}`, permit.Grants{Read: []string{folder}, Write: []string{folder}}, "connect to far.example:6443: not allowed"},
		{"with its server granted", `{kubeconfig = "CONFIG"}`, permit.Grants{Read: []string{folder}, Write: []string{folder}, Net: []string{"far.example"}}, ""},
		{"with a proxy", `{kubeconfig = "CONFIG", context = "behind"}`, permit.Grants{Read: []string{folder}, Write: []string{folder}, Net: []string{"far.example"}}, "connect to proxy.example:3128: not allowed"},
		{"with a token's file", `{kubeconfig = "CONFIG", context = "file"}`, permit.Grants{Read: []string{at("config")}, Write: []string{folder}, Net: []string{"*"}}, "read " + at("token.txt") + ": not allowed"},
		{"without a context", `{kubeconfig = "NAMELESS"}`, permit.Grants{Read: []string{folder}, Write: []string{folder}}, "connect to far.example:6443: not allowed"},
		{"with a program without a context", `{kubeconfig = "NAMELESS"}`, permit.Grants{Read: []string{folder}, Net: []string{"*"}}, "run no-such-login: not allowed"},
		{"with a login by a server", `{kubeconfig = "OIDC"}`, permit.Grants{Read: []string{folder}, Write: []string{folder}, Net: []string{"far.example"}}, "connect to issuer.example:443: not allowed"},
		{"with the authority of one", `{kubeconfig = "OIDC"}`, permit.Grants{Read: []string{at("oidc")}, Write: []string{folder}, Net: []string{"*"}}, "read token.txt: not allowed"},
		{"with nothing", `{kubeconfig = "EMPTY"}`, permit.Grants{Read: []string{folder}}, "the kubeconfig EMPTY names no cluster"},
		{"none there", `{kubeconfig = "NOWHERE"}`, permit.Grants{Read: []string{folder}}, "no kubeconfig at NOWHERE"},
		{"no kubeconfig", `{kubeconfig = "TEXT"}`, permit.Grants{Read: []string{folder}}, "the kubeconfig TEXT can't be read"},
	}
	for _, tt := range tests {
		for _, fn := range []string{"kube.cluster", "kube.proxy"} {
			t.Run(fn+" "+tt.name, func(t *testing.T) {
				world, release, err := tt.grants.Grant(engine.World{})
				require.NoError(t, err)
				defer release()
				got := runScript(t, fn+paths.Replace(tt.options), engine.Options{World: world, Cluster: func() (kube.Options, error) {
					return kube.Options{Kubeconfig: at("hosts")}, nil
				}})
				if tt.want == "" {
					assert.NoError(t, got.err)
					return
				}
				assert.ErrorContains(t, got.err, paths.Replace(tt.want))
			})
		}
	}
}

// What is behind a port that a script opened to a pod is the cluster: it may
// connect there without a grant, until the port is closed.
func TestForwardsAreGranted(t *testing.T) {
	kubeconfig := localtest.Kubeconfig(t)
	got := runScript(t, `
		local pod = cluster:create {
			apiVersion = "v1", kind = "Pod", metadata = { name = "web", namespace = "`+localtest.Namespace(t)+`" },
			spec = { containers = { { name = "web", image = "web", ports = { { containerPort = 8080 } } } } },
		}
		pod:wait { ready = true }
		local forward = pod:port_forward(8080)
		local function hello()
			return (kube.proxy { url = "http://" .. tostring(forward) }:get("/hello"))
		end
		print((hello():gsub("^pod %S+ ", "")))
		forward:close()
		hello()
	`, engine.Options{Cluster: func() (kube.Options, error) { return kube.Options{Kubeconfig: kubeconfig}, nil }})
	assert.Equal(t, "port 8080 path /hello\n\n", got.out)
	assert.ErrorContains(t, got.err, "connect to 127.0.0.1:")
	assert.ErrorContains(t, got.err, "not allowed (--allow-net=127.0.0.1:")
}
